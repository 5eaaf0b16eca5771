"""How often a request is repeated, and after how long. What follows which fault: `test_fault_matrix.py`."""

import ssl
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import accumulate, pairwise
from typing import Any

import anyio
import httpx2
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.client.retries import RATE_LIMITED_TRIES, TRIES
from thinkific_mcp.errors import (
    ApiError,
    RateLimitError,
    ServerError,
    UnknownOutcomeError,
    UnreachableError,
)
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Limit

from .conftest import answering, failure
from .listing import in_virtual_time
from .pace.virtual import START, Site, virtual

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")
COURSE = httpx2.Response(200, json={"id": 3})

both = pytest.mark.parametrize("operation", [READ, WRITE], ids=["read", "write"])


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site(delay=lambda: 0)
    yield site
    site.sandbox.close()


class Upstream:
    """A Thinkific that fails in these ways, one after another, before it answers.

    Attributes:
        asked: when each request came.
    """

    def __init__(self, *failures: httpx2.Response | Exception) -> None:
        self._failures = list(failures)
        self.asked: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(anyio.current_time())
        failed = self._failures.pop(0) if self._failures else COURSE
        if isinstance(failed, Exception):
            raise failed
        return failed


# After how long


async def test_the_pause_before_each_further_try_is_twice_as_long_at_most(site: Site) -> None:
    site.sandbox.faults.add("status", status=502, times=TRIES - 1)
    await site.client(random=lambda: 1)(READ)
    assert site.arrivals == [0, 0.5, 1.5, 3.5]


@given(st.lists(st.floats(0, 1), min_size=TRIES - 1, max_size=TRIES - 1))
def test_each_pause_is_a_random_part_of_the_longest(parts: list[float]) -> None:
    upstream = Upstream(*(httpx2.Response(502) for _ in parts))

    async def call() -> None:
        await answering(upstream, random=iter(parts).__next__)(READ)

    in_virtual_time(call)
    pauses = [part * longest for part, longest in zip(parts, (0.5, 1, 2), strict=True)]
    assert upstream.asked == pytest.approx([0, *accumulate(pauses)])


@both
@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "20"},
        {"Retry-After": format_datetime(datetime.fromtimestamp(START + 20, UTC), usegmt=True)},
        {"RateLimit-Reset": "20"},
        {"RateLimit-Reset": f"{START + 20:.0f}"},
        {"RateLimit-Reset": f"{START + 20:.0f}000"},
    ],
    ids=str,
)
async def test_a_wait_that_thinkific_asks_for_is_kept_to(
    site: Site, operation: Operation[Any], headers: Mapping[str, str]
) -> None:
    site.sandbox.faults.add("status", status=503, headers=headers)
    await site.client()(operation)
    assert site.arrivals == [0, 20]


async def test_a_call_that_is_cancelled_in_its_pause_sends_nothing_more(site: Site) -> None:
    site.sandbox.faults.add("status", status=503, headers={"Retry-After": "20"})
    with anyio.move_on_after(10):
        await site.client()(READ)
    await anyio.sleep(60)
    assert site.arrivals == [0]


# Within the deadline


@both
@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("status", {"status": 503, "headers": {"Retry-After": "50"}}, ServerError),
        ("rate_limit", {"retry_in": 50}, RateLimitError),
    ],
)
async def test_a_wait_past_the_deadline_fails_at_once_and_tells_how_long_it_would_be(
    site: Site, operation: Operation[Any], kind: str, options: Mapping[str, Any], expected: type[ApiError]
) -> None:
    site.sandbox.faults.add(kind, **options)
    error = await failure(site.client(deadline=45), operation)
    assert isinstance(error, expected)
    assert (error.retry_after, trio.current_time(), site.arrivals) == (50, 0, [0])


async def test_a_pause_past_the_deadline_fails_at_once(site: Site) -> None:
    site.sandbox.faults.add("status", status=502)
    error = await failure(site.client(deadline=0.4, random=lambda: 1), READ)
    assert (type(error), trio.current_time(), site.arrivals) == (ServerError, 0, [0])


@both
async def test_a_next_turn_past_the_deadline_fails_with_what_happened(operation: Operation[Any]) -> None:
    site = Site(Limit(requests=2), delay=lambda: 0)
    site.sandbox.faults.add("status", status=503, headers={"Retry-After": "2"})
    error = await failure(site.client(deadline=20), operation)
    assert (type(error), trio.current_time(), site.arrivals) == (ServerError, 2, [0])
    site.sandbox.close()


# How often


async def test_failures_of_all_kinds_are_counted_together(site: Site) -> None:
    site.sandbox.faults.add("hang_up")
    site.sandbox.faults.add("status", status=502)
    site.sandbox.faults.add("status", status=503, headers={"Retry-After": "1"})
    site.sandbox.faults.add("html", status=504)
    error = await failure(site.client(), READ)
    assert isinstance(error, ServerError)
    assert (error.status, len(site.arrivals)) == (504, TRIES)


async def test_429s_are_counted_apart(site: Site) -> None:
    for _ in range(TRIES - 1):
        site.sandbox.faults.add("rate_limit", times=(RATE_LIMITED_TRIES - 1) // (TRIES - 1))
        site.sandbox.faults.add("status", status=502)
    await site.client()(READ)
    assert [site.statuses.count(status) for status in (429, 502, 200)] == [RATE_LIMITED_TRIES - 1, TRIES - 1, 1]


async def test_a_write_is_repeated_until_it_may_have_been_carried_out(site: Site) -> None:
    site.sandbox.faults.add("rate_limit")
    site.sandbox.faults.add("status", status=503, headers={"Retry-After": "1"})
    site.sandbox.faults.add("status", status=502, after=True)
    error = await failure(site.client(), WRITE)
    assert isinstance(error, UnknownOutcomeError)
    assert (site.statuses, type(error.__cause__)) == ([429, 503, 502], ServerError)


@both
async def test_where_no_connection_comes_about_it_is_tried_again(operation: Operation[Any]) -> None:
    upstream = Upstream(*(httpx2.ConnectError("refused") for _ in range(TRIES - 1)))
    await answering(upstream)(operation)
    assert len(upstream.asked) == TRIES


@both
async def test_where_no_connection_ever_comes_about_nothing_was_sent(operation: Operation[Any]) -> None:
    upstream = Upstream(*(httpx2.ConnectTimeout("silence") for _ in range(TRIES)))
    error = await failure(answering(upstream), operation)
    assert isinstance(error, UnreachableError)
    assert (error.sent, len(upstream.asked)) == (False, TRIES)


@both
async def test_a_certificate_that_is_not_trusted_is_asked_for_once(operation: Operation[Any]) -> None:
    untrusted = httpx2.ConnectError("handshake")
    untrusted.__cause__ = ssl.SSLCertVerificationError("self-signed")
    upstream = Upstream(untrusted)
    error = await failure(answering(upstream), operation)
    assert isinstance(error, UnreachableError)
    assert (error.lasting, len(upstream.asked)) == (True, 1)


# Out of the budget


async def test_every_further_try_takes_a_turn_of_the_budget() -> None:
    site = Site(Limit(requests=2), delay=lambda: 0)
    site.sandbox.faults.add("status", status=502, times=TRIES - 1)
    await site.client(random=lambda: 0)(READ)
    assert site.statuses == [502, 502, 502, 200]
    assert [later - earlier > 30 for earlier, later in pairwise(site.arrivals)] == [True] * 3
    site.sandbox.close()


@pytest.mark.parametrize(("kind", "options"), [("reset", {}), ("rate_limit", {"retry_in": 0})])
async def test_a_request_that_was_refused_or_lost_counts_as_well(kind: str, options: Mapping[str, Any]) -> None:
    site = Site(Limit(requests=1), delay=lambda: 0)
    site.sandbox.faults.add(kind, **options)
    await site.client()(READ)
    assert site.arrivals[1] > 60
    site.sandbox.close()


async def test_a_call_that_pauses_keeps_nobody_waiting() -> None:
    site = Site(Limit(at_once=1), delay=lambda: 0)
    site.sandbox.faults.add("status", status=503, headers={"Retry-After": "20"})
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(site.client(), READ)
        await anyio.sleep(1)
        await site.client()(WRITE)
        assert trio.current_time() == 1
    assert site.arrivals == [0, 1, 20]
    site.sandbox.close()
