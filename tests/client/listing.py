"""A list as Thinkific keeps it, for tests of how long lists are read."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
from trio.testing import MockClock

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.groups import Group
from thinkific_mcp.client.pace import Budgets, Limits, ProcessStore

NOW = 1_768_467_600.0
PLENTY = Limits(1_000_000)

Row = dict[str, Any]


@dataclass
class Listing:
    """A list of groups, and what was asked of it.

    Args:
        rows: all of it.
        page_size: how many rows a page has when so many are asked for.
        before: what happens before a request is answered; it may answer instead.

    Attributes:
        asked: the page and the limit of each request.
    """

    rows: Sequence[Row]
    page_size: Callable[[int], int] = lambda limit: min(limit, 250)
    before: Callable[["Listing"], Awaitable[httpx2.Response | None]] | None = None
    asked: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as the API does."""
        number, limit = int(request.url.params.get("page", 1)), int(request.url.params.get("limit", 25))
        self.asked.append((number, limit))
        if self.before and (instead := await self.before(self)):
            return instead
        return httpx2.Response(200, json=page_of(self.rows, number, self.page_size(limit)))


def page_of(rows: Sequence[Row], number: int, size: int) -> Row:
    """Return a page of a list as the API answers it."""
    pages = math.ceil(len(rows) / size)
    pagination = {
        "current_page": number,
        "next_page": number + 1 if number < pages else None,
        "total_pages": pages,
        "total_items": len(rows),
    }
    return {"items": rows[(number - 1) * size : number * size], "meta": {"pagination": pagination}}


def rows(count: int, **more: Any) -> list[Row]:
    """Return groups with the ids from 1 on."""
    return [{"id": its_id, **more} for its_id in range(1, count + 1)]


def ids(found: Sequence[Group]) -> list[int | None]:
    """Return the ids of groups."""
    return [group.id for group in found]


def calling(answer: Listing | Callable[[httpx2.Request], httpx2.Response], *, deadline: float = 0) -> Thinkific:
    """Return a client of a Thinkific with this list, which may send requests in plenty."""
    handler = answer.answer if isinstance(answer, Listing) else answer
    return Thinkific(
        ApiKey("my-school", "key"),
        transport=httpx2.MockTransport(handler),
        budgets=Budgets(PLENTY, ProcessStore(anyio.current_time)),
        deadline=deadline,
        now=lambda: NOW,
        random=lambda: 1.0,
    )


def struck(after: int, answer: httpx2.Response) -> Callable[[Listing], Awaitable[httpx2.Response | None]]:
    """Return what answers every request after the first so many in another way."""

    async def strike(listing: Listing) -> httpx2.Response | None:
        return answer if len(listing.asked) > after else None

    return strike


def slow(seconds: float) -> Callable[[Listing], Awaitable[None]]:
    """Return what makes every answer late."""

    async def wait(_: Listing) -> None:
        await anyio.sleep(seconds)

    return wait


def in_virtual_time(check: Callable[[], Awaitable[None]]) -> None:
    """Run a test on a clock that jumps over all waiting."""
    anyio.run(check, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})
