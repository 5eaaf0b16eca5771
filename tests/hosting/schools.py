"""Many schools behind one address, as Thinkific has them: the subdomain says whose request it is."""

import re
import time
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from ..server.asking import PATIENCE, writes

COUPONS = range(1, 21)
"""The ids of the coupons of every school."""

_NAMED = ("courses", "products", "bundles", "promotions")


@dataclass
class School:
    """One school, everything in which bears its name.

    Attributes:
        name: its subdomain, such as `site-07`.
        sandbox: its API.
        keys: its API keys.
        used: how often it was asked with each of them.
        refused: how often it was asked with each other key.
    """

    name: str
    sandbox: Sandbox = field(default_factory=lambda: Sandbox(students=3))
    used: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self.keys = [f"key-{number}-of-{self.name}-8f3a91c07be24d56" for number in range(8)]
        school = self.sandbox.school
        with school.transaction():
            for table in _NAMED:
                school.db.execute(f"UPDATE {table} SET name = 'Of ' || ? || ', ' || name", [self.name])
            school.db.execute("UPDATE users SET last_name = ?, email = id || '@' || ?", [self.name, self.name])
            school.db.execute("DELETE FROM coupons")
            for coupon in COUPONS:
                code = f"{self.name}-{coupon}".upper()
                school.insert("coupons", id=coupon, promotion_id=2, code=code, created_at="2026-01-01T00:00:00Z")

    @property
    def changed(self) -> list[str]:
        """What was to be changed in it: method, path and status."""
        return writes(self.sandbox)

    @property
    def notes(self) -> list[str]:
        """The notes that were to be put on coupons, in order."""
        return [request.body["note"] for request in self.sandbox.requests if request.method == "PUT"]

    def await_note(self, note: str) -> None:
        """Wait until this note has just arrived."""
        until = time.monotonic() + PATIENCE
        while note not in self.notes:
            assert time.monotonic() < until, "it did not come"
            time.sleep(0.005)

    def asked(self) -> int:
        """Return how many requests came for it, whatever their key."""
        return self.used.total() + self.refused.total()


class Schools:
    """An ASGI application: the API of all schools.

    Args:
        count: how many there are: `site-00` and on.

    Attributes:
        of: the schools by subdomain.
        unknown: how many requests came for schools that there are not.
    """

    def __init__(self, count: int) -> None:
        self.of = {name: School(name) for name in (f"site-{number:02}" for number in range(count))}
        self.unknown = 0

    def __iter__(self) -> Generator[School]:
        yield from self.of.values()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        school, key = self.of.get(headers.get(b"x-auth-subdomain", "")), headers.get(b"x-auth-api-key", "")
        if school is None:
            self.unknown += 1
        else:
            (school.used if key in school.keys else school.refused)[key] += 1
        if school is None or key not in school.keys:
            await JSONResponse({"error": "Authentication Error"}, 401)(scope, receive, send)
            return
        own = {b"x-auth-subdomain": b"sandbox", b"x-auth-api-key": b"sandbox"}
        translated = [(name, own.get(name.lower(), value)) for name, value in scope["headers"]]
        await school.sandbox({**scope, "headers": translated}, receive, send)

    def close(self) -> None:
        for school in self:
            school.sandbox.close()


@contextmanager
def running_schools(count: int) -> Generator[tuple[Schools, str]]:
    """Serve so many schools in a thread of its own, and yield them with their address."""
    schools = Schools(count)
    try:
        with running(schools) as address:
            yield schools, address
    finally:
        schools.close()


def named_in(texts: Iterable[str]) -> set[str]:
    """Return which schools are named in texts."""
    return {name.lower() for text in texts for name in re.findall(r"site-\d\d", text, re.IGNORECASE)}
