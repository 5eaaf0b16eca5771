"""A school that watches every write: whether somebody said yes to it while things stood as they were shown."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple, cast

import httpx2

from thinkific_mcp.sandbox import Sandbox

from .examples import Arguments

_ACCOUNT = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox"}

_EDITED = {
    "coupons": "note",
    "users": "headline",
    "enrollments": "activated_at",
    "collections": "description",
    "promotions": "description",
    "groups": "name",
}
"""What somebody else changes of a record, by its table."""


class Case(NamedTuple):
    """A guarded call.

    Attributes:
        tool: what is called.
        arguments: with what.
        request: the write that it is: method, path and query, and JSON.
        about: the path of the record that it is about; empty where it is about none.
    """

    tool: str
    arguments: Arguments
    request: tuple[str, str, Any]
    about: str


ROLES: list[list[str]] = [[], ["site_admin"], ["course_admin", "affiliate"]]
CASES = [
    *(Case("delete_coupon", {"coupon_id": n}, ("DELETE", f"/coupons/{n}", None), f"/coupons/{n}") for n in (1, 2)),
    *(
        Case("delete_promotion", {"promotion_id": n}, ("DELETE", f"/promotions/{n}", None), f"/promotions/{n}")
        for n in (1, 2)
    ),
    *(Case("delete_user", {"user_id": f"{n}"}, ("DELETE", f"/users/{n}", None), f"/users/{n}") for n in (13, 15)),
    *(
        Case("update_user", {"user_id": "13", "roles": roles}, ("PUT", "/users/13", {"roles": roles}), "/users/13")
        for roles in ROLES
    ),
    *(
        Case(
            "update_enrollment",
            {"enrollment_id": n, "expiry_date": day},
            ("PUT", f"/enrollments/{n}", {"expiry_date": f"{day}T00:00:00Z"}),
            f"/enrollments/{n}",
        )
        for n in (3, 5)
        for day in ("2026-01-01", "2026-01-15")
    ),
    *(
        Case(
            "remove_products_from_category",
            {"category_id": 2, "product_ids": [n]},
            ("DELETE", "/collection_memberships/2", {"product_ids": [n]}),
            "/collections/2",
        )
        for n in (1, 9)
    ),
    Case("delete_category", {"category_id": 2}, ("DELETE", "/collections/2", None), "/collections/2"),
    *(
        Case(
            "refund_external_order",
            {"external_order_id": 2, "amount": amount, "currency": "USD"},
            ("POST", "/external_orders/2/transactions/refund", {"amount": amount, "currency": "USD"}),
            "",
        )
        for amount in (0, 5)
    ),
    *(
        Case(
            "create_coupons_in_bulk",
            {"promotion_id": 2, "bulk_quantity": n},
            ("POST", "/coupons/bulk_create?promotion_id=2", {"bulk_quantity": n}),
            "/promotions/2",
        )
        for n in (1, 2)
    ),
]


class Yes(NamedTuple):
    """What somebody said yes to: a request, and the record as it was shown."""

    request: tuple[str, str, Any]
    about: str
    shown: str


@dataclass
class Watched(httpx2.AsyncBaseTransport):
    """Carries requests to a sandbox, and holds each write against what was allowed.

    Attributes:
        sandbox: the school.
        allowed: each yes that no write was made for yet, by what it was given with.
        stood: how each record stood since the last answer was given.
        written: how many writes were made.
        unallowed: the writes that nobody said yes to.
    """

    sandbox: Sandbox
    allowed: dict[str, Yes] = field(default_factory=dict[str, Yes])
    stood: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    written: int = 0
    unallowed: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])

    def __post_init__(self) -> None:
        self._inner = httpx2.ASGITransport(self.sandbox)
        self._edits = count()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request; a write is held against the yeses first."""
        if request.method != "GET":
            await self._judge(request)
        return await self._inner.handle_async_request(request)

    async def state(self, about: str) -> str:
        """Return how a record stands, as the API tells it."""
        if not about:
            return ""
        async with httpx2.AsyncClient(transport=self._inner, base_url="http://judge", headers=_ACCOUNT) as http:
            answer = await http.get(f"/api/public/v1{about}")
        return f"{answer.status_code} {_without_updates(answer.json())}"

    async def look_around(self, *abouts: str) -> None:
        """Forget how things stood, and see how these records stand now."""
        self.stood = {about: [await self.state(about)] for about in abouts}

    def allow(self, key: str, case: Case, shown: str) -> None:
        """Take note of a yes to a case, as its record was shown; one of the same key counts once."""
        self.allowed[key] = Yes(case.request, case.about, shown)

    async def edit(self, about: str) -> None:
        """Let somebody else change a record."""
        _, table, record = about.split("/") if about.count("/") == 2 else ("", "", "")
        number = next(self._edits)
        if table in _EDITED:
            value = f"2025-01-01T00:00:{number:02}Z" if table == "enrollments" else f"edit {number}"
            self.sandbox.school.update(table, int(record), **{_EDITED[table]: value})
        self.stood[about] = [await self.state(about)]

    async def _judge(self, request: httpx2.Request) -> None:
        self.written += 1
        for about, states in self.stood.items():
            states.append(await self.state(about))
        made = sent(request)
        for key, yes in self.allowed.items():
            if yes.request == made and yes.shown in self.stood.get(yes.about, [""] if not yes.about else []):
                del self.allowed[key]
                return
        self.unallowed.append(made)


def sent(request: httpx2.Request) -> tuple[str, str, Any]:
    """Return a request as a case tells it."""
    target = request.url.raw_path.decode().removeprefix("/api/public/v1")
    return (
        request.method,
        target,
        httpx2.Response(200, content=request.content).json() if request.content else None,
    )


def _without_updates(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: value for name, value in cast(dict[str, Any], answer).items() if name != "updated_at"}
    return answer
