"""The sandbox in process under trio, whose virtual clock lets minutes pass at once."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import anyio
import httpx2
import pytest
from trio.testing import MockClock

from thinkific_mcp.sandbox import Limit, Sandbox

from .conftest import HEADERS, NOW, asking


@asynccontextmanager
async def client_of(sandbox: Sandbox) -> AsyncGenerator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(sandbox)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox", headers=HEADERS) as client:
        yield client
    sandbox.close()


def on_virtual_time(check: Callable[[], Awaitable[None]]) -> None:
    options = {"clock": MockClock(autojump_threshold=0)}
    anyio.run(check, backend="trio", backend_options=options)


def school(limit: Limit | None = None) -> Sandbox:
    """Return a sandbox whose clock starts with that of the event loop."""
    start = anyio.current_time()
    return Sandbox(students=1, now=lambda: NOW + timedelta(seconds=anyio.current_time() - start), limit=limit)


def test_a_late_answer_takes_virtual_time_only() -> None:
    async def check() -> None:
        sandbox = school()
        async with client_of(sandbox) as client:
            await client.get("/courses/1", headers=asking("slow", seconds=3600))
            await client.get("/courses/1")
        assert [record.arrived - NOW.timestamp() for record in sandbox.requests] == [0, 3600]

    on_virtual_time(check)


def test_a_limit_is_lifted_by_virtual_time() -> None:
    async def check() -> None:
        async with client_of(school(Limit(requests=1))) as client:
            statuses: list[int] = []
            for wait in (0, 59, 1):
                await anyio.sleep(wait)
                statuses.append((await client.get("/courses/1")).status_code)
        assert statuses == [200, 429, 200]

    on_virtual_time(check)


def test_requests_that_wait_on_virtual_time_are_counted_at_once() -> None:
    async def check() -> None:
        statuses: list[int] = []
        async with client_of(school(Limit(at_once=2))) as client:

            async def get() -> None:
                answer = await client.get("/courses/1", headers=asking("slow", seconds=30))
                statuses.append(answer.status_code)

            for _ in range(2):
                async with anyio.create_task_group() as tasks:
                    for _ in range(3):
                        tasks.start_soon(get)
        assert statuses == [429, 200, 200] * 2

    on_virtual_time(check)


@pytest.mark.parametrize(
    ("kind", "options", "status"),
    [
        ("rate_limit", {"retry_in": 30}, 429),
        ("status", {"status": 503}, 503),
        ("html", {}, 502),
        ("redirect", {"location": "/login"}, 302),
        ("empty", {}, 200),
        ("invalid_json", {}, 200),
        ("invalid_utf8", {}, 200),
        ("wrong_type", {}, 200),
        ("wrong_content_type", {}, 200),
        ("huge", {"megabytes": 2}, 200),
        ("huge", {"megabytes": 2, "encoding": "gzip"}, 200),
        ("slow", {}, 200),
        ("trickle", {"pause": 20}, 200),
        ("truncated", {}, 200),
    ],
)
def test_a_fault_that_answers_strikes_under_trio(kind: str, options: dict[str, Any], status: int) -> None:
    async def check() -> None:
        async with client_of(school()) as client:
            asked = await client.post("/_sandbox/faults", json={"kind": kind, **options})
            assert asked.status_code == 201
            assert (await client.get("/courses/1")).status_code == status

    on_virtual_time(check)


@pytest.mark.parametrize("kind", ["reset", "reset_body", "hang_up"])
def test_a_fault_that_breaks_the_connection_strikes_under_trio(kind: str) -> None:
    async def check() -> None:
        async with client_of(school(Limit(at_once=1))) as client:
            with pytest.raises(ConnectionError):
                await client.get("/courses/1", headers=asking(kind))
            assert (await client.get("/courses/1")).status_code == 200

    on_virtual_time(check)


@pytest.mark.parametrize(("kind", "options"), [("endless", {}), ("slow", {"seconds": 3600})])
def test_a_fault_that_outlasts_its_client_ends_with_it_under_trio(kind: str, options: dict[str, Any]) -> None:
    async def check() -> None:
        async with client_of(school(Limit(at_once=1))) as client:
            with anyio.move_on_after(45) as waiting:
                await client.get("/courses/1", headers=asking(kind, **options))
            assert waiting.cancelled_caught
            assert (await client.get("/courses/1")).status_code == 200

    on_virtual_time(check)


def test_recorded_requests_are_served_under_trio() -> None:
    async def check() -> None:
        async with client_of(school()) as client:
            await client.get("/courses/1")
            items = (await client.get("/_sandbox/requests")).json()["items"]
            assert [item["arrived"] for item in items] == [NOW.timestamp()]

    on_virtual_time(check)
