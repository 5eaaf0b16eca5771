"""Faults that answer something else than the endpoint would."""

import math
from abc import abstractmethod
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, JsonValue

from thinkific_mcp.sandbox.connection import Connection, Reply, encoded
from thinkific_mcp.sandbox.faults.fault import CarryOut, Fault

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
HeaderText = Annotated[str, Field(pattern=r"^([!-~]([ -~]*[!-~])?)?$")]

PAGE = "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
MEGABYTE = 1_000_000


class Substitute(Fault):
    """A fault with an answer of its own."""

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the fault's own answer."""
        if self.after:
            carry_out()
        await connection.send(self.reply(now))

    @abstractmethod
    def reply(self, now: datetime) -> Reply:
        """Return the fault's own answer."""


class RateLimit(Substitute):
    """Too many requests.

    Attributes:
        retry_in: the seconds until the limit is lifted.
        reset: how `RateLimit-Reset` tells that moment: in epoch `seconds` or `milliseconds`, or `absent`;
            any other text is sent as it is.
    """

    kind = "rate_limit"
    retry_in: float = Field(1, ge=-86_400, le=86_400)
    reset: HeaderText = "seconds"

    def reply(self, now: datetime) -> Reply:
        """Return a 429 with the header."""
        moment = (now + timedelta(seconds=self.retry_in)).timestamp()
        told = {"seconds": str(math.ceil(moment)), "milliseconds": str(math.ceil(moment * 1000))}
        headers = {} if self.reset == "absent" else {"RateLimit-Reset": told.get(self.reset, self.reset)}
        return Reply(429, encoded({"error": "Rate limit exceeded."}), headers)


class Status(Substitute):
    """An error with any status, JSON body and headers."""

    kind = "status"
    status: int = Field(500, ge=400, le=599)
    body: JsonValue = None
    headers: dict[HeaderName, HeaderText] = Field(default_factory=dict)

    def reply(self, now: datetime) -> Reply:
        """Return the error; without a body of its own, one that names the status."""
        body = {"error": _phrase(self.status)} if self.body is None else self.body
        return Reply(self.status, encoded(body), self.headers)


class Html(Substitute):
    """An error page of a proxy."""

    kind = "html"
    status: int = Field(502, ge=200, le=599)

    def reply(self, now: datetime) -> Reply:
        """Return the page."""
        page = PAGE.format(title=f"{self.status} {_phrase(self.status)}")
        return Reply(self.status, page.encode(), content_type="text/html; charset=utf-8")


class Redirect(Substitute):
    """A redirect to another place."""

    kind = "redirect"
    location: HeaderText
    status: int = Field(302, ge=300, le=399)

    def reply(self, now: datetime) -> Reply:
        """Return the redirect."""
        return Reply(self.status, headers={"Location": self.location})


class Empty(Substitute):
    """A success without the body that belongs to it."""

    kind = "empty"

    def reply(self, now: datetime) -> Reply:
        """Return nothing, typed as JSON."""
        return Reply(200)


class InvalidJson(Substitute):
    """A success whose body is no JSON."""

    kind = "invalid_json"

    def reply(self, now: datetime) -> Reply:
        """Return the body."""
        return Reply(200, b'{"items": [}')


class InvalidUtf8(Substitute):
    """A success whose body is no UTF-8."""

    kind = "invalid_utf8"

    def reply(self, now: datetime) -> Reply:
        """Return the body."""
        return Reply(200, b'{"items": [{"name": "\xff\xfe"}]}')


class Huge(Fault):
    """A success with a JSON body of many megabytes."""

    kind = "huge"
    megabytes: int = Field(64, ge=1, le=10_000)

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the body megabyte by megabyte."""
        if self.after:
            carry_out()
        start, end = b'{"items": ["', b'"]}'
        await connection.start(Reply(200), length=len(start) + self.megabytes * MEGABYTE + len(end))
        await connection.write(start, more=True)
        for _ in range(self.megabytes):
            await connection.write(b"a" * MEGABYTE, more=True)
            if not await connection.pause(0):
                return
        await connection.write(end, more=False)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Error"
