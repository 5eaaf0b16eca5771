"""Iterating over lists, and what a long read reports."""

import anyio
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkific_mcp.api.groups import ListGroups
from thinkific_mcp.api.promotions import CreateCouponsInBulk
from thinkific_mcp.client.pages import each
from thinkific_mcp.errors import ForbiddenError

from .listing import Listing, calling, in_virtual_time, rows, slow, struck


async def iterated(listing: Listing, **paging: int) -> list[int | None]:
    async with calling(listing) as thinkific:
        return [group.id async for group in thinkific(ListGroups.model_validate(paging))]


@settings(deadline=None, max_examples=40)
@given(
    total=st.integers(0, 1500),
    limit=st.none() | st.integers(1, 2000),
    page=st.none() | st.integers(1, 5),
    largest=st.integers(40, 250),
)
async def test_iterating_gives_the_rows_from_the_page_on(
    total: int, limit: int | None, page: int | None, largest: int
) -> None:
    paging = {name: value for name, value in (("page", page), ("limit", limit)) if value is not None}
    listing = Listing(rows(total), lambda limit: min(limit, largest))
    first = ((page or 1) - 1) * (limit or 25)
    end = total if limit is None else first + limit
    assert await iterated(listing, **paging) == list(range(1, total + 1))[first:end]


async def test_a_page_is_fetched_when_its_first_row_is_needed() -> None:
    listing = Listing(rows(600))
    asked: list[int] = []
    async with calling(listing) as thinkific:
        found = thinkific(ListGroups())
        assert listing.asked == []
        async for group in found:
            if group.id in (1, 250, 251):
                asked.append(len(listing.asked))
            if group.id == 251:
                break
    assert (asked, len(listing.asked)) == ([1, 1, 2], 2)


async def test_no_more_rows_are_asked_for_than_a_small_limit() -> None:
    listing = Listing(rows(600))
    assert (await iterated(listing, page=3, limit=20), listing.asked) == (list(range(41, 61)), [(3, 20)])


async def test_a_row_that_moved_to_the_next_page_meanwhile_comes_once() -> None:
    async def one_more(listing: Listing) -> None:
        if len(listing.asked) == 2:
            listing.rows = [{"id": 0}, *listing.rows]

    assert await iterated(Listing(rows(600), before=one_more)) == list(range(1, 601))


async def test_an_error_is_met_where_it_happens() -> None:
    last = None
    async with calling(Listing(rows(600), before=struck(1, httpx2.Response(403)))) as thinkific:
        with pytest.raises(ForbiddenError):
            async for group in thinkific(ListGroups()):
                last = group.id
    assert last == 250


def test_it_may_be_left_early_and_take_longer_than_the_deadline_of_a_call() -> None:
    async def check() -> None:
        async with calling(Listing(rows(2000), before=slow(10)), deadline=45) as thinkific:
            async for group in thinkific(ListGroups()):
                if group.id == 1600:
                    break
        assert anyio.current_time() == 70

    in_virtual_time(check)


def test_what_has_no_pages_is_not_iterated_over() -> None:
    with pytest.raises(TypeError, match="CreateCouponsInBulk has no pages"):
        each(CreateCouponsInBulk(promotion_id=1, bulk_quantity=3), lambda _: pytest.fail("sent"))


def test_a_long_read_reports_how_many_rows_there_are_and_of_how_many() -> None:
    told: list[tuple[float, float | None]] = []

    async def report(done: float, total: float | None, words: str) -> None:
        told.append((round(done), total))

    async def check() -> None:
        async with calling(Listing(rows(2400), before=slow(1.6))) as thinkific:
            await thinkific(ListGroups(page=2, limit=1000), report=report)

    in_virtual_time(check)
    assert told == [(250, 1000), (500, 1000), (750, 1000)]
