"""A Redis that is away, hangs or is locked, and values under our keys that are not ours."""

import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager

import anyio
import httpx2
import pytest
from anyio.abc import SocketStream
from pydantic import TypeAdapter

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace.allowance import Allowance, Lease
from thinkific_mcp.client.pace.redis import RedisStore
from thinkific_mcp.errors import SettingsError, UnreachableError

from ...leaks import REDIS_PASSWORD, leaked, told
from ..conftest import listening
from .conftest import RedisServer, free_port, running_redis

READ = GetCourse(course_id=1)
SITE = "api.thinkific.com/my-school"
KEY = f"thinkific-mcp:budget:1:{SITE}"


class Reader:
    """Reads with a budget in Redis, and counts what it sends."""

    def __init__(self, url: str, patience: float, pause: float) -> None:
        self.store = RedisStore(url, timeout=patience)
        self.sent = 0
        self._thinkific = Thinkific(
            ApiKey("my-school", "key"),
            budgets=Budgets(store=self.store),
            transport=httpx2.MockTransport(self._answer),
            random=lambda: pause,
        )

    async def read(self) -> None:
        await self._thinkific(READ)

    async def failure(self) -> UnreachableError:
        with pytest.raises(UnreachableError) as caught:
            await self.read()
        return caught.value

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.sent += 1
        return httpx2.Response(200, json={"id": 1})


@asynccontextmanager
async def reader(url: str, *, patience: float = 3, pause: float = 0) -> AsyncGenerator[Reader]:
    reader = Reader(url, patience, pause)
    yield reader
    await reader.store.aclose()


def failing(reason: str) -> str:
    return (
        f"The shared request budget in Redis cannot be used: {reason}. Nothing was sent. "
        "Check that Redis runs, and THINKIFIC_REDIS_URL."
    )


# Away


async def test_without_redis_a_call_fails_and_sends_nothing() -> None:
    async with reader(f"redis://127.0.0.1:{free_port()}/0") as ours:
        error = await ours.failure()
        assert (str(error), error.sent, ours.sent) == (failing("no connection"), False, 0)


async def test_calls_work_as_soon_as_redis_does() -> None:
    port = free_port()
    async with reader(f"redis://127.0.0.1:{port}/0") as ours:
        await ours.failure()
        with running_redis(port):
            await ours.read()


async def test_calls_work_again_when_redis_is_back() -> None:
    port = free_port()
    async with reader(f"redis://127.0.0.1:{port}/0") as ours:
        with running_redis(port):
            await ours.read()
        await ours.failure()
        with running_redis(port):
            await ours.read()
        assert ours.sent == 2


async def test_a_call_waits_a_while_for_redis_to_come_back() -> None:
    port = free_port()
    with ExitStack() as stack:
        async with reader(f"redis://127.0.0.1:{port}/0", pause=1) as ours, anyio.create_task_group() as tasks:
            tasks.start_soon(ours.read)
            await anyio.wait_all_tasks_blocked()
            assert ours.sent == 0
            stack.enter_context(running_redis(port))
        assert ours.sent == 1


async def test_a_connection_that_redis_closed_meanwhile_is_opened_anew(empty_redis: RedisServer) -> None:
    async with reader(empty_redis.url) as ours:
        await ours.read()
        empty_redis.ask("CLIENT", "KILL", "TYPE", "normal")
        await ours.read()


async def test_redis_that_lost_everything_is_used_as_it_is(empty_redis: RedisServer) -> None:
    async with reader(empty_redis.url) as ours:
        await ours.read()
        empty_redis.ask("FLUSHALL")
        empty_redis.ask("SCRIPT", "FLUSH")
        await ours.read()


# Slow


async def test_a_redis_that_hangs_lets_all_calls_fail_together() -> None:
    with running_redis() as redis:
        async with reader(redis.url, patience=0.1) as ours:
            await ours.read()
            errors: list[UnreachableError] = []

            async def fail() -> None:
                errors.append(await ours.failure())

            with redis.frozen(), anyio.fail_after(5):
                async with anyio.create_task_group() as tasks:
                    for _ in range(250):
                        tasks.start_soon(fail)
            assert {str(error) for error in errors} == {failing("no answer in time")}
            assert (len(errors), ours.sent) == (250, 1)


async def test_answers_that_came_too_late_are_not_taken_for_others() -> None:
    with running_redis() as redis:
        async with reader(redis.url, patience=0.1) as ours:

            async def mark(site: str) -> str:
                def change(allowance: Allowance, now: float) -> str:
                    allowance.running.setdefault(site, Lease(now, now))
                    return " ".join(allowance.running)

                return await ours.store.change(site, change)

            for site in ("one", "two"):
                await mark(site)
            with redis.frozen(), pytest.raises(UnreachableError):
                await mark("one")
            assert [await mark(site) for site in ("two", "one", "two")] == ["two", "one", "two"]


async def test_a_change_whose_answer_got_lost_is_made_once(empty_redis: RedisServer) -> None:
    lost: list[bytes] = []

    async def pass_on(client: SocketStream) -> None:
        async with await anyio.connect_tcp("127.0.0.1", empty_redis.port) as server:
            async for asked in client:
                await server.send(asked)
                answer = await server.receive()
                if b"3600" in asked and not lost:
                    lost.append(answer)
                    return
                await client.send(answer)

    async with listening(pass_on) as address, reader(address.replace("http", "redis") + "?protocol=2") as ours:
        await ours.store.change(SITE, lambda allowance, now: allowance.finish(Limits(), "lease", now))
        assert await ours.store.change(SITE, lambda allowance, _: len(allowance.returns)) == len(lost) == 1
        await ours.store.aclose()


# Locked


@pytest.mark.parametrize("user", ["", "default"])
async def test_a_wrong_password_is_said_at_once_and_not_shown(user: str) -> None:
    with running_redis(password="another") as redis:
        url = f"redis://{user}:{REDIS_PASSWORD}@127.0.0.1:{redis.port}/0"
        async with reader(url, pause=10) as ours:
            with anyio.fail_after(5):
                error = await ours.failure()
    assert str(error) == failing("wrong user or password")
    assert leaked(told(error)) == []
    assert str(redis.port) not in told(error)


async def test_a_missing_password_is_said() -> None:
    with running_redis(password="another") as redis:
        async with reader(redis.url) as ours:
            assert str(await ours.failure()) == failing("wrong user or password")


@pytest.mark.parametrize(
    "query", ["?unknown=1", "?max_connections=many", "?socket_timeout=soon", "?protocol=9"], ids=str
)
def test_an_option_that_cannot_be_used_is_refused_before_anything_is_started(query: str) -> None:
    with pytest.raises(SettingsError) as caught:
        RedisStore(f"redis://:{REDIS_PASSWORD}@127.0.0.1/0{query}")
    assert str(caught.value) == "THINKIFIC_REDIS_URL should be an address such as redis://host:6379/0."
    assert leaked(str(caught.value)) == []


# Not ours


@pytest.mark.parametrize("value", ["hello", b"\xff\xfe", "[1]", "null", '{"returns": "none"}', '{"last": "soon"}'])
async def test_what_is_no_allowance_is_replaced(empty_redis: RedisServer, value: str) -> None:
    empty_redis.ask("SET", KEY, value)
    async with reader(empty_redis.url) as ours:
        await ours.read()
    assert '"returns":[1' in empty_redis.ask("GET", KEY)


async def test_what_is_no_text_is_left_alone(empty_redis: RedisServer) -> None:
    empty_redis.ask("RPUSH", KEY, "hello")
    async with reader(empty_redis.url) as ours:
        assert "something else under our key" in str(await ours.failure())
    assert empty_redis.ask("LRANGE", KEY, 0, -1) == ["hello"]


async def test_an_allowance_of_another_version_is_understood_as_far_as_possible(empty_redis: RedisServer) -> None:
    empty_redis.ask("SET", KEY, '{"share": 0.5, "cut_at": 1, "unheard_of": {"since": 2}}')
    async with reader(empty_redis.url) as ours:
        assert await ours.store.change(SITE, lambda allowance, _: allowance.share) == 0.5


async def test_a_clock_that_was_set_back_stops_nobody(empty_redis: RedisServer) -> None:
    later = float(empty_redis.ask("TIME")[0]) + 7200
    written = Allowance(returns=[later] * 120, last=later, shut_until=later)
    empty_redis.ask("SET", KEY, TypeAdapter(Allowance).dump_json(written).decode())
    async with reader(empty_redis.url) as ours:
        with anyio.fail_after(5):
            await ours.read()


# At the start


def started(prelude: str, redis_url: str) -> tuple[int, str, str]:
    """Start the server, and return its exit code and what it says."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; {prelude}; from thinkific_mcp.__main__ import main; sys.exit(main([]))",
        ],
        env=os.environ | {"THINKIFIC_ACCESS_TOKEN": "token", "THINKIFIC_REDIS_URL": redis_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_server_starts_without_redis() -> None:
    assert started("pass", f"redis://127.0.0.1:{free_port()}/0") == (0, "", "")


def test_a_server_without_the_redis_package_says_how_to_get_it() -> None:
    line = "thinkific-mcp: THINKIFIC_REDIS_URL needs the redis package: pip install 'thinkific-mcp[hosted]'.\n"
    assert started("sys.modules['redis'] = None", "redis://127.0.0.1/0") == (2, "", line)


def test_a_server_with_an_address_of_redis_that_is_none_says_so_unseen() -> None:
    line = "thinkific-mcp: THINKIFIC_REDIS_URL should be an address such as redis://host:6379/0.\n"
    assert started("pass", f"redis://:{REDIS_PASSWORD}@127.0.0.1/0?unknown=1") == (2, "", line)
