"""A shared budget that comes back, and the calls that wait when it goes or comes."""

from typing import Any

import anyio
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Limits
from thinkific_mcp.client.pace.allowance import Allowance, Lease
from thinkific_mcp.sandbox import Limit

from .reading import READ, read
from .unsteady import SITE, STATES, State, end_outage, school
from .virtual import virtual


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


async def test_all_of_the_budget_is_used_again_when_it_is_back() -> None:
    async with school() as ours:
        ours.store.state = "away"
        thinkific = ours.client()
        await thinkific(READ)
        await end_outage(ours, thinkific)
        await anyio.sleep(61)
        await read(thinkific, 10)
    assert [arrived - ours.site.arrivals[-1] for arrived in ours.site.arrivals[-10:]] == [0] * 10


async def test_what_was_used_during_an_outage_is_counted_afterwards() -> None:
    async with school(Limit(requests=60, at_once=10)) as ours:
        ours.store.state = "away"
        thinkific = ours.client()
        await read(thinkific, 9)
        await end_outage(ours, thinkific)
        await read(ours.client(), 2)
        counted = await ours.store.change(SITE, lambda allowance, now: allowance.left(Limits(60), now))
    assert counted == 60 - sum(arrived > ours.site.arrivals[-1] - 60 for arrived in ours.site.arrivals)


async def test_a_request_that_left_during_an_outage_is_under_way_for_others_afterwards() -> None:
    async with school(Limit(at_once=1), delay=10) as ours, anyio.create_task_group() as tasks:
        ours.store.state = "away"
        thinkific = ours.client()
        tasks.start_soon(read, thinkific, 2)
        await anyio.sleep(1)
        ours.store.state = "there"
        await anyio.sleep(3)
        tasks.start_soon(ours.client(), READ)
    assert (ours.site.way.most_under_way, len(ours.site.arrivals)) == (1, 3)


async def test_a_turn_taken_before_an_outage_is_free_for_others_after_it() -> None:
    async with school(Limit(at_once=1), delay=2) as ours:
        thinkific = ours.client()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(thinkific, READ)
            await anyio.sleep(1)
            ours.store.state = "away"
        assert trio.current_time() == 4
        await end_outage(ours)
        await ours.client()(READ)
    assert ours.site.arrivals[-1] < 20


async def test_calls_that_wait_when_the_outage_begins_are_served() -> None:
    async with school() as ours, anyio.create_task_group() as tasks:
        tasks.start_soon(read, ours.client(), 60)
        await anyio.sleep(5)
        ours.store.state = "hanging"
    assert ours.site.statuses == [200] * 60


async def test_calls_that_wait_when_the_outage_ends_are_served_from_all_of_the_budget() -> None:
    async with school() as ours:
        ours.store.state = "away"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, ours.client(), 60)
            await anyio.sleep(20)
            ours.store.state = "there"
    assert ours.site.statuses == [200] * 60
    assert ours.site.arrivals[-1] < 20 + 40


async def test_a_call_that_would_wait_long_during_an_outage_does_not_when_it_ends() -> None:
    async with school(Limit(requests=6, at_once=10)) as ours:
        ours.store.state = "away"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, ours.client(), 2)
            await anyio.sleep(5)
            ours.store.state = "there"
    assert ours.site.arrivals[1] < 20


async def test_a_request_is_under_way_through_two_outages_that_follow_each_other() -> None:
    async with school(Limit(at_once=1), delay=10) as ours:
        budgets = ours.budgets()
        ours.store.state = "away"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ours.client(budgets=budgets), READ)
            await anyio.sleep(1)
            ours.store.state = "there"
            await budgets.is_reachable()
            ours.store.state = "away"
            tasks.start_soon(ours.client(budgets=budgets), READ)
    assert ours.site.way.most_under_way == 1


async def test_half_of_the_budget_used_before_an_outage_leaves_half_of_the_safe_part() -> None:
    async with school() as ours:
        thinkific = ours.client()
        for _ in range(120):
            await thinkific(READ)
            await anyio.sleep(0.8)
        ours.store.state = "away"
        await read(thinkific, 2)
    assert ours.site.arrivals[-1] - ours.site.arrivals[-3] < 10


async def test_calls_of_two_processes_keep_their_order_through_an_outage() -> None:
    async with school(Limit(requests=12, at_once=10)) as ours:
        first, second = ours.client(), ours.client()
        await read(first, 2)
        async with anyio.create_task_group() as tasks:
            for course_id in range(1, 5):
                tasks.start_soon((first, second)[course_id % 2], GetCourse(course_id=course_id))
                await anyio.sleep(0.1)
            ours.store.state = "away"
            await anyio.sleep(1)
            ours.store.state = "there"
    paths = [request.path for request in ours.site.sandbox.requests]
    assert paths[2:] == [f"/courses/{number}" for number in range(1, 5)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 30), st.sampled_from(STATES)), max_size=6),
    st.lists(st.floats(0, 60), min_size=1, max_size=40),
    st.integers(1, 3),
)
def test_whatever_becomes_of_the_store_every_call_is_served_and_soon_nothing_is_kept_back(
    states: list[tuple[float, State]], arrivals: list[float], processes: int
) -> None:
    async def live() -> None:
        async with school() as ours:
            clients = [ours.client() for _ in range(processes)]

            async def arrive(place: int, moment: float) -> None:
                await anyio.sleep(moment)
                await clients[place % processes](READ)

            async with anyio.create_task_group() as tasks:
                for place, moment in enumerate(arrivals):
                    tasks.start_soon(arrive, place, moment)
                for seconds, state in states:
                    ours.store.state = state
                    await anyio.sleep(seconds)
            assert ours.site.statuses == [200] * len(arrivals)
            await end_outage(ours, *clients)
            await anyio.sleep(62)
            left = await ours.store.change(SITE, lambda allowance, now: allowance.is_idle(now))
            assert left

    trio.run(live, clock=MockClock(autojump_threshold=0))


def test_requests_under_way_are_handed_over_once() -> None:
    allowance = Allowance(running={"lease": Lease(0)})
    assert [list(allowance.hand_over().running) for _ in range(2)] == [["lease"], []]
