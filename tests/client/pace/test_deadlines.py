"""Calls at a busy site that end in time, are given up, or say what they wait for: on a virtual clock."""

from typing import Any

import anyio
import httpx2
import pytest
import trio

from thinkific_mcp import Thinkific
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.api.users import GetUser, ListUsers
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.errors import (
    DeadlineError,
    RateLimitError,
    ThinkificError,
    UnknownOutcomeError,
    UnreachableError,
)
from thinkific_mcp.sandbox import Limit

from .reading import READ, failure
from .virtual import ACCOUNT, Site, virtual


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


# Deadlines


async def test_a_call_that_cannot_have_its_turn_in_time_fails_at_once() -> None:
    site = Site(Limit(requests=6, at_once=6))
    await site.client()(READ)
    started = trio.current_time()
    error = await failure(site.client(deadline=5))
    assert isinstance(error, DeadlineError)
    assert (trio.current_time(), len(site.arrivals)) == (started, 1)
    assert str(error) == (
        "The site's requests of this minute are used up: the next free turn comes in 10 seconds, too late for "
        "this call's deadline of 5 seconds. Nothing was sent. Try again in 10 seconds."
    )
    assert error.retry_after == pytest.approx(10, abs=0.5)


async def test_those_who_wait_already_count_in_how_long_a_call_would_wait() -> None:
    site = Site(Limit(requests=6, at_once=6))
    errors: list[ThinkificError] = []
    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(site.client(), READ)
        await anyio.sleep(1)
        errors.append(await failure(site.client(deadline=25)))
    (error,) = errors
    assert isinstance(error, DeadlineError)
    assert error.retry_after == pytest.approx(39, abs=1)


async def test_a_429_past_the_deadline_fails_at_once_all_who_wait() -> None:
    site = Site(Limit(requests=12, at_once=1))
    site.sandbox.faults.add("rate_limit", retry_in=50)
    errors: list[ThinkificError] = []

    async def fail() -> None:
        errors.append(await failure(site.client(deadline=20)))

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(fail)
    assert [type(error) for error in errors] == [RateLimitError, DeadlineError, DeadlineError]
    assert (trio.current_time() < 1, len(site.arrivals)) == (True, 1)
    assert "Try again in 5" in str(errors[0])


async def test_a_429_past_the_deadline_of_somebody_further_back_is_told_at_once() -> None:
    site = Site(Limit(requests=12, at_once=1))
    site.sandbox.faults.add("rate_limit", retry_in=50)
    errors: list[ThinkificError] = []
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(site.client(), READ)
        await anyio.sleep(0.01)
        errors.append(await failure(site.client(deadline=20)))
        assert trio.current_time() < 1
    assert isinstance(errors[0], DeadlineError)


async def test_nothing_is_sent_so_late_that_its_answer_could_not_come_in_time() -> None:
    site = Site(Limit(requests=27, at_once=6))  # one in 2.25 seconds
    await anyio.sleep(10)
    for _ in range(4):
        await site.client()(READ)
    with pytest.raises(DeadlineError, match="comes in 2 seconds, too late"):
        await site.client(deadline=2.3)(CreateGroup(name="Night bakers"))
    assert len(site.arrivals) == 4


async def test_a_site_with_too_many_requests_at_once_is_told_from_a_minute_used_up() -> None:
    site = Site(Limit(requests=120, at_once=1), delay=lambda: 10)
    errors: list[ThinkificError] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(site.client(), READ)
        await anyio.sleep(1)
        errors.append(await failure(site.client(deadline=9)))
    assert isinstance(errors[0], DeadlineError)
    assert str(errors[0]).startswith("The site is busy with as many requests as may run at once")


async def test_a_read_that_is_not_answered_by_the_deadline_says_so() -> None:
    site = Site(delay=lambda: 40)
    error = await failure(site.client(deadline=45))
    assert isinstance(error, DeadlineError)
    assert str(error).startswith("Thinkific did not answer within this call's deadline of 45 seconds.")
    assert trio.current_time() == 45


async def test_a_write_that_is_not_answered_by_the_deadline_may_have_happened() -> None:
    site = Site(delay=lambda: 40)
    with pytest.raises(UnknownOutcomeError, match="look with list_groups"):
        await site.client(deadline=45)(CreateGroup(name="Night bakers"))
    assert trio.current_time() == 45


async def test_the_time_between_two_pages_of_an_iteration_is_the_reader_s() -> None:
    site = Site(students=600)
    seen = 0
    async for _ in site.client(deadline=5)(ListUsers()):
        seen += 1
        await anyio.sleep(1)
    assert seen == 612


# Going away


async def test_a_cancelled_call_sends_nothing_and_leaves_its_place_to_the_next() -> None:
    site = Site(Limit(requests=6, at_once=6))
    thinkific = site.client()
    await thinkific(READ)
    async with anyio.create_task_group() as tasks, anyio.create_task_group() as cancelled:
        for _ in range(30):
            cancelled.start_soon(thinkific, READ)
        await anyio.sleep(1)
        tasks.start_soon(thinkific, GetUser(user_id="1"))
        await anyio.sleep(1)
        cancelled.cancel_scope.cancel()
    assert [request.path for request in site.sandbox.requests] == ["/courses/1", "/users/1"]
    assert site.arrivals[1] == pytest.approx(10.2, abs=0.3)


async def test_a_call_cancelled_on_its_way_counts_as_sent() -> None:
    site = Site(Limit(requests=6, at_once=6), delay=lambda: 1)
    with anyio.move_on_after(1.5):
        await site.client()(READ)
    assert isinstance(await failure(site.client(deadline=3)), DeadlineError)


async def test_a_request_that_never_left_costs_no_turn() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody listens")

    budgets = Budgets(Limits(requests=6, at_once=6), ProcessStore(anyio.current_time))
    nowhere = Thinkific(
        ACCOUNT, transport=httpx2.MockTransport(refuse), budgets=budgets, deadline=100, random=lambda: 0
    )
    assert isinstance(await failure(nowhere), UnreachableError)
    site = Site(Limit(requests=6, at_once=6))
    started = trio.current_time()
    await site.client(budgets=budgets)(READ)
    assert site.arrivals == [pytest.approx(started + 0.1)]


async def test_what_is_no_longer_used_is_forgotten() -> None:
    store = ProcessStore(anyio.current_time)
    seen: list[int] = []
    for number in range(1500):
        await store.change(f"site-{number}", lambda allowance, now: allowance.finish(Limits(), "lease", now))
        await anyio.sleep(1)
    for number in range(1500):
        await store.change(f"site-{number}", lambda allowance, _: seen.append(len(allowance.returns)))
    assert sum(seen) == 60


# Who is told


async def test_who_asks_is_told_every_two_seconds_what_a_call_waits_for() -> None:
    site = Site(Limit(requests=6, at_once=6))
    told: list[tuple[float, float | None, str]] = []

    async def report(done: float, total: float | None, words: str) -> None:
        told.append((done, total, words))

    await site.client()(READ, report=report)
    await site.client()(READ, report=report)
    assert [round(done) for done, _, _ in told] == [2, 4, 6, 8, 10]
    assert {total for _, total, _ in told} == {None}
    assert told[0][2] == "waiting for the site's request budget, about 8 s more"


async def test_a_report_that_fails_is_no_matter() -> None:
    async def report(done: float, total: float | None, words: str) -> None:
        raise RuntimeError("the host has gone")

    assert (await Site(delay=lambda: 5).client()(READ, report=report)).id == 1
