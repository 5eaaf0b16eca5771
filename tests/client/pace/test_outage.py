"""A shared budget that goes away or hangs: who goes on, how often, and what is told."""

import logging
from typing import Any

import anyio
import pytest
import trio

from thinkific_mcp.client import Budgets
from thinkific_mcp.client.pace.outage import EnduringStore
from thinkific_mcp.client.pace.redis import RedisStore
from thinkific_mcp.errors import DeadlineError, SettingsError
from thinkific_mcp.sandbox import Limit

from .reading import READ, failure, read
from .unsteady import SITE, STATES, State, end_outage, school
from .virtual import virtual


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


# Reads go on


@pytest.mark.parametrize("state", ["away", "locked"])
async def test_reads_go_on_at_once_while_the_shared_budget_is_away(state: State) -> None:
    async with school() as ours:
        ours.store.state = state
        await read(ours.client(), 2)
    assert ours.site.arrivals == [0.1, 0.1]


async def test_a_shared_budget_that_hangs_delays_those_who_notice_by_half_a_second() -> None:
    async with school() as ours:
        ours.store.state = "hanging"
        await read(ours.client(), 2)
    assert ours.site.arrivals == [0.6, 0.6]


async def test_a_shared_budget_that_hangs_delays_nobody_any_more() -> None:
    async with school() as ours:
        ours.store.state = "hanging"
        thinkific = ours.client()
        await thinkific(READ)
        took: list[float] = []
        for _ in range(20):
            await anyio.sleep(5)
            begun = trio.current_time()
            await thinkific(READ)
            took.append(round(trio.current_time() - begun, 3))
        assert ours.store.asked > 20
    assert took == [0.2] * 20


async def test_no_more_than_two_are_under_way_at_once_during_an_outage() -> None:
    async with school(delay=1) as ours:
        ours.store.state = "away"
        await read(ours.client(), 10)
    assert ours.site.way.most_under_way == 2


# A safe part


@pytest.mark.parametrize("state", ["away", "hanging"])
async def test_a_process_sends_a_sixth_of_the_budget_during_an_outage(state: State) -> None:
    async with school() as ours:
        ours.store.state = state
        await read(ours.client(), 60)
    assert 18 <= ours.most_in_a_minute() <= 20


async def test_six_processes_meet_no_429_during_an_outage() -> None:
    async with school() as ours:
        ours.store.state = "away"
        async with anyio.create_task_group() as tasks:
            for _ in range(6):
                tasks.start_soon(read, ours.client(), 40)
    assert ours.site.statuses == [200] * 240


@pytest.mark.parametrize("processes", [1, 2, 6])
@pytest.mark.parametrize("after", [10, 58])
async def test_an_outage_in_the_middle_lets_nobody_meet_a_429(processes: int, after: float) -> None:
    async with school() as ours, anyio.create_task_group() as tasks:
        for _ in range(processes):
            tasks.start_soon(read, ours.client(), 240 // processes)
        await anyio.sleep(after)
        ours.store.state = "away"
    assert ours.site.statuses == [200] * 240


async def test_a_429_that_one_met_holds_for_those_who_knew_of_it_during_an_outage() -> None:
    async with school() as ours:
        ours.site.sandbox.faults.add("rate_limit", retry_in=30)
        thinkific = ours.client(deadline=20)
        await failure(thinkific)
        ours.store.state = "away"
        assert isinstance(await failure(thinkific), DeadlineError)
    assert ours.site.arrivals == [0.1]


async def test_the_headroom_left_after_a_429_is_left_during_an_outage_too() -> None:
    async with school() as ours:
        ours.site.sandbox.faults.add("rate_limit", retry_in=1)
        thinkific = ours.client()
        await thinkific(READ)
        ours.store.state = "away"
        await anyio.sleep(62)
        with anyio.move_on_after(59):
            await read(thinkific, 60)
    assert 12 <= sum(arrived > 62 for arrived in ours.site.arrivals) <= 14


# What is told


async def test_an_outage_is_told_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    async with school() as ours:
        ours.store.state = "away"
        thinkific = ours.client()
        await read(thinkific, 20)
        await end_outage(ours, thinkific)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (
            logging.WARNING,
            "Redis is away. Until it can be used, this process keeps to a sixth of each site's budget.",
        ),
        (logging.WARNING, "The shared request budget can be used again."),
    ]


async def test_an_outage_that_lasts_until_somebody_acts_is_told_as_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with school() as ours:
        ours.store.state = "locked"
        await read(ours.client(), 20)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize("state", STATES)
async def test_whether_the_shared_budget_is_in_reach_is_told_by_trying(state: State) -> None:
    async with school() as ours:
        budgets = ours.budgets()
        ours.store.state = state
        assert await budgets.is_reachable() == (state == "there")
        ours.store.state = "there"
        assert await budgets.is_reachable()


async def test_looking_whether_the_shared_budget_is_back_is_enough_to_use_it_again() -> None:
    async with school() as ours:
        ours.store.state = "away"
        budgets = ours.budgets()
        await budgets.wait(SITE)
        ours.store.state = "there"
        await budgets.is_reachable()
        await read(ours.client(budgets=budgets), 10)
    assert ours.site.arrivals == [0.1] * 10


@pytest.mark.parametrize(("used", "wait"), [(0, 0), (9, 0), (10, 1)])
async def test_it_is_told_how_long_another_call_would_wait(used: int, wait: float) -> None:
    async with school(Limit(requests=60, at_once=10)) as ours:
        budgets = ours.budgets()
        await read(ours.client(budgets=budgets), used)
        assert await budgets.wait(SITE) == pytest.approx(wait, abs=0.3)


def test_a_budget_in_redis_without_asyncio_says_so() -> None:
    store = EnduringStore(RedisStore("redis://127.0.0.1:1/0"))
    with pytest.raises(SettingsError, match="asyncio only"):
        trio.run(Budgets(store=store).wait, SITE)
