"""Long lists that end before all of a page was read: what is answered then, and how it goes on."""

import re

import anyio
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkific_mcp.api.groups import ListGroups
from thinkific_mcp.errors import (
    DeadlineError,
    ForbiddenError,
    RateLimitError,
    ServerError,
    UnreachableError,
    UnreadableAnswerError,
)

from .listing import NOW, Listing, Row, calling, ids, in_virtual_time, page_of, rows, slow, struck

# Time


def test_at_the_deadline_a_page_says_that_it_is_a_part_and_where_to_go_on() -> None:
    async def check() -> None:
        async with calling(Listing(rows(2400), before=slow(7)), deadline=45) as thinkific:
            page = await thinkific(ListGroups(limit=10_000))
        assert (len(page.items), page.complete, page.stopped) == (1500, False, "the deadline")
        assert (page.go_on, page.next_page) == ("page 2, limit 1500", None)
        assert (page.page, page.total_pages, page.total_items) == (1, 1, 2400)
        assert anyio.current_time() <= 45

    in_virtual_time(check)


def test_a_deadline_before_the_first_row_is_an_error() -> None:
    async def check() -> None:
        async with calling(Listing(rows(2400), before=slow(50)), deadline=45) as thinkific:
            with pytest.raises(DeadlineError):
                await thinkific(ListGroups(limit=10_000))

    in_virtual_time(check)


def test_at_the_site_s_rate_limit_a_page_is_a_part_too() -> None:
    async def check() -> None:
        refusing = struck(3, httpx2.Response(429, headers={"RateLimit-Reset": str(NOW + 60)}))
        async with calling(Listing(rows(2400), before=refusing)) as thinkific:
            page = await thinkific(ListGroups(page=2, limit=1000))
        assert (ids(page.items), page.complete) == (list(range(1001, 1751)), False)
        assert (page.stopped, page.go_on) == ("the site's rate limit", "page 8, limit 250, in 60 seconds")

    in_virtual_time(check)


def test_a_rate_limit_before_the_first_row_is_an_error() -> None:
    async def check() -> None:
        async with calling(Listing([], before=struck(0, httpx2.Response(429)))) as thinkific:
            with pytest.raises(RateLimitError):
                await thinkific(ListGroups(limit=1000))

    in_virtual_time(check)


# Failures


def failing(after: int, fault: httpx2.Response | Exception) -> Listing:
    """Return a list that meets a fault with every request after the first so many."""

    async def fail(listing: Listing) -> httpx2.Response | None:
        if len(listing.asked) <= after:
            return None
        if isinstance(fault, Exception):
            raise fault
        await anyio.sleep(0.7)
        return fault

    return Listing(rows(2400), before=fail)


PASSING = [
    (httpx2.Response(503, headers={"Retry-After": "20"}), "a failure of Thinkific", ", in 20 seconds"),
    (httpx2.Response(503), "a failure of Thinkific", ""),
    (httpx2.Response(500), "a failure of Thinkific", ""),
    (httpx2.ReadError("reset"), "a lost connection", ""),
    (httpx2.ConnectError("refused"), "a lost connection", ""),
]


@pytest.mark.parametrize(("fault", "stopped", "wait"), PASSING)
@pytest.mark.parametrize("deadline", [0, 2, 45])
def test_what_may_pass_leaves_the_rows_that_came_before_it(
    fault: httpx2.Response | Exception, stopped: str, wait: str, deadline: float
) -> None:
    async def check() -> None:
        async with calling(failing(4, fault), deadline=deadline) as thinkific:
            page = await thinkific(ListGroups(limit=10_000))
        assert (ids(page.items), page.complete, page.stopped) == (list(range(1, 1001)), False, stopped)
        assert (page.go_on, page.next_page, page.total_items) == (f"page 2, limit 1000{wait}", None, 2400)

    in_virtual_time(check)


@pytest.mark.parametrize(("fault", "kind"), [(PASSING[1][0], ServerError), (PASSING[3][0], UnreachableError)])
def test_what_may_pass_is_an_error_before_the_first_row(
    fault: httpx2.Response | Exception, kind: type[Exception]
) -> None:
    async def check() -> None:
        async with calling(failing(0, fault)) as thinkific:
            with pytest.raises(kind):
                await thinkific(ListGroups(limit=10_000))

    in_virtual_time(check)


async def test_any_other_failure_on_the_way_is_an_error_and_no_part() -> None:
    async with calling(Listing(rows(2400), before=struck(3, httpx2.Response(403)))) as thinkific:
        with pytest.raises(ForbiddenError):
            await thinkific(ListGroups(limit=1000))


# Size


async def test_rows_of_twenty_megabytes_are_a_part() -> None:
    listing = Listing(rows(1000, name="x" * 30_000))
    async with calling(listing) as thinkific:
        page = await thinkific(ListGroups(limit=1000))
    assert (len(page.items), page.complete) == (750, False)
    assert (page.stopped, page.go_on, len(listing.asked)) == ("20 MB", "page 4, limit 250", 3)


async def test_rows_of_twenty_megabytes_that_are_all_of_the_list_are_complete() -> None:
    async with calling(Listing(rows(750, name="x" * 30_000))) as thinkific:
        page = await thinkific(ListGroups(limit=1000))
    assert (len(page.items), page.complete) == (750, True)


# How to go on


def steps(told: object) -> dict[str, int]:
    """Read the arguments that a part of a list says to go on with."""
    found = re.fullmatch(r"page (\d+), limit (\d+)", str(told))
    assert found
    return {"page": int(found[1]), "limit": int(found[2])}


@settings(deadline=None, max_examples=60)
@given(
    total=st.integers(300, 4000),
    limit=st.integers(251, 4000),
    page=st.integers(1, 4),
    requests=st.integers(1, 5),
    largest=st.sampled_from([250, 100]),
)
def test_going_on_as_told_gives_every_row_once(
    total: int, limit: int, page: int, requests: int, largest: int
) -> None:
    async def check() -> None:
        listing = Listing(rows(total), lambda limit: min(limit, largest), before=slow(10))
        first = (page - 1) * limit
        wanted = min(limit, max(0, total - first))
        found: list[int | None] = []
        paging = {"page": page, "limit": limit}
        while paging:
            async with calling(listing, deadline=requests * 10 + 5) as thinkific:
                try:
                    part = await thinkific(ListGroups.model_validate(paging))
                except DeadlineError:
                    assert largest == 100 and not found  # to find the first row takes longer than the deadline
                    return
            found += ids(part.items)
            if part.complete is False:
                paging = steps(part.go_on)
            else:
                paging = {**paging, "page": part.next_page} if part.next_page and len(found) < wanted else {}
        assert found == list(range(first + 1, first + len(found) + 1))
        assert len(found) >= wanted

    in_virtual_time(check)


async def going_on_after(requests: int, *, page: int, limit: int) -> str | None:
    """Return how a walk goes on that a rate limit ends after so many requests."""
    listing = Listing(rows(20_000), before=struck(requests, httpx2.Response(429)))
    async with calling(listing, deadline=1) as thinkific:
        return (await thinkific(ListGroups(page=page, limit=limit))).go_on


@pytest.mark.parametrize(
    ("requests", "page", "limit", "told"),
    [
        (1, 1, 10_000, "page 2, limit 250"),
        (12, 1, 10_000, "page 2, limit 3000"),
        (30, 1, 10_000, "page 4, limit 2500"),
        (4, 1, 1100, "page 5, limit 250"),
        (2, 3, 2000, "page 4, limit 1500"),
    ],
)
async def test_it_goes_on_in_the_largest_steps_that_fit_what_is_left(
    requests: int, page: int, limit: int, told: str
) -> None:
    assert await going_on_after(requests, page=page, limit=limit) == f"{told}, in 6 seconds"


# Pages that lead nowhere


@pytest.mark.parametrize(
    ("row", "pagination"),
    [
        ({"id": 7}, {"next_page": 2}),
        ({"id": 7}, {"current_page": 1, "next_page": 2}),
        ({"id": 7}, {"current_page": 1, "next_page": 1}),
        ({"id": 7}, {"current_page": 1, "next_page": 2, "total_items": 9000}),
        ({"name": "Bakers"}, {"current_page": 1, "next_page": 2}),
        ({"name": "Bakers"}, {"current_page": 1, "next_page": 1}),
    ],
)
async def test_pages_that_repeat_themselves_end_a_walk(row: Row, pagination: Row) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.params["page"])
        return httpx2.Response(200, json={"items": [row] * 250, "meta": {"pagination": pagination}})

    async with calling(answer) as thinkific:
        page = await thinkific(ListGroups(limit=1000))
        with pytest.raises(UnreadableAnswerError, match="does not go on after 250 rows"):
            _ = [group async for group in thinkific(ListGroups())]
    assert (len(page.items), page.complete, page.go_on) == (250, False, None)
    assert (page.stopped, len(asked) <= 4) == ("a page without new rows", True)


async def test_pages_that_repeat_themselves_are_an_error_where_no_row_asked_for_is_among_them() -> None:
    repeated = {"items": rows(250), "meta": {"pagination": {"current_page": 1, "next_page": 2}}}
    async with calling(lambda _: httpx2.Response(200, json=repeated)) as thinkific:
        with pytest.raises(UnreadableAnswerError, match="Ask for a part of it"):
            await thinkific(ListGroups(page=2, limit=300))


async def test_an_api_that_always_names_a_next_page_ends_with_its_empty_one() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        number = int(request.url.params["page"])
        pagination = {"current_page": number, "next_page": number + 1}
        return httpx2.Response(200, json=page_of(rows(600), number, 250) | {"meta": {"pagination": pagination}})

    async with calling(answer) as thinkific:
        page = await thinkific(ListGroups(limit=1000))
        iterated = [group.id async for group in thinkific(ListGroups())]
    assert (len(page.items), page.complete, page.next_page, len(iterated)) == (600, True, None, 600)


async def test_an_empty_page_before_the_end_that_was_told_is_no_end() -> None:
    async def hide(listing: Listing) -> httpx2.Response | None:
        if len(listing.asked) != 2:
            return None
        return httpx2.Response(200, json={**page_of(listing.rows, 2, 250), "items": []})

    async with calling(Listing(rows(600), before=hide)) as thinkific:
        page = await thinkific(ListGroups(limit=1000))
    assert (len(page.items), page.complete, page.stopped) == (250, False, "a page without new rows")
