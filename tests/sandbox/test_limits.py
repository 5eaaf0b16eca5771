from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from thinkific_mcp.sandbox import Limit

from .conftest import MINUTE, site


async def test_without_a_limit_any_number_of_requests_is_taken() -> None:
    async with site(None) as school:
        assert set(await school.statuses(*[0] * 130)) == {200}


async def test_the_limit_is_120_requests_in_a_minute() -> None:
    async with site(Limit()) as school:
        statuses = await school.statuses(*(place / 10 for place in range(122)))
        assert statuses == [200] * 120 + [429] * 2


async def test_a_sliding_window_frees_a_place_60_seconds_after_it_was_taken() -> None:
    async with site(Limit(requests=2)) as school:
        assert await school.statuses(50, 55, 109.9, 110, 110) == [200, 200, 429, 200, 429]


async def test_a_refused_request_is_not_counted_by_a_sliding_window() -> None:
    async with site(Limit(requests=1)) as school:
        assert await school.statuses(0, 30, 59, 60) == [200, 429, 429, 200]


async def test_a_fixed_window_frees_all_places_with_the_minute() -> None:
    async with site(Limit(requests=2, window="fixed")) as school:
        assert await school.statuses(59, 59, 59.9, 60, 60, 60) == [200, 200, 429, 200, 200, 429]


async def test_a_window_can_be_shorter() -> None:
    async with site(Limit(requests=1, seconds=0.5)) as school:
        assert await school.statuses(0, 0.4, 0.5) == [200, 429, 200]


@pytest.mark.parametrize(
    ("limit", "reset"),
    [
        (Limit(requests=1), MINUTE + 71),
        (Limit(requests=1, reset="milliseconds"), MINUTE * 1000 + 70_250),
        (Limit(requests=1, window="fixed"), MINUTE + 60),
        (Limit(requests=1, window="fixed", reset="milliseconds"), MINUTE * 1000 + 60_000),
    ],
    ids=lambda value: f"{value.window}-{value.reset}" if isinstance(value, Limit) else "",
)
async def test_a_refusal_tells_when_there_is_room_again(limit: Limit, reset: float) -> None:
    async with site(limit) as school:
        refused = (await school.get(10.25, 20))[1]
        assert refused.headers["RateLimit-Reset"] == str(int(reset))


async def test_a_refusal_has_the_body_of_thinkific_s() -> None:
    async with site(Limit(requests=1)) as school:
        refused = (await school.get(0, 0))[1]
        assert refused.headers["content-type"] == "application/json; charset=utf-8"
        assert refused.json() == {"error": "Rate limit exceeded."}


async def test_a_refused_request_is_not_carried_out() -> None:
    async with site(Limit(requests=1)) as school:
        answers = [await school.client.post("/groups", json={"name": name}) for name in ("First", "Second")]
        assert [answer.status_code for answer in answers] == [200, 429]
        groups = school.sandbox.school.values("SELECT name FROM groups")
        assert ("First" in groups, "Second" in groups) == (True, False)


async def test_a_refused_request_is_recorded_without_a_fault() -> None:
    async with site(Limit(requests=1)) as school:
        await school.get(0, 1.5)
        record = school.sandbox.requests[-1]
        assert (record.operation, record.status, record.fault) == ("GET /courses/{id}", 429, None)
        assert record.arrived == MINUTE + 1.5


async def test_a_refused_request_leaves_a_fault_to_the_next() -> None:
    async with site(Limit(requests=1)) as school:
        await school.get(0)
        school.sandbox.faults.add("status", status=503)
        assert await school.statuses(1, 60, 120) == [429, 503, 200]


async def test_a_request_that_a_fault_strikes_is_counted() -> None:
    async with site(Limit(requests=1)) as school:
        school.sandbox.faults.add("status", status=503)
        assert await school.statuses(0, 1) == [503, 429]


async def test_the_limit_stands_before_credentials() -> None:
    async with site(Limit(requests=1)) as school:
        assert await school.statuses(0, 1, headers={"X-Auth-API-Key": "guessed"}) == [401, 429]


async def test_what_is_no_request_to_the_api_is_not_counted() -> None:
    async with site(Limit(requests=1)) as school:
        for path in ("/_sandbox/requests", "/_sandbox/health", "/openapi.json"):
            await school.get(0, path=path)
        assert await school.statuses(0, 0) == [200, 429]


async def test_all_credentials_of_a_site_share_its_limit() -> None:
    async with site(Limit(requests=1)) as school:
        await school.get(0)
        assert await school.statuses(1, headers={"Authorization": "Bearer sandbox"}) == [429]


@pytest.mark.parametrize(
    "wrong", [{"requests": 0}, {"at_once": 0}, {"seconds": 0}, {"seconds": float("inf")}, {"window": "hourly"}]
)
def test_a_limit_that_cannot_be_kept_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Limit(**wrong)


@given(st.sampled_from(["sliding", "fixed"]), st.lists(st.floats(0, 40), min_size=1, max_size=40))
@settings(deadline=None, max_examples=60)
def test_a_request_is_taken_as_long_as_its_window_has_room(kind: Any, gaps: list[float]) -> None:
    limit = Limit(requests=3, window=kind)

    def counts(earlier: float, now: float) -> bool:
        return earlier // 60 == now // 60 if kind == "fixed" else now - earlier < 60

    async def check() -> None:
        taken: list[float] = []
        async with site(limit) as school:
            for gap in gaps:
                # In quarters of a second, which binary fractions hold exactly.
                school.clock.moment += round(gap * 4) / 4
                now = school.clock.moment
                room = sum(counts(earlier, now) for earlier in taken) < 3
                status = (await school.client.get("/courses/1")).status_code
                assert (status == 200) == room
                taken += [now] * room

    anyio.run(check)
