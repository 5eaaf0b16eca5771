"""Lists that are longer than a page of the API: one page after another.

`page` counts in steps of `limit`, whatever the limit: with a limit of 400, page 2 is the rows 401 to 800, which
the API has on its pages 2 to 4. Places are counted by the rows that come, so that they stay right where the API
gives fewer on a page than it was asked for.

A list can change while it is read. A row that has moved to a later page is given once. One that has moved to an
earlier page, since others were deleted, is missed: the API has no way to tell.
"""

import json
import math
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic_core import MISSING

from thinkific_mcp.client.refusals import in_seconds
from thinkific_mcp.errors import (
    ApiError,
    DeadlineError,
    RateLimitError,
    ServerError,
    ThinkificError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.operation import Operation, Paging
from thinkific_mcp.result import Page
from thinkific_mcp.values import API_PAGE_SIZE

T = TypeVar("T")

LONGEST_WALK = 20_000_000
"""How long the rows of a walk get, in characters of JSON, before no further page is asked for."""

Ask = Callable[[Operation[Page[Any]]], Awaitable[Page[Any]]]
"""Sends one request for one page of the API, in its turn, and again where that helps."""


class _FullError(ThinkificError):
    """The rows are as long as they may get."""


class _NothingNewError(UnreadableAnswerError):
    """The list should go on, and its next page has no rows that the pages before it had not."""


# Each leaves a valid part of the list; any other error ends the call.
_STOPS: dict[type[ThinkificError], str] = {
    DeadlineError: "the deadline",
    RateLimitError: "the site's rate limit",
    ServerError: "a failure of Thinkific",
    UnreachableError: "a lost connection",
    _FullError: f"{LONGEST_WALK // 1_000_000} MB",
    _NothingNewError: "a page without new rows",
}


async def walk(operation: Operation[Page[T]], ask: Ask, *, fetched: Callable[[int, int | None], None]) -> Page[T]:
    """Fetch the page that an operation asks for, of up to 10,000 rows.

    What the API gives on one page is one request, answered as it comes. More is put together from pages of 250; it
    says with `complete` whether all of it was read and, if not, with `stopped` where it ended and with `go_on`
    which page and limit come next, and in how many seconds where that is known. Rows that were read are not lost
    to what may pass: a deadline, a rate limit, a 5xx, a connection.

    Args:
        operation: a list.
        ask: sends one request.
        fetched: is told after each request how many rows there are, and of how many where that is known.

    Raises:
        ThinkificError: what `ask` raises; a `DeadlineError`, `RateLimitError`, `ServerError` or `UnreachableError`
            only where there are no rows yet.
        UnreadableAnswerError: the API gives the same rows again and again, and none that was asked for.
    """
    if not isinstance(operation, Paging) or operation.page_size() <= API_PAGE_SIZE:
        return await ask(operation)
    number, limit = operation.page_number(), operation.page_size()
    first, end = (number - 1) * limit, number * limit
    source = _Source(operation, ask, API_PAGE_SIZE)
    rows: list[T] = []
    length, outcome = 0, None
    part = await source.part_with(first)
    while outcome is None:
        new = part.between(first, end)
        rows += new
        length += _length(new)
        total = part.page.total_items
        fetched(len(rows), None if total is None else max(0, min(total - first, limit)))
        if part.end >= end or not part.following:
            has_more = part.end > end or part.following
            outcome = {"complete": True, "next_page": number + 1 if has_more else None}
            continue
        try:
            if length >= LONGEST_WALK:
                raise _FullError
            part = await source.part_after(part)
        except tuple(_STOPS) as error:
            if not rows:
                raise
            outcome = _stopped(error, part, end)
    total = part.page.total_items
    outcome["page"] = None if part.page.page is None else number
    outcome["total_pages"] = None if total is None else -(-total // limit)
    return part.page.model_copy(update={"items": rows, **outcome})


def each(operation: Operation[Page[T]], ask: Ask) -> AsyncIterator[T]:
    """Iterate over the rows of a list from its `page` on: up to `limit` of them, without one to the list's end.

    A page is asked for when its first row is needed; an error is raised where it happens.

    Args:
        operation: a list.
        ask: sends one request.

    Raises:
        TypeError: the operation has no pages.
        ThinkificError: while iterating, what `ask` raises.
        UnreadableAnswerError: while iterating, the API gives the same rows again and again.
    """
    if not isinstance(operation, Paging):
        raise TypeError(f"{type(operation).__name__} has no pages")
    first = (operation.page_number() - 1) * operation.page_size()
    if operation.limit is MISSING:
        return _Rows(_Source(operation, ask, API_PAGE_SIZE), first, math.inf)
    limit = operation.limit
    return _Rows(_Source(operation, ask, min(limit, API_PAGE_SIZE)), first, first + limit)


class _Rows(AsyncIterator[T]):
    """Rows between two places of a list. No generator, since one that is left early has to be closed."""

    def __init__(self, source: "_Source[T]", first: int, end: float) -> None:
        self._source = source
        self._first = first
        self._end = end
        self._part: _Part[T] | None = None
        self._rows: deque[T] = deque()

    async def __anext__(self) -> T:
        while not self._rows:
            if self._part is None:
                self._part = await self._source.part_with(self._first)
            elif self._part.end < self._end and self._part.following:
                self._part = await self._source.part_after(self._part)
            else:
                raise StopAsyncIteration
            self._rows.extend(self._part.between(self._first, self._end))
        return self._rows.popleft()


@dataclass(frozen=True)
class _Part(Generic[T]):
    """A page of the API within its list.

    Args:
        page: the answer.
        number: which of the API's pages it is.
        start: how many rows stand before it.
        rows: those of its rows that no page before had, each with its place in the list, from 0.
    """

    page: Page[T]
    number: int
    start: int
    rows: Sequence[tuple[int, T]]

    @property
    def end(self) -> int:
        """The number of rows up to the end of this page."""
        return self.start + len(self.page.items)

    @property
    def following(self) -> int | None:
        """The API's next page; None at the end of the list, which some APIs only show by an empty page."""
        return (self.page.next_page or None) if self.page.items else None

    def between(self, first: int, end: float) -> list[T]:
        """Return the rows between two places of the list."""
        return [row for place, row in self.rows if first <= place < end]


class _Source(Generic[T]):
    """Reads a list's pages from the API, and knows which rows it has had.

    Args:
        operation: the list.
        ask: sends one request.
        size: how many rows to ask for at a time.
    """

    def __init__(self, operation: Operation[Page[T]], ask: Ask, size: int) -> None:
        self._operation = operation
        self._ask = ask
        self._size = size
        self._had: set[int | str] = set()

    async def part_with(self, place: int) -> _Part[T]:
        """Read the page that holds a row; or one before it, where the API's pages have no size to count by."""
        size = self._size
        while True:
            number = place // size + 1
            page = await self._read(number)
            if number == 1 or _fits(page, number, size):
                return self._part(page, number, (number - 1) * size)
            told = len(page.items) if page.next_page and size == self._size else 0
            size = told if told not in (0, size) else place + 1

    async def part_after(self, part: _Part[T]) -> _Part[T]:
        """Read the page that follows another."""
        number = part.following
        if number is not None and number > part.number:
            page = await self._read(number)
            following = self._part(page, number, part.end)
            is_end = not page.items and not (page.next_page and (page.total_items or 0) > part.end)
            if is_end or (following.rows and page.page in (None, number)):
                return following
        raise _NothingNewError(
            f"Thinkific's list does not go on after {part.end} rows: its next page has no new ones. "
            f"Ask for a part of it, with page and a limit of at most {self._size}."
        )

    async def _read(self, number: int) -> Page[T]:
        return await self._ask(self._operation.model_copy(update={"page": number, "limit": self._size}))

    def _part(self, page: Page[T], number: int, start: int) -> _Part[T]:
        ids = [_id(row) for row in page.items]
        rows = [
            (place, row)
            for place, row, its_id in zip(range(start, start + len(ids)), page.items, ids, strict=True)
            if its_id not in self._had
        ]
        self._had.update(its_id for its_id in ids if its_id is not None)
        return _Part(page, number, start, rows)


def _id(row: object) -> int | str | None:
    found = getattr(row, "id", None)
    return found if isinstance(found, int | str) else None


def _fits(page: Page[T], number: int, size: int) -> bool:
    """Tell whether an answer can be a page of a list whose pages have `size` rows."""
    count, before = len(page.items), (number - 1) * size
    if page.page not in (None, number):
        return False
    if page.next_page:
        return count == size
    if page.total_items is None:
        return count <= size
    return page.total_items == before + count if count else page.total_items <= before


def _stopped(error: ThinkificError, part: _Part[T], end: int) -> dict[str, object]:
    """Say where a walk ended after a part, and how to go on with the rest of what was asked for."""
    words = next(words for kind, words in _STOPS.items() if isinstance(error, kind))
    outcome: dict[str, object] = {"complete": False, "stopped": words, "next_page": None}
    if isinstance(error, _NothingNewError):
        return outcome
    number, step = part.following, API_PAGE_SIZE
    if part.end == part.number * API_PAGE_SIZE:
        most = max(end - part.end, API_PAGE_SIZE) // API_PAGE_SIZE
        step *= next(times for times in range(most, 0, -1) if part.number % times == 0)
        number = part.end // step + 1
    wait = error.retry_after if isinstance(error, DeadlineError | ApiError) else None
    when = f", {in_seconds(wait)}" if wait and wait > 0 else ""
    return outcome | {"go_on": f"page {number}, limit {step}{when}"}


def _length(rows: Sequence[T]) -> int:
    with suppress(RecursionError):  # nested deeper than anything shows
        return len(json.dumps(rows, default=dict))
    return 0
