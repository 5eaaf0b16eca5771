"""What a 429 teaches, on a virtual clock."""

from itertools import pairwise
from typing import Any

import anyio
import httpx2
import pytest

from .reading import LIMIT, READ, read
from .virtual import Site, virtual


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


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
