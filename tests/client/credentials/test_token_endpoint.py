"""What a site's token endpoint is asked, and what becomes of each of its answers."""

import json
import logging
import socket
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import anyio
import httpx2
import pytest
from trio.testing import MockClock

from thinkific_mcp.client.credentials import FileTokens, OAuth, Tokens
from thinkific_mcp.errors import (
    CredentialsError,
    SettingsError,
    ThinkificError,
    UnreachableError,
    UnreadableAnswerError,
)

from ...leaks import told
from .conftest import NOW

REFRESH_TOKEN, SECRET, NEXT, ACCESS = "refresh-7313-a", "client-7313-b", "refresh-7313-c", "access-7313-d"
GIVEN = {"access_token": ACCESS, "refresh_token": NEXT, "token_type": "bearer", "expires_in": 86_399, "gid": "1"}

Answer = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture
def file(file: FileTokens) -> FileTokens:
    file.save(Tokens(REFRESH_TOKEN))
    return file


def answered(status: int, body: Any = None, **headers: str) -> Answer:
    """Return a site that answers so."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx2.Response(status, content=content, headers=headers)


async def refreshed(file: FileTokens, answer: Answer, oauth_url: str = "") -> str:
    """Return the access token that a request would carry."""

    credentials = OAuth("my-school", "client", SECRET, file, oauth_url=oauth_url, now=lambda: NOW)
    async with httpx2.AsyncClient(
        transport=httpx2.MockTransport(answer), base_url="https://api.thinkific.com/api/public/v1"
    ) as http:
        return (await credentials.headers(http))["Authorization"]


async def failure(file: FileTokens, answer: Answer) -> ThinkificError:
    """Return the error that a refresh ends with."""
    with pytest.raises(ThinkificError) as caught:
        await refreshed(file, answer)
    return caught.value


async def test_a_refresh_is_asked_for_as_thinkific_documents_it(file: FileTokens) -> None:
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, json=GIVEN)

    await refreshed(file, answer)
    (request,) = requests
    assert (request.method, str(request.url)) == ("POST", "https://my-school.thinkific.com/oauth2/token")
    assert json.loads(request.content) == {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Basic {b64encode(f'client:{SECRET}'.encode()).decode()}"


async def test_the_oauth_endpoints_may_be_elsewhere(file: FileTokens) -> None:
    addresses: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        addresses.append(str(request.url))
        return httpx2.Response(200, json=GIVEN)

    await refreshed(file, answer, "http://127.0.0.1:8080")
    assert addresses == ["http://127.0.0.1:8080/oauth2/token"]


@pytest.mark.parametrize(
    ("life", "ends"),
    [
        (86_399, NOW + 86_399),
        (120, NOW + 120),
        (119, None),
        (0, None),
        (-1, None),
        (None, None),
        ("86399", None),
        (True, None),
        (10**400, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
async def test_an_end_that_is_unknown_absurd_or_too_near_is_not_waited_for(
    file: FileTokens, life: Any, ends: float | None
) -> None:
    assert await refreshed(file, answered(200, {**GIVEN, "expires_in": life})) == f"Bearer {ACCESS}"
    assert file.load() == Tokens(NEXT, ACCESS, ends)


async def test_where_no_new_refresh_token_is_given_the_old_one_is_kept(file: FileTokens) -> None:
    await refreshed(file, answered(200, {"access_token": ACCESS}))
    assert file.load() == Tokens(REFRESH_TOKEN, ACCESS)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**GIVEN, "access_token": None},
        {**GIVEN, "access_token": f"{ACCESS}\r\nX-Injected: 1"},
        {**GIVEN, "access_token": 7313},
        {**GIVEN, "refresh_token": [NEXT]},
        [GIVEN],
        ACCESS,
        b"",
        b"<html>" + ACCESS.encode(),
        ACCESS.encode() + b"\xff",
        b'{"a":' * 100_000,
        json.dumps({**GIVEN, "padding": " " * 20_000_000}).encode(),
    ],
    ids=lambda body: str(body)[:20],
)
async def test_an_answer_without_tokens_is_unreadable_and_may_have_cost_the_refresh_token(
    file: FileTokens, body: Any
) -> None:
    error = await failure(file, answered(200, body))
    assert isinstance(error, UnreadableAnswerError)
    assert file.load() == Tokens(REFRESH_TOKEN, refreshing=True)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"error": "invalid_grant", "error_description": f"{REFRESH_TOKEN} is wrong"}, "invalid_grant"),
        (401, {"error": "invalid_grant"}, "invalid_grant"),
        (401, {"error": "invalid_client"}, "invalid_client"),
        (400, {"error": "unauthorized_client"}, "unauthorized_client"),
        (400, {"error": REFRESH_TOKEN}, ""),
        (401, {"error": {"a": REFRESH_TOKEN}}, ""),
        (400, None, ""),
        (401, b"\xff", ""),
    ],
)
async def test_a_refusal_tells_the_refresh_token_from_the_app(
    file: FileTokens, status: int, body: Any, said: str
) -> None:
    error = await failure(file, answered(status, body))
    assert isinstance(error, CredentialsError)
    assert (error.status, error.said, "sign in to the site again" in str(error).lower()) == (status, said, True)
    assert ("THINKIFIC_CLIENT_ID" in str(error)) == (said != "invalid_grant")
    assert file.load() == Tokens(REFRESH_TOKEN)


@pytest.mark.parametrize(("status", "may_be_used_up"), [(429, False), (500, True), (502, True), (503, True)])
async def test_a_site_that_cannot_answer_now_is_told_apart_from_one_that_refuses(
    file: FileTokens, status: int, may_be_used_up: bool
) -> None:
    error = await failure(file, answered(status, b"<html>"))
    assert isinstance(error, UnreachableError)
    assert f"({status})" in str(error)
    assert file.load() == Tokens(REFRESH_TOKEN, refreshing=may_be_used_up)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 403, 404, 410])
async def test_an_address_that_is_no_token_endpoint_is_not_followed(file: FileTokens, status: int) -> None:
    addresses: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        addresses.append(request.url.host)
        return httpx2.Response(status, headers={"Location": f"https://elsewhere.example.com/{REFRESH_TOKEN}"})

    error = await failure(file, answer)
    assert isinstance(error, SettingsError)
    assert (f"{status}" in str(error), "THINKIFIC_SUBDOMAIN" in str(error)) == (True, True)
    assert (addresses, file.load()) == (["my-school.thinkific.com"], Tokens(REFRESH_TOKEN))


async def test_where_nobody_listens_the_refresh_token_is_still_good(file: FileTokens) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    credentials = OAuth("my-school", "client", SECRET, file, oauth_url=f"http://127.0.0.1:{port}")
    async with httpx2.AsyncClient() as http:
        with pytest.raises(UnreachableError, match="cannot be reached") as caught:
            await credentials.headers(http)
    assert (caught.value.sent, file.load()) == (False, Tokens(REFRESH_TOKEN))


def test_a_site_that_never_answers_is_given_up_after_ten_seconds(file: FileTokens) -> None:
    async def never(_: httpx2.Request) -> httpx2.Response:
        await anyio.sleep_forever()
        raise AssertionError

    async def patience() -> float:
        started = anyio.current_time()
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(never)) as http:
            with pytest.raises(UnreachableError, match="did not answer"):
                await OAuth("my-school", "client", SECRET, file).headers(http)
        return anyio.current_time() - started

    clock = MockClock(autojump_threshold=0)
    assert anyio.run(patience, backend="trio", backend_options={"clock": clock}) == 10


@pytest.mark.parametrize(
    "answer",
    [
        answered(200, GIVEN),
        answered(200, {**GIVEN, "access_token": None}),
        answered(200, [ACCESS, NEXT, REFRESH_TOKEN]),
        answered(200, f'{{"access_token": "{ACCESS}'.encode()),
        answered(200, ACCESS.encode() + b"\xff"),
        answered(400, {"error": "invalid_grant", "error_description": REFRESH_TOKEN}),
        answered(400, {"error": SECRET}),
        answered(401, {"error": "invalid_client", "error_description": SECRET}),
        answered(302, None, Location=f"https://a.example/?token={REFRESH_TOKEN}"),
        answered(429, {"error": REFRESH_TOKEN}),
        answered(503, ACCESS.encode()),
    ],
)
async def test_no_secret_is_ever_shown(file: FileTokens, answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    credentials = OAuth("my-school", "client", SECRET, file, now=lambda: NOW)
    shown = [repr(credentials)]
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        for _ in range(2):
            try:
                await credentials.headers(http)
            except ThinkificError as error:
                shown.append(told(error))
    text = "\n".join([*shown, repr(credentials), repr(file), repr(file.load()), caplog.text])
    assert [secret for secret in (REFRESH_TOKEN, SECRET, NEXT, ACCESS) if secret in text] == []
