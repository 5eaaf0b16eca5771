"""When an identity provider's keys are fetched, and what holds while it is down."""

import json
import logging
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import httpx2
import pytest
from trio.testing import MockClock

from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.server.http.jwt_tokens import JwtTokens

from ...leaks import told
from .identity_provider import FIRST, SECOND, IdentityProvider, by_second, jwt_tokens, token

DAY = 86_400


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


@pytest.fixture
def provider() -> IdentityProvider:
    return IdentityProvider()


@pytest.fixture
async def tokens(provider: IdentityProvider) -> AsyncGenerator[JwtTokens]:
    async with httpx2.AsyncClient(transport=provider) as http:
        yield jwt_tokens(http)


async def test_keys_are_fetched_once_when_many_callers_need_them_first(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    assert provider.fetches == 0
    callers: list[Any] = []

    async def call() -> None:
        callers.append(await tokens.caller_of(token()))

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(call)
    assert (all(callers), len(callers), provider.fetches) == (True, 50, 1)


async def test_keys_are_kept_for_ten_minutes(provider: IdentityProvider, tokens: JwtTokens) -> None:
    fetches: list[int] = []
    for pause in (0, 599, 2, 599):
        await anyio.sleep(pause)
        assert await tokens.caller_of(token())
        fetches.append(provider.fetches)
    assert fetches == [1, 1, 2, 2]


async def test_what_no_key_could_check_causes_no_fetch(provider: IdentityProvider, tokens: JwtTokens) -> None:
    with_a_secret = token(algorithm="HS256", key="x" * 32)
    for presented in ("", "opaque", "a.b.c", f"{token()}!", token(padding="x" * 16_000), with_a_secret):
        assert await tokens.caller_of(presented) is None
    assert provider.fetches == 0


async def test_a_new_key_is_found_by_the_first_jwt_that_needs_it(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    assert await tokens.caller_of(token())
    provider.keys = [FIRST, SECOND]
    await anyio.sleep(30)
    assert await tokens.caller_of(by_second())
    assert await tokens.caller_of(token())
    assert provider.fetches == 2


async def test_a_key_that_was_taken_back_lets_nobody_in_after_ten_minutes(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    assert await tokens.caller_of(token())
    provider.keys = [SECOND]
    await anyio.sleep(600)
    assert await tokens.caller_of(token()) is None


async def test_a_flood_of_made_up_keys_causes_a_fetch_every_30_seconds(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    assert await tokens.caller_of(token())
    fetches: list[int] = []
    for _ in range(4):
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(tokens.caller_of, token(kid=f"made-up-{number}"))
        fetches.append(provider.fetches)
        await anyio.sleep(15)
    assert fetches == [1, 1, 2, 2]


async def test_callers_that_hang_up_cause_no_fetch_each(provider: IdentityProvider, tokens: JwtTokens) -> None:
    async def slow(_: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(4)
        return httpx2.Response(200, json={"keys": [FIRST]})

    provider.answer = slow
    for _ in range(5):
        with anyio.move_on_after(1):
            await tokens.caller_of(token(kid="made-up"))
    assert provider.fetches == 1
    assert await tokens.caller_of(token())


async def test_a_provider_that_is_down_at_first_is_told_and_asked_again(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    provider.answers(503)
    for _ in range(5):
        with pytest.raises(
            UnreachableError, match=r"^The identity provider's keys .* fetched: the answer is 503\."
        ):
            await tokens.caller_of(token())
    assert provider.fetches == 1
    provider.answer = None
    await anyio.sleep(5)
    assert await tokens.caller_of(token())


async def test_known_keys_hold_for_a_day_while_the_provider_is_down(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    assert await tokens.caller_of(token())
    provider.answers(503)
    await anyio.sleep(DAY - 1)
    assert await tokens.caller_of(token())
    assert await tokens.caller_of(token(kid="made-up")) is None
    await anyio.sleep(1)
    with pytest.raises(UnreachableError):
        await tokens.caller_of(token())
    provider.answer = None
    await anyio.sleep(30)
    assert await tokens.caller_of(token())


async def test_a_provider_that_does_not_answer_is_waited_for_five_seconds(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    async def silent(_: httpx2.Request) -> httpx2.Response:
        await anyio.sleep_forever()
        raise AssertionError

    provider.answer = silent
    began = anyio.current_time()
    with pytest.raises(UnreachableError, match="there was no answer"):
        await tokens.caller_of(token())
    assert anyio.current_time() - began == 5


async def test_who_has_a_known_key_does_not_wait_for_a_slow_provider(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    assert await tokens.caller_of(token())

    async def silent(_: httpx2.Request) -> httpx2.Response:
        await anyio.sleep_forever()
        raise AssertionError

    provider.answer = silent
    await anyio.sleep(600)
    async with anyio.create_task_group() as group:
        group.start_soon(tokens.caller_of, token(kid="made-up"))
        await anyio.wait_all_tasks_blocked()
        began = anyio.current_time()
        assert await tokens.caller_of(token())
        assert (provider.fetches, anyio.current_time() - began) == (2, 0)


@pytest.mark.parametrize(
    "failure",
    [httpx2.ConnectError("s3cret"), httpx2.ReadError("s3cret"), httpx2.DecodingError("s3cret"), OSError("s3cret")],
)
async def test_a_broken_connection_is_told_without_its_address(
    failure: Exception, provider: IdentityProvider, tokens: JwtTokens, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: httpx2.Request) -> httpx2.Response:
        raise failure

    caplog.set_level(logging.INFO)
    provider.answer = broken
    with pytest.raises(UnreachableError, match=type(failure).__name__) as caught:
        await tokens.caller_of(token())
    assert "s3cret" not in told(caught.value)
    assert [record.levelname for record in caplog.records if "s3cret" not in record.getMessage()] == ["WARNING"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, json.dumps({"keys": [FIRST]}).encode()),
        (302, b""),
        (204, b""),
        (200, b""),
        (200, b"<html>bodys3cret</html>"),
        (200, b"\xff"),
        (200, b"[" * 100_000),
        (200, b"[]"),
        (200, b'{"keys": []}'),
        (200, b'{"keys": {"first": 1}}'),
        (200, b'{"keys": [1, null, {}, {"kty": ["EC"]}]}'),
        (200, json.dumps({"keys": [FIRST], "more": "x" * 1_000_000}).encode()),
    ],
)
async def test_an_answer_without_keys_is_a_failure(
    status: int, body: bytes, provider: IdentityProvider, tokens: JwtTokens
) -> None:
    provider.answers(status, body, Location="https://idp.example.com/elsewhere")
    with pytest.raises(UnreachableError) as caught:
        await tokens.caller_of(token())
    assert "s3cret" not in told(caught.value)
    assert provider.fetches == 1
