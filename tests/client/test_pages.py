"""Lists longer than a page of the API: what is asked for, and what comes together."""

import json
import math
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.groups import Group, ListGroups
from thinkific_mcp.api.site_scripts import ListSiteScripts
from thinkific_mcp.api.users import ListUsers
from thinkific_mcp.client.pace import Budgets
from thinkific_mcp.client.pages import walk
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.result import Page
from thinkific_mcp.sandbox import Sandbox

from .listing import PLENTY, Listing, calling, ids, rows


async def read(listing: Listing, **paging: int) -> Page[Group]:
    async with calling(listing) as thinkific:
        return await thinkific(ListGroups.model_validate(paging))


@pytest.fixture(scope="module")
def school() -> Iterator[Sandbox]:
    sandbox = Sandbox(students=988)  # with the staff, 1000 users
    yield sandbox
    sandbox.close()


@asynccontextmanager
async def attending(sandbox: Sandbox) -> AsyncGenerator[Thinkific]:
    sandbox.requests.clear()
    transport = httpx2.ASGITransport(sandbox)
    async with Thinkific(ApiKey("sandbox", "sandbox"), transport=transport, budgets=Budgets(PLENTY)) as thinkific:
        yield thinkific


# What is asked for


async def test_a_limit_of_one_page_is_one_request_as_it_was_given() -> None:
    listing = Listing(rows(600))
    page = await read(listing, page=2, limit=250)
    assert (listing.asked, ids(page.items)[0], page.complete) == ([(2, 250)], 251, None)


async def test_a_page_in_steps_of_its_limit_begins_with_the_page_of_the_api_that_holds_it() -> None:
    listing = Listing(rows(2000))
    page = await read(listing, page=2, limit=400)
    assert ids(page.items) == list(range(401, 801))
    assert listing.asked == [(2, 250), (3, 250), (4, 250)]


async def test_nothing_is_asked_for_behind_the_end_of_the_list() -> None:
    listing = Listing(rows(300))
    assert len((await read(listing, limit=10_000)).items) == 300
    assert listing.asked == [(1, 250), (2, 250)]


async def test_the_filters_go_with_every_page(school: Sandbox) -> None:
    async with attending(school) as thinkific:
        await thinkific(ListUsers.model_validate({"email": "nobody@example.com", "limit": 300}))
        await thinkific(ListUsers.model_validate({"role": "affiliate", "page": 2, "limit": 300}))
    assert [dict(record.query) for record in school.requests] == [
        {"query[email]": "nobody@example.com", "page": "1", "limit": "250"},
        {"query[role]": "affiliate", "page": "2", "limit": "250"},
    ]


async def test_a_whole_school_is_read_page_by_page_without_a_request_too_many(school: Sandbox) -> None:
    async with attending(school) as thinkific:
        page = await thinkific(ListUsers(limit=1000))
        whole = [user.id async for user in thinkific(ListUsers())]
    assert [user.id for user in page.items] == whole
    assert (len(set(whole)), len(school.requests), school.violations) == (1000, 8, [])
    assert (page.page, page.next_page, page.total_pages, page.total_items) == (1, None, 1, 1000)


# What comes together


@settings(deadline=None, max_examples=60)
@given(total=st.integers(0, 3000), limit=st.integers(1, 10_000), page=st.integers(1, 12))
@example(total=800, limit=400, page=2)
@example(total=801, limit=400, page=2)
@example(total=0, limit=251, page=1)
@example(total=12_000, limit=10_000, page=2)
async def test_a_page_is_a_slice_of_the_list_whatever_its_limit(total: int, limit: int, page: int) -> None:
    listing = Listing(rows(total))
    found = await read(listing, page=page, limit=limit)
    first, end = (page - 1) * limit, page * limit
    assert ids(found.items) == list(range(1, total + 1))[first:end]
    assert (found.page, found.next_page) == (page, page + 1 if end < total else None)
    assert (found.total_pages, found.total_items) == (math.ceil(total / limit), total)
    assert found.complete == (None if limit <= 250 else True)
    touched = range(first // 250, math.ceil(min(end, total) / 250))
    assert len(listing.asked) == (1 if limit <= 250 else max(1, len(touched)))


@settings(deadline=None, max_examples=60)
@given(
    total=st.integers(0, 2000),
    limit=st.integers(251, 2000),
    page=st.integers(1, 6),
    size=st.integers(20, 600),
)
@example(total=180, limit=260, page=2, size=100)
@example(total=600, limit=400, page=2, size=1000)
async def test_a_page_is_the_same_slice_where_the_api_s_pages_have_another_size(
    total: int, limit: int, page: int, size: int
) -> None:
    found = await read(Listing(rows(total), page_size=lambda _: size), page=page, limit=limit)
    first, end = (page - 1) * limit, page * limit
    assert ids(found.items) == list(range(1, total + 1))[first:end]
    assert (found.page, found.next_page) == (page, page + 1 if end < total else None)
    assert (found.total_pages, found.total_items) == (math.ceil(total / limit), total)


async def test_where_the_api_s_pages_are_smaller_one_request_finds_out_how_small() -> None:
    listing = Listing(rows(5000), page_size=lambda limit: min(limit, 100))
    await read(listing, page=3, limit=1000)
    assert [page for page, _ in listing.asked] == [9, *range(21, 31)]


async def test_a_list_that_is_answered_without_its_pages_is_still_a_slice() -> None:
    async with calling(lambda _: httpx2.Response(200, json=rows(1000))) as thinkific:
        page = await thinkific(ListGroups(page=2, limit=300))
    assert (ids(page.items), page.page, page.total_items) == (list(range(301, 601)), None, None)


async def test_a_row_that_moved_to_the_next_page_meanwhile_comes_once() -> None:
    async def one_more(listing: Listing) -> None:
        if len(listing.asked) == 2:
            listing.rows = [{"id": 0}, *listing.rows]

    page = await read(Listing(rows(600), before=one_more), limit=1000)
    assert (ids(page.items), page.total_items, page.complete) == (list(range(1, 601)), 601, True)


async def test_rows_without_an_id_are_all_kept() -> None:
    page = await read(Listing([{"name": "Bakers"}] * 600), limit=1000)
    assert (len(page.items), page.complete) == (600, True)


async def test_ids_that_are_lists_break_no_walk() -> None:
    async with calling(Listing([{"id": [1]}] * 300)) as thinkific:
        assert len((await thinkific(ListSiteScripts(limit=300))).items) == 300


async def test_totals_are_those_of_the_list_and_not_of_what_was_read() -> None:
    page = await read(Listing(rows(2400)), page=2, limit=300)
    assert (len(page.items), page.total_items, page.total_pages) == (300, 2400, 8)


async def test_what_an_answer_says_in_our_words_is_not_taken_for_ours() -> None:
    said = {"items": rows(2), "complete": False, "stopped": "here", "go_on": "page 9, limit 9"}
    async with calling(lambda _: httpx2.Response(200, json=said)) as thinkific:
        page = await thinkific(ListGroups())
    assert (page.complete, page.stopped, page.go_on) == (None, None, None)


async def test_rows_nested_beyond_reading_break_no_walk() -> None:
    deep: Any = "bottom"
    for _ in range(5000):
        deep = [deep]

    async def ask(_: object) -> Page[Group]:
        return Page[Group].model_validate({"items": [{"id": 1, "deep": deep}]})

    def fetched(rows: int, expected: int | None) -> None:
        assert (rows, expected) == (1, None)

    page = await walk(ListGroups(limit=1000), ask, fetched=fetched)
    assert (ids(page.items), page.complete) == ([1], True)


JSON: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 4), st.text(max_size=2), st.lists(st.just(0))
)
PAGINATION = st.fixed_dictionaries(
    dict.fromkeys(("current_page", "next_page", "total_pages", "total_items"), JSON)
)
ITEMS = st.lists(st.fixed_dictionaries({}, optional={"id": JSON}) | JSON, max_size=4)
META = st.fixed_dictionaries({"pagination": PAGINATION})
ANSWERS = st.lists(JSON | st.fixed_dictionaries({"items": ITEMS, "meta": META}), min_size=1)


@settings(deadline=None, max_examples=150)
@given(answers=ANSWERS, page=st.integers(1, 3))
async def test_odd_answers_end_a_walk_as_a_page_or_as_an_error_of_ours(answers: list[Any], page: int) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=json.dumps(answers[min(len(asked), len(answers)) - 1]))

    async with calling(answer) as thinkific:
        with suppress(ThinkificError):
            assert isinstance(await thinkific(ListGroups(page=page, limit=1000)), Page)
    assert len(asked) <= len(answers) + 10
