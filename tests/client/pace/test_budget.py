"""The budget of a site, on a virtual clock: how soon requests leave, for whom, and in which order."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, pairwise
from typing import Any, Literal

import anyio
import httpx2
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from thinkific_mcp import AccessToken, ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.users import GetUser, ListUsers
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.errors import (
    DeadlineError,
)
from thinkific_mcp.sandbox import Limit

from .reading import LIMIT, READ, failure, read
from .virtual import Site, virtual


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


# How soon


async def test_a_few_calls_leave_at_once() -> None:
    site = Site(Limit(requests=120, at_once=20))
    await read(site.client(), 20)
    assert site.arrivals == [0.1] * 20


async def test_what_follows_is_spaced_so_that_nobody_waits_for_a_whole_minute() -> None:
    site = Site(LIMIT)
    await read(site.client(), 300)
    gaps = [later - earlier for earlier, later in pairwise(site.arrivals[20:])]
    assert site.statuses == [200] * 300
    assert min(gaps) > 0.4 and max(gaps) < 0.7


async def test_a_backlog_uses_nearly_all_of_the_budget() -> None:
    site = Site(LIMIT)
    await read(site.client(), 600)
    assert 600 / (120 * trio.current_time() / 60) >= 0.97


async def test_no_more_are_under_way_at_once_than_allowed() -> None:
    site = Site(Limit(requests=1000, at_once=3), delay=lambda: 1)
    await read(site.client(), 12)
    assert (site.way.most_under_way, site.arrivals[::3]) == (3, [1, 3, 5, 7])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 30), min_size=1, max_size=80),
    st.lists(st.floats(0, 4), min_size=1, max_size=20),
    st.integers(1, 30),
    st.integers(1, 5),
    st.sampled_from(["sliding", "fixed"]),
)
def test_alone_on_a_site_no_call_ever_meets_the_limit(
    arrivals: list[float], delays: list[float], requests: int, at_once: int, window: Literal["sliding", "fixed"]
) -> None:
    async def live() -> None:
        every_delay = cycle(delays)
        site = Site(Limit(requests=requests, at_once=at_once, window=window), delay=lambda: next(every_delay))
        thinkific = site.client()

        async def arrive(moment: float) -> None:
            await anyio.sleep(moment)
            await thinkific(READ)

        async with anyio.create_task_group() as tasks:
            for moment in arrivals:
                tasks.start_soon(arrive, moment)
        assert site.statuses == [200] * len(arrivals)

    trio.run(live, clock=MockClock(autojump_threshold=0))


# Whose budget


async def test_all_clients_of_a_site_in_a_process_spend_one_budget() -> None:
    """The default budget, which goes by the machine's clock."""
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, json={"id": 1})

    def client(subdomain: str) -> Thinkific:
        return Thinkific(ApiKey(subdomain, "key"), transport=httpx2.MockTransport(answer), deadline=0.001)

    for _ in range(20):
        await client("one-budget")(READ)
    error = await failure(client("one-budget"))
    await client("another-budget")(READ)
    assert (type(error), len(requests)) == (DeadlineError, 21)


def test_threads_with_event_loops_of_their_own_spend_one_budget() -> None:
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, json={"id": 1})

    budgets = Budgets(Limits(requests=30, at_once=2, seconds=0.5))

    async def read_ten() -> None:
        transport = httpx2.MockTransport(answer)
        await read(Thinkific(ApiKey("one-site", "key"), transport=transport, budgets=budgets, deadline=0), 10)

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(anyio.run, read_ten) for _ in range(3)]:
            done.result(timeout=20)
    assert len(requests) == 30


async def test_each_site_has_a_budget_of_its_own_over_the_same_connections() -> None:
    site = Site(Limit(requests=6, at_once=6))
    thinkific = site.client(deadline=1)
    other = thinkific.for_site(AccessToken("sandbox", "another-site"))
    await thinkific(READ)
    assert isinstance(await failure(thinkific), DeadlineError)
    await other(READ)
    await other.aclose()
    await thinkific.for_site(AccessToken("sandbox", "third-site"))(READ)
    assert site.statuses == [200] * 3


async def test_a_client_goes_on_as_soon_as_another_of_the_same_site_is_done() -> None:
    site = Site(Limit(requests=1000, at_once=1), delay=lambda: 0.05)
    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(site.client(), READ)
    assert site.arrivals == pytest.approx([0.05 + number / 10 for number in range(10)])


# In which order


async def test_calls_are_served_in_the_order_they_came() -> None:
    site = Site(Limit(requests=6, at_once=1))
    thinkific = site.client()
    async with anyio.create_task_group() as tasks:
        for course_id in range(1, 11):
            tasks.start_soon(thinkific, GetCourse(course_id=course_id))
            await anyio.sleep(0.01)
    assert [request.path for request in site.sandbox.requests] == [f"/courses/{number}" for number in range(1, 11)]


async def test_a_long_page_walk_does_not_starve_a_short_call() -> None:
    site = Site(Limit(requests=12, at_once=10), students=2000)
    thinkific = site.client()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(thinkific, ListUsers(limit=2000))
        await anyio.sleep(7)
        tasks.start_soon(thinkific, GetUser(user_id="1"))
    paths = [request.path for request in site.sandbox.requests]
    # Of the eight pages, three were fetched and one was in line when the short call came.
    assert paths == ["/users"] * 4 + ["/users/1"] + ["/users"] * 4
