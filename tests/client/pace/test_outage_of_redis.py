"""A Redis that is killed, frozen, locked or mute while reads go on."""

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import httpx2
import pytest
from anyio.abc import SocketStream

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace.outage import PATIENCE, EnduringStore
from thinkific_mcp.client.pace.redis import RedisStore
from thinkific_mcp.errors import DeadlineError

from ...leaks import REDIS_PASSWORD, leaked
from ...redis_server import RedisServer, free_port, running_redis
from ..conftest import listening

pytestmark = pytest.mark.usefixtures("redis_program")

READ = GetCourse(course_id=1)
SITE = "api.thinkific.com/my-school"
KEY = f"thinkific-mcp:budget:1:{SITE}"
MANY = Limits(requests=600_000, at_once=60_000)
ENOUGH = 20


class Reader:
    """Reads with a budget in Redis, and counts what it sends."""

    def __init__(self, url: str, limits: Limits, deadline: float) -> None:
        self.budgets = Budgets(limits, EnduringStore(RedisStore(url, PATIENCE)))
        self.sent = 0
        self.client = Thinkific(
            ApiKey("my-school", "key"),
            budgets=self.budgets,
            transport=httpx2.MockTransport(self._answer),
            deadline=deadline,
        )

    async def read(self, times: int = 1) -> None:
        """Read so often, all at once."""
        async with anyio.create_task_group() as tasks:
            for _ in range(times):
                tasks.start_soon(self.client, READ)

    async def reads_left(self) -> int:
        """Read until a call would have to wait, and return how often that was."""
        for done in range(1000):
            try:
                await self.client(READ)
            except DeadlineError:
                return done
        raise AssertionError("there is no limit")

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.sent += 1
        return httpx2.Response(200, json={"id": 1})


@asynccontextmanager
async def reader(url: str, limits: Limits = MANY, deadline: float = 45) -> AsyncGenerator[Reader]:
    reader = Reader(url, limits, deadline)
    with anyio.fail_after(ENOUGH):
        yield reader
    await reader.budgets.aclose()


async def test_reads_go_on_when_redis_is_killed() -> None:
    with running_redis() as redis:
        async with reader(redis.url) as ours:
            await ours.read()
            redis.process.kill()
            redis.process.wait()
            await ours.read(100)
            assert ours.sent == 101


async def test_reads_go_on_when_redis_hangs() -> None:
    with running_redis() as redis:
        async with reader(redis.url) as ours:
            await ours.read()
            with redis.frozen():
                await ours.read(100)
            assert ours.sent == 101


async def test_each_replica_keeps_to_a_sixth_without_redis() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    limits = Limits(requests=360, at_once=10)
    async with reader(url, limits, 0.5) as ours, reader(url, limits, 0.5) as theirs:
        assert [await each.reads_left() for each in (ours, theirs)] == [10, 10]


async def test_redis_is_used_again_when_it_is_back_without_a_restart() -> None:
    port = free_port()
    async with reader(f"redis://127.0.0.1:{port}/0") as ours:
        await ours.read(3)
        with running_redis(port) as redis:
            while not redis.ask("EXISTS", KEY):
                await ours.read()
                await anyio.sleep(0.1)
            await ours.read()
            assert await ours.budgets.is_reachable()
            assert len(json.loads(redis.ask("GET", KEY))["returns"]) == ours.sent


async def test_a_redis_that_takes_connections_and_never_answers_is_left_alone() -> None:
    connections = 0

    async def never(client: SocketStream) -> None:
        nonlocal connections
        connections += 1
        async for _ in client:
            pass

    async with listening(never) as address, reader(address.replace("http", "redis")) as ours:
        await ours.read(50)
        noticed = connections
        await ours.read(500)
        assert (ours.sent, connections - noticed <= 1) == (550, True)
        await ours.budgets.aclose()


async def test_a_wrong_password_is_an_outage_that_is_told_as_an_error_and_not_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running_redis(password="another") as redis:
        async with reader(f"redis://:{REDIS_PASSWORD}@127.0.0.1:{redis.port}/0") as ours:
            await ours.read(10)
            assert ours.sent == 10
    (record,) = [record for record in caplog.records if record.name.startswith("thinkific_mcp")]
    assert (record.levelno, "wrong user or password" in record.getMessage()) == (logging.ERROR, True)
    assert leaked(caplog.text) == []


async def test_a_redis_that_takes_no_writes_is_an_outage(empty_redis: RedisServer) -> None:
    empty_redis.ask("CONFIG", "SET", "min-replicas-to-write", "1")
    try:
        async with reader(empty_redis.url) as ours:
            await ours.read(10)
            assert (ours.sent, await ours.budgets.is_reachable()) == (10, False)
    finally:
        empty_redis.ask("CONFIG", "SET", "min-replicas-to-write", "0")
