"""The guard's memory in Redis: what it leaves there, and a Redis that is away, hangs or is locked."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import pytest
from anyio.abc import SocketStream

from thinkific_mcp.errors import SettingsError, UnreachableError
from thinkific_mcp.guard.memory import Memory
from thinkific_mcp.guard.redis import RedisMemory

from ..client.conftest import listening
from ..leaks import NAME, REDIS_PASSWORD, leaked, told
from ..redis_server import RedisServer, free_port, running_redis

pytestmark = pytest.mark.usefixtures("redis_program")

KEY = "thinkific-mcp:guard:1:key"
MINUTE = 60_000

EVERY_WAY: list[Callable[[Memory], Awaitable[object]]] = [
    lambda memory: memory.put("key", NAME, 60),
    lambda memory: memory.get("key"),
    lambda memory: memory.take("key"),
    lambda memory: memory.count("key", 60),
]
every_way = pytest.mark.parametrize("use", EVERY_WAY, ids=["put", "get", "take", "count"])


@asynccontextmanager
async def remembering(url: str, *, patience: float = 3) -> AsyncGenerator[RedisMemory]:
    memory = RedisMemory(url, timeout=patience)
    yield memory
    await memory.aclose()


def failing(reason: str) -> str:
    return (
        f"The shared memory of questions and confirmations in Redis cannot be used: {reason}. Nothing was sent. "
        "Until it can be used, no change can be made that has to be confirmed. "
        "Check that Redis runs, and THINKIFIC_REDIS_URL."
    )


# What is left there


async def test_a_text_is_left_under_a_key_of_ours_for_its_time(empty_redis: RedisServer) -> None:
    async with remembering(empty_redis.url) as memory:
        await memory.put("key", "text", 60)
    assert empty_redis.ask("KEYS", "*") == [KEY]
    assert MINUTE - 5000 < empty_redis.ask("PTTL", KEY) <= MINUTE


async def test_the_time_of_a_text_in_redis_begins_anew_when_it_is_put_again(empty_redis: RedisServer) -> None:
    async with remembering(empty_redis.url) as memory:
        await memory.put("key", "text", 10)
        await memory.put("key", "text", 60)
    assert MINUTE - 5000 < empty_redis.ask("PTTL", KEY) <= MINUTE


async def test_the_time_of_a_number_in_redis_begins_with_the_first(empty_redis: RedisServer) -> None:
    async with remembering(empty_redis.url) as memory:
        await memory.count("key", 60)
        assert MINUTE - 5000 < empty_redis.ask("PTTL", KEY) <= MINUTE
        await memory.count("key", 600)
    assert MINUTE - 5000 < empty_redis.ask("PTTL", KEY) <= MINUTE


async def test_what_one_replica_was_told_another_takes_once(empty_redis: RedisServer) -> None:
    async with remembering(empty_redis.url) as ours, remembering(empty_redis.url) as theirs:
        await ours.put("key", "text", 60)
        assert [await theirs.take("key"), await ours.take("key")] == ["text", None]


async def test_nothing_is_left_of_what_was_taken(empty_redis: RedisServer) -> None:
    async with remembering(empty_redis.url) as memory:
        await memory.put("key", "text", 60)
        await memory.take("key")
    assert empty_redis.ask("KEYS", "*") == []


# Away


@every_way
async def test_without_redis_nothing_is_remembered_and_that_is_said(
    use: Callable[[Memory], Awaitable[object]],
) -> None:
    port = free_port()
    async with remembering(f"redis://:{REDIS_PASSWORD}@127.0.0.1:{port}/0") as memory:
        with pytest.raises(UnreachableError) as caught:
            await use(memory)
    error = caught.value
    assert (str(error), error.sent, error.lasting) == (failing("no connection"), False, False)
    assert leaked(told(error)) == []
    assert f"{port}" not in told(error)


async def test_a_memory_works_again_when_redis_is_back() -> None:
    port = free_port()
    async with remembering(f"redis://127.0.0.1:{port}/0") as memory:
        with running_redis(port):
            assert await memory.count("key", 60) == 1
        with pytest.raises(UnreachableError):
            await memory.count("key", 60)
        with running_redis(port):
            assert await memory.count("key", 60) == 1


async def test_a_connection_that_redis_closed_meanwhile_is_made_anew(empty_redis: RedisServer) -> None:
    async with remembering(empty_redis.url) as memory:
        await memory.put("key", "text", 60)
        empty_redis.ask("CLIENT", "KILL", "TYPE", "normal")
        assert await memory.take("key") == "text"


async def test_a_text_whose_taker_did_not_get_the_answer_is_gone_for_all(empty_redis: RedisServer) -> None:
    lost: list[bytes] = []

    async def pass_on(client: SocketStream) -> None:
        async with await anyio.connect_tcp("127.0.0.1", empty_redis.port) as server:
            async for asked in client:
                await server.send(asked)
                answer = await server.receive()
                if b"GETDEL" in asked and not lost:
                    lost.append(answer)
                    return
                await client.send(answer)

    async with (
        listening(pass_on) as address,
        remembering(address.replace("http", "redis") + "?protocol=2") as memory,
    ):
        await memory.put("key", "text", 60)
        assert [await memory.take("key"), await memory.take("key")] == [None, None]
        await memory.aclose()
    assert lost == [b"$4\r\ntext\r\n"]


# Slow


@every_way
async def test_a_redis_that_hangs_is_not_waited_for(use: Callable[[Memory], Awaitable[object]]) -> None:
    errors: list[str] = []

    async def fail(memory: Memory) -> None:
        with pytest.raises(UnreachableError) as caught:
            await use(memory)
        errors.append(str(caught.value))

    with running_redis() as redis:
        async with remembering(redis.url, patience=0.1) as memory:
            with redis.frozen(), anyio.fail_after(3):
                async with anyio.create_task_group() as tasks:
                    for _ in range(400):
                        tasks.start_soon(fail, memory)
    assert errors == [failing("no answer in time")] * 400


@pytest.mark.parametrize("who", ["the memory", "the caller"])
async def test_an_answer_that_came_too_late_is_not_taken_for_another(who: str) -> None:
    patience = 0.1 if who == "the memory" else 3

    async def get_in_vain(memory: Memory) -> None:
        with anyio.move_on_after(0.1 if who == "the caller" else 3):
            with pytest.raises(UnreachableError):
                await memory.get("one")

    with running_redis() as redis:
        async with remembering(redis.url, patience=patience) as memory:
            for key in ("one", "two"):
                await memory.put(key, f"text of {key}", 60)
            with redis.frozen():
                async with anyio.create_task_group() as tasks:
                    for _ in range(20):
                        tasks.start_soon(get_in_vain, memory)
            for key in ("two", "one", "two"):
                assert await memory.get(key) == f"text of {key}"


# Locked, or not ours


@every_way
async def test_a_wrong_password_is_said_and_not_shown(use: Callable[[Memory], Awaitable[object]]) -> None:
    with running_redis(password="another") as redis:
        async with remembering(f"redis://:{REDIS_PASSWORD}@127.0.0.1:{redis.port}/0") as memory:
            with pytest.raises(UnreachableError) as caught:
                await use(memory)
    assert (str(caught.value), caught.value.lasting) == (failing("wrong user or password"), True)
    assert leaked(told(caught.value)) == []


async def test_what_is_no_text_of_ours_is_left_alone(empty_redis: RedisServer) -> None:
    empty_redis.ask("RPUSH", KEY, "hello")
    async with remembering(empty_redis.url) as memory:
        with pytest.raises(UnreachableError, match="something else under our key"):
            await memory.take("key")
    assert empty_redis.ask("LRANGE", KEY, 0, -1) == ["hello"]


def test_an_address_that_is_none_is_refused_unseen() -> None:
    with pytest.raises(SettingsError) as caught:
        RedisMemory(f"redis://:{REDIS_PASSWORD}@127.0.0.1/0?unknown=1")
    assert leaked(str(caught.value)) == []


# Where it runs


def test_a_memory_in_redis_serves_one_event_loop_after_another(empty_redis: RedisServer) -> None:
    memory = RedisMemory(empty_redis.url)

    async def count() -> int:
        try:
            return await memory.count("key", 60)
        finally:
            await memory.aclose()

    assert [anyio.run(count), anyio.run(count)] == [1, 2]


def test_a_memory_in_redis_without_asyncio_says_so(empty_redis: RedisServer) -> None:
    with pytest.raises(SettingsError, match="asyncio only"):
        anyio.run(RedisMemory(empty_redis.url).get, "key", backend="trio")
