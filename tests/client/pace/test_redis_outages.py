"""A Redis that is away, hangs or is locked, and values under our keys that are not ours."""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, suppress

import anyio
import httpx2
import pytest
from anyio.abc import SocketStream
from pydantic import TypeAdapter

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace.allowance import Allowance, Lease
from thinkific_mcp.client.pace.redis import RedisStore
from thinkific_mcp.errors import DeadlineError, UnreachableError

from ...leaks import REDIS_PASSWORD, leaked, told
from ...redis_server import RedisServer, free_port, running_redis
from ..conftest import listening

pytestmark = pytest.mark.usefixtures("redis_program")

READ = GetCourse(course_id=1)
SITE = "api.thinkific.com/my-school"
KEY = f"thinkific-mcp:budget:1:{SITE}"


class Reader:
    """Reads with a budget in Redis, and counts what it sends."""

    def __init__(self, url: str, patience: float, pause: float, deadline: float) -> None:
        self.store = RedisStore(url, timeout=patience)
        self.sent = 0
        self.client = Thinkific(
            ApiKey("my-school", "key"),
            budgets=Budgets(store=self.store),
            transport=httpx2.MockTransport(self._answer),
            random=lambda: pause,
            deadline=deadline,
        )

    async def read(self) -> None:
        await self.client(READ)

    async def failure(self) -> UnreachableError:
        with pytest.raises(UnreachableError) as caught:
            await self.read()
        return caught.value

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.sent += 1
        return httpx2.Response(200, json={"id": 1})


@asynccontextmanager
async def reader(
    url: str, *, patience: float = 3, pause: float = 0, deadline: float = 45
) -> AsyncGenerator[Reader]:
    reader = Reader(url, patience, pause, deadline)
    yield reader
    await reader.store.aclose()


def failing(reason: str) -> str:
    return (
        f"The shared request budget in Redis cannot be used: {reason}. "
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
        assert ours.sent == 2


async def test_redis_that_lost_everything_is_used_as_it_is(empty_redis: RedisServer) -> None:
    async with reader(empty_redis.url) as ours:
        await ours.read()
        empty_redis.ask("FLUSHALL")
        empty_redis.ask("SCRIPT", "FLUSH")
        await ours.read()
        assert ours.sent == 2


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


async def test_a_turn_that_comes_after_the_deadline_is_given_back() -> None:
    with running_redis() as redis:
        async with reader(redis.url, deadline=0.2) as ours:
            await ours.read()
            async with anyio.create_task_group() as tasks:
                with redis.frozen():
                    tasks.start_soon(fail_in_time, ours)
                    await anyio.sleep(0.4)
            assert ours.sent == 1
            assert await ours.store.change(SITE, lambda allowance, _: allowance.running) == {}


async def fail_in_time(ours: Reader) -> None:
    with pytest.raises(DeadlineError):
        await ours.client(CreateGroup(name="Night bakers"))


async def test_others_who_change_the_budget_without_end_are_not_waited_for(empty_redis: RedisServer) -> None:
    async with interfering(empty_redis) as url, reader(url, patience=0.3) as ours:
        with anyio.fail_after(5):
            assert str(await ours.failure()) == failing("no answer in time")
        await ours.store.aclose()


@asynccontextmanager
async def interfering(redis: RedisServer) -> AsyncGenerator[str]:
    """Stand before a Redis, and put something else under the key before every script."""

    async def pass_on(client: SocketStream) -> None:
        with suppress(anyio.BrokenResourceError):  # who asks may have gone
            async with await anyio.connect_tcp("127.0.0.1", redis.port) as server:
                async for asked in client:
                    if b"EVALSHA" in asked:
                        redis.ask("SET", KEY, str(anyio.current_time()))
                    await server.send(asked)
                    await client.send(await server.receive())

    async with listening(pass_on) as address:
        yield address.replace("http", "redis") + "?protocol=2"


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
        assert ours.sent == 1
