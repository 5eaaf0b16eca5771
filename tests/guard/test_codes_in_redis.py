"""Confirmation codes that several replicas share."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.guard.codes import Binding, Codes
from thinkific_mcp.guard.redis import RedisMemory

from ..leaks import NAME
from ..redis_server import RedisServer, free_port

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
CALL = Binding("my-school", "ana", "delete_coupon", "digest of the arguments")
WRONG = "ZZZZ-ZZZZ"


async def issued(codes: Codes, payload: str = "payload") -> str:
    code, _ = await codes.issue(CALL, payload)
    return code


async def miss(codes: Codes, times: int) -> list[str]:
    return [(await codes.redeem(WRONG, CALL)).why for _ in range(times)]


async def test_a_code_is_in_redis_for_ten_minutes(empty_redis: RedisServer) -> None:
    memory = RedisMemory(empty_redis.url)
    await Codes(memory, now=lambda: NOW).issue(CALL, "payload")
    (key,) = empty_redis.ask("KEYS", "*")
    assert 595_000 < empty_redis.ask("PTTL", key) <= 600_000
    await memory.aclose()


async def test_any_replica_takes_a_code_back(empty_redis: RedisServer) -> None:
    memories = RedisMemory(empty_redis.url), RedisMemory(empty_redis.url)
    ours, theirs = (Codes(memory, now=lambda: NOW) for memory in memories)
    code = await issued(ours)
    assert [(await codes.redeem(code, CALL)).why for codes in (theirs, ours)] == ["ok", "unknown"]
    for memory in memories:
        await memory.aclose()


async def test_wrong_codes_are_counted_by_all_replicas_together(empty_redis: RedisServer) -> None:
    memories = RedisMemory(empty_redis.url), RedisMemory(empty_redis.url)
    ours, theirs = (Codes(memory, now=lambda: NOW) for memory in memories)
    assert [await miss(codes, 5) for codes in (ours, theirs)] == [["unknown"] * 5] * 2
    assert await miss(ours, 1) == ["blocked"]
    for memory in memories:
        await memory.aclose()


async def test_no_key_in_redis_tells_whose_it_is(empty_redis: RedisServer) -> None:
    memory = RedisMemory(empty_redis.url)
    codes = Codes(memory, now=lambda: NOW)
    code = await issued(codes, NAME)
    await miss(codes, 1)
    keys = empty_redis.ask("KEYS", "*")
    told = [CALL.site, CALL.caller, CALL.tool, CALL.arguments, NAME, code, code.replace("-", "")]
    assert (len(keys), [word for word in told if word in " ".join(keys)]) == (2, [])
    await memory.aclose()


@pytest.mark.parametrize("kept", ["", "hello", "{}", '{"tool": "delete_coupon"}', "null", "1"])
async def test_what_another_version_left_under_a_code_allows_nothing(empty_redis: RedisServer, kept: str) -> None:
    memory = RedisMemory(empty_redis.url)
    codes = Codes(memory, now=lambda: NOW)
    code = await issued(codes)
    (key,) = empty_redis.ask("KEYS", "*")
    empty_redis.ask("SET", key, kept)
    assert (await codes.redeem(code, CALL)).why == "unknown"
    await memory.aclose()


async def test_what_another_version_adds_under_a_code_does_no_harm(empty_redis: RedisServer) -> None:
    memory = RedisMemory(empty_redis.url)
    codes = Codes(memory, now=lambda: NOW)
    code = await issued(codes)
    (key,) = empty_redis.ask("KEYS", "*")
    kept: dict[str, Any] = json.loads(empty_redis.ask("GET", key))
    empty_redis.ask("SET", key, json.dumps(kept | {"more": 1}))
    assert (await codes.redeem(code, CALL)).why == "ok"
    await memory.aclose()


async def test_without_redis_no_code_is_given_or_accepted() -> None:
    codes = Codes(RedisMemory(f"redis://127.0.0.1:{free_port()}/0"), now=lambda: NOW)
    with pytest.raises(UnreachableError, match="Nothing was sent"):
        await codes.issue(CALL, "payload")
    with pytest.raises(UnreachableError, match="Nothing was sent"):
        await codes.redeem(WRONG, CALL)
