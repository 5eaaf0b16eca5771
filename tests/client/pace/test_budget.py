"""The budget of a site, on a virtual clock: how soon requests leave, in which order, and what a 429 teaches."""

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

from .virtual import ACCOUNT, Site, virtual

READ = GetCourse(course_id=1)
LIMIT = Limit(requests=120, at_once=10)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


async def read(thinkific: Thinkific, times: int) -> None:
    """Read so often, all at once."""
    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(thinkific, READ)


async def failure(thinkific: Thinkific) -> ThinkificError:
    """Return what a read fails with."""
    with pytest.raises(ThinkificError) as caught:
        await thinkific(READ)
    return caught.value


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


# What a 429 teaches


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("seconds", 30),
        ("milliseconds", 30),
        ("30", 30),
        ("30000", 30),
        ("absent", 5),
        ("soon", 5),
        ("nan", 5),
        ("99999999999999999999", 5),
        ("1000000000", 5),
    ],
)
async def test_after_a_429_nothing_leaves_until_it_is_lifted(reset: str, seconds: float) -> None:
    site = Site()
    site.sandbox.faults.add("rate_limit", retry_in=30, reset=reset)
    thinkific = site.client()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(thinkific, READ)
        await anyio.sleep(1)
        tasks.start_soon(thinkific, READ)
    refused, *others = site.arrivals
    assert refused == 0.1
    assert [seconds <= arrived - refused < seconds + 2 for arrived in others] == [True, True]


async def test_429s_that_do_not_say_how_long_are_given_more_and_more_time() -> None:
    site = Site()
    site.sandbox.faults.add("rate_limit", reset="absent", times=6)
    await site.client()(READ)
    pauses = [round(later - earlier) for earlier, later in pairwise(site.arrivals)]
    assert pauses == [5, 10, 20, 40, 60, 60]


async def test_several_429s_at_once_that_do_not_say_how_long_count_as_one() -> None:
    site = Site()
    site.sandbox.faults.add("rate_limit", reset="absent", times=5)
    await read(site.client(), 5)
    assert max(site.arrivals) < 12


async def test_no_429_stops_a_site_for_more_than_two_minutes() -> None:
    site = Site()
    site.sandbox.faults.add("rate_limit", retry_in=3000)
    await site.client()(READ)
    assert 120 <= site.arrivals[1] - site.arrivals[0] < 122


async def test_after_a_429_a_part_of_the_budget_is_left_to_others_and_slowly_regained() -> None:
    site = Site(LIMIT)
    site.sandbox.faults.add("rate_limit", retry_in=1)
    await read(site.client(), 1500)

    def in_minute(number: int) -> int:
        return sum(number * 60 <= arrived < number * 60 + 60 for arrived in site.arrivals)

    assert 0.6 < in_minute(1) / 120 < 0.75
    assert in_minute(1) < in_minute(4) < in_minute(7)
    assert in_minute(9) / 120 > 0.95


async def test_several_429s_at_once_are_one_lesson() -> None:
    site = Site(LIMIT)
    site.sandbox.faults.add("rate_limit", times=10, retry_in=1)
    await read(site.client(), 300)
    assert 0.6 < sum(60 <= arrived < 120 for arrived in site.arrivals) / 120 < 0.75


async def test_a_neighbour_who_takes_half_is_met_by_few_429s_and_no_failure() -> None:
    site = Site(LIMIT)
    headers = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox"}

    async def live_next_door() -> None:
        async with httpx2.AsyncClient(base_url="http://sandbox", headers=headers, transport=site.way) as http:
            while True:
                await http.get("/users/1")
                await anyio.sleep(0.8)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(live_next_door)
        await read(site.client(), 400)
        tasks.cancel_scope.cancel()
    ours = [request for request in site.sandbox.requests if request.path == "/courses/1" and request.arrived > 60]
    assert sum(request.status == 429 for request in ours) / len(ours) < 0.02


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
