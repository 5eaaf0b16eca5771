import contextlib
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx2
import pytest

from thinkific_mcp.sandbox import Limit

from .conftest import MINUTE, asking, remote_site, site


async def test_ten_requests_are_taken_at_once() -> None:
    async with remote_site(Limit()) as (sandbox, client):
        statuses: list[int] = []

        async def get() -> None:
            statuses.append((await client.get("/courses/1", headers=asking("slow", seconds=60))).status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(get)
            with anyio.fail_after(10):
                while len(sandbox.requests) < 10:
                    await client.get("/_sandbox/health")
            eleventh = await client.get("/courses/1")
            assert (statuses, eleventh.status_code) == ([], 429)
            assert eleventh.headers["RateLimit-Reset"] == str(int(MINUTE))
            tasks.cancel_scope.cancel()


async def test_an_answered_request_makes_room_for_the_next_at_once() -> None:
    async with remote_site(Limit(at_once=1)) as (_, client):
        statuses = [(await client.get("/courses/1")).status_code for _ in range(20)]
        assert statuses == [200] * 20


@pytest.mark.parametrize(("window", "wait"), [("sliding", 0), ("fixed", 60)])
async def test_a_refusal_of_one_too_many_at_once_counts_in_a_fixed_window_only(window: Any, wait: int) -> None:
    async with site(Limit(requests=2, at_once=1, window=window)) as school, anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: school.get(0, headers=asking("slow", seconds=60)))
        await anyio.wait_all_tasks_blocked()
        refused = await school.get(0, 0)
        resets = [float(answer.headers["RateLimit-Reset"]) - MINUTE for answer in refused]
        assert resets == [0, wait]
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset"},
        {"kind": "reset", "after": True},
        {"kind": "reset_body"},
        {"kind": "hang_up"},
        {"kind": "truncated"},
        {"kind": "slow", "seconds": 60},
        {"kind": "trickle", "pause": 60},
        {"kind": "huge", "megabytes": 10_000},
        {"kind": "endless"},
        {"kind": "flood"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
async def test_a_broken_off_answer_makes_room_for_the_next(fault: dict[str, Any]) -> None:
    async with remote_site(Limit(requests=10_000, at_once=1)) as (_, client):
        with contextlib.suppress(httpx2.TransportError):
            async with client.stream("GET", "/courses/1", headers=asking(**fault), timeout=0.2) as response:
                async for _ in response.aiter_raw():
                    break
        assert await _status_when_alone(client) == 200


async def test_a_request_that_is_broken_off_makes_room_for_the_next(caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"name": '
        with anyio.fail_after(10):
            while await others() != 429:
                pass
        raise ConnectionError

    async with remote_site(Limit(at_once=1)) as (_, client):

        async def others() -> int:
            return (await client.get("/courses/1")).status_code

        with pytest.raises(ConnectionError):
            await client.post("/groups", content=body(), headers={"Content-Type": "application/json"})
        assert await _status_when_alone(client) == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_error_of_the_sandbox_itself_makes_room_for_the_next() -> None:
    async with site(Limit(at_once=1)) as school:
        school.sandbox.school.db.execute("DROP TABLE coupons")
        assert await school.statuses(0, path="/coupons?promotion_id=1") == [500]
        assert await school.statuses(0) == [200]


async def test_a_cancelled_request_makes_room_for_the_next() -> None:
    async with site(Limit(at_once=1)) as school:
        with anyio.move_on_after(0.05) as scope:
            await school.get(0, headers=asking("slow", seconds=60))
        assert scope.cancelled_caught
        assert await school.statuses(0) == [200]


async def test_a_request_holds_its_place_from_its_first_byte() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"name": '
        halfway.set()
        await refused.wait()
        yield b'"Night bakers"}'

    async with remote_site(Limit(at_once=1)) as (_, client):
        halfway, refused, statuses = anyio.Event(), anyio.Event(), list[int]()

        async def post() -> None:
            headers = {"Content-Type": "application/json"}
            statuses.append((await client.post("/groups", content=body(), headers=headers)).status_code)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(post)
            await halfway.wait()
            with anyio.fail_after(10):
                while (await client.get("/courses/1")).status_code != 429:
                    pass
            refused.set()
        assert statuses == [200]


async def _status_when_alone(client: httpx2.AsyncClient) -> int:
    """Ask until the server has noticed that the others are gone, and return the status of the answer."""
    with anyio.move_on_after(5):
        while (status := (await client.get("/courses/1")).status_code) == 429:
            pass
        return status
    return 429
