import socket
from collections.abc import Iterator
from typing import Any

import anyio
import httpx2
import pytest
from anyio.abc import SocketStream

import thinkific_mcp
from thinkific_mcp import ApiKey
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup, ListGroups
from thinkific_mcp.api.users import ListUsers
from thinkific_mcp.client.retries import TRIES
from thinkific_mcp.errors import (
    ApiError,
    ArgumentError,
    CredentialsError,
    SettingsError,
    ThinkificError,
    UnknownOutcomeError,
    UnreachableError,
)
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from .conftest import answering, client_of, failure, listening

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")
ACCOUNT = ApiKey("sandbox", "sandbox")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(students=5)
    yield sandbox
    sandbox.close()


@pytest.fixture
def address(sandbox: Sandbox) -> Iterator[str]:
    with running(sandbox) as address:
        yield f"{address}/api/public/v1"


# Python API


async def test_operations_are_called_and_answered_with_their_types(address: str) -> None:
    async with client_of(ACCOUNT, base_url=address) as thinkific:
        group = await thinkific(CreateGroup(name="Night bakers"))
        page = await thinkific(ListGroups(page=1, limit=250))
    assert (group.id in [item.id for item in page.items], page.page) == (True, 1)


async def test_what_is_refused_is_raised(address: str) -> None:
    error = await failure(client_of(ApiKey("sandbox", "guessed"), base_url=address), READ)
    assert isinstance(error, CredentialsError)


def test_the_package_offers_the_client_by_name_and_nothing_unknown() -> None:
    assert [getattr(thinkific_mcp, name).__name__ for name in thinkific_mcp.__all__] == thinkific_mcp.__all__
    assert {"AccessToken", "ApiKey", "OAuth", "Thinkific"} <= set(thinkific_mcp.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Unknown'"):
        _ = thinkific_mcp.Unknown


async def test_a_client_that_was_not_used_closes_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")  # so that no connection can be made
    async with client_of(ACCOUNT):
        pass


# Connections


async def test_one_connection_serves_one_call_after_another() -> None:
    connections: list[SocketStream] = []

    async def answer(stream: SocketStream) -> None:
        connections.append(stream)
        async with stream:
            async for _ in stream:
                await stream.send(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":3}')

    async with listening(answer) as address, client_of(ACCOUNT, base_url=address) as thinkific:
        answers = [await thinkific(READ) for _ in range(3)]
    assert ([course.id for course in answers], len(connections)) == ([3, 3, 3], 1)


async def test_a_redirect_is_not_followed() -> None:
    paths: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path)
        return httpx2.Response(302, headers={"Location": "https://elsewhere.example.com/"})

    error = await failure(answering(answer), READ)
    assert isinstance(error, ApiError)
    assert (error.status, paths) == (302, ["/api/public/v1/courses/3"])


async def test_a_cookie_of_one_site_does_not_travel_with_the_next_request() -> None:
    cookies: list[str | None] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        cookies.append(request.headers.get("Cookie"))
        return httpx2.Response(200, json={"id": 3}, headers={"Set-Cookie": "session=first; Path=/"})

    async with answering(answer) as thinkific:
        await thinkific(READ)
        await thinkific.for_site(ApiKey("another-school", "key"))(READ)
    assert cookies == [None, None]


# No answer


def assert_unanswered(error: ThinkificError, operation: Any, failure: str) -> None:
    """Hold the error of a call without an answer to what it has to say of a read, or of a write."""
    kind = UnreachableError if operation is READ else UnknownOutcomeError
    advice = "Try again later." if operation is READ else "look with list_groups before you try again."
    assert isinstance(error, kind)
    assert failure in str(error) and str(error).endswith(advice)


@pytest.mark.parametrize("operation", [READ, WRITE], ids=["read", "write"])
async def test_a_thinkific_that_never_answers_is_given_up(operation: Any) -> None:
    async with listening(lambda _: anyio.sleep_forever()) as address:
        error = await failure(client_of(ACCOUNT, base_url=address, timeout=0.05), operation)
    assert_unanswered(error, operation, "did not answer in time")


@pytest.mark.parametrize("operation", [READ, WRITE], ids=["read", "write"])
async def test_a_connection_that_breaks_leaves_the_outcome_of_a_write_open(
    sandbox: Sandbox, address: str, operation: Any
) -> None:
    sandbox.faults.add("reset", times=TRIES)
    error = await failure(client_of(ACCOUNT, base_url=address), operation)
    assert_unanswered(error, operation, "connection to Thinkific broke (ReadError)")


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = await failure(client_of(ACCOUNT, base_url=f"http://127.0.0.1:{port}"), WRITE)
    assert isinstance(error, UnreachableError)
    assert str(error).startswith("Thinkific cannot be reached: the connection is refused; nothing was sent.")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "gopher://user:s3cret@proxy"),
        ("HTTPS_PROXY", "http://[::"),
        ("HTTPS_PROXY", "socks5://user:s3cret@127.0.0.1:1080"),
        ("SSL_CERT_FILE", "/s3cret"),
    ],
)
async def test_proxies_and_certificates_that_cannot_be_used_are_told_unseen(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    error = await failure(client_of(ACCOUNT), READ)
    assert isinstance(error, SettingsError)
    assert (variable in str(error), "s3cret" in str(error), error.__cause__) == (True, False, None)


async def test_a_filter_that_no_address_holds_is_refused_unsent() -> None:
    error = await failure(client_of(ACCOUNT), ListUsers(external_source="s3cret" * 20_000))
    assert isinstance(error, ArgumentError)
    assert str(error) == "The arguments are too long for an address. Nothing was sent."


async def test_a_key_for_this_machine_does_not_travel_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    sandbox = Sandbox(students=5)
    with running(sandbox) as address:
        async with client_of(ACCOUNT, base_url=address) as thinkific:
            assert (await thinkific(READ)).id == 3
    sandbox.close()
