"""Every error of the tree, out of requests and answers full of secrets: none gets out with it, nor into a log."""

import io
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from anyio.abc import SocketStream

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.api.users import ListUsers
from thinkific_mcp.client import AccessToken, Budgets, Credentials, Limits
from thinkific_mcp.client.credentials import FileTokens, OAuth
from thinkific_mcp.client.pace.redis import RedisStore
from thinkific_mcp.errors import (
    ArgumentError,
    DeadlineError,
    ForbiddenError,
    PlanError,
    ScopeError,
    SettingsError,
    ThinkificError,
    UnknownOutcomeError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.faults.queue import KINDS
from thinkific_mcp.sandbox.serve import running

from .client.conftest import listening
from .leaks import (
    CALLS,
    CLIENT_SECRET,
    EMAIL,
    EXTERNAL_ID,
    KEY,
    NAME,
    PASSWORD,
    PERSONAL,
    REDIS_PASSWORD,
    REFRESH_TOKEN,
    TOKEN,
    leaked,
    repeated,
    told,
)

WHAT = [*(OPERATIONS[tool](**arguments) for tool, arguments in CALLS.items()), ListUsers(email=EMAIL, limit=1000)]
WHO: list[Credentials] = [ApiKey("my-school", KEY), AccessToken(TOKEN, "my-school")]
PLENTY = Limits(1_000_000, 1_000_000)


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """Log all that can be logged, and find nothing in it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)
    assert leaked(stream.getvalue()) == []


async def errors(
    transport: httpx2.AsyncBaseTransport | None = None,
    *,
    who: list[Credentials] = WHO,
    what: list[Operation[Any]] = WHAT,
    **options: Any,
) -> list[ThinkificError]:
    """Carry out operations with each of the credentials, and return what they fail with."""
    found: list[ThinkificError] = []
    set_so: dict[str, Any] = {"budgets": Budgets(PLENTY), "random": lambda: 0.0, "deadline": 1, **options}
    for account in who:
        async with Thinkific(account, transport=transport, client_secret=CLIENT_SECRET, **set_so) as thinkific:
            for operation in what:
                try:
                    await thinkific(operation)
                except ThinkificError as error:
                    found.append(error)
    return found


def assert_clean(found: list[ThinkificError], *kinds: type[ThinkificError], but: tuple[str, ...] = ()) -> None:
    """Check that errors of exactly these kinds were found, and nothing in them."""
    assert {type(error) for error in found} == set(kinds)
    assert leaked("".join(map(told, found)), but=but) == []


def parrot(status: int, said: str = "", **headers: str) -> httpx2.MockTransport:
    """Return a Thinkific that refuses everything and repeats it."""

    def refuse(request: httpx2.Request) -> httpx2.Response:
        words = said + repeated(request.headers, str(request.url), request.content)
        return httpx2.Response(status, json={"error": words}, headers={"Location": "/", **headers})

    return httpx2.MockTransport(refuse)


def answering(body: bytes) -> Callable[[SocketStream], Awaitable[None]]:
    """Make a listener that reads a request, sends something and ends the connection."""

    async def treat(stream: SocketStream) -> None:
        # The client may have gone.
        with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
            await stream.receive()
            await stream.send(body)

    return treat


def app(folder: Path, content: str = REFRESH_TOKEN, *, oauth_url: str = "") -> OAuth:
    """Return the credentials of an app whose tokens are in a file."""
    path = folder / "tokens"
    path.write_text(content, "utf-8")
    return OAuth("my-school", "app", CLIENT_SECRET, FileTokens(path), oauth_url=oauth_url)


@pytest.fixture
def closed() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


# Refused


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 409, 418, 422, 429, 500, 502, 503, 504])
async def test_a_refusal_holds_no_secret_whatever_thinkific_repeats(status: int, log: io.StringIO) -> None:
    found = await errors(parrot(status))
    assert len(found) == len(WHO) * len(WHAT)
    # What the caller sent itself may stand in what Thinkific says, and as an id in a 404.
    assert leaked("".join(map(told, found)), but=PERSONAL) == []
    assert f": {status} in " in log.getvalue()


async def test_a_refusal_for_the_plan_or_a_scope_holds_no_secret() -> None:
    scope = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{TOKEN}"'}
    found = await errors(parrot(403, "Upgrade your plan. ")) + await errors(parrot(403, **scope))
    assert_clean(found, PlanError, ScopeError, but=PERSONAL)


async def test_a_page_that_refuses_is_not_repeated() -> None:
    page = f"<html><title>{NAME}</title>{KEY} {TOKEN}</html>"
    found = await errors(httpx2.MockTransport(lambda _: httpx2.Response(403, html=page)))
    assert_clean(found, ForbiddenError)


# Not to be read


@pytest.mark.parametrize(
    "body",
    [
        f'{{"items": [{{"full_name": "{NAME}", "email": "{EMAIL}"'.encode(),
        f"{NAME} {EMAIL}".encode(),
        f"<html>{NAME} {EMAIL}</html>".encode(),
        f'"{NAME} {EMAIL}'.encode() + b'\xff"',
    ],
)
async def test_an_answer_that_cannot_be_read_is_not_repeated(body: bytes) -> None:
    found = await errors(httpx2.MockTransport(lambda _: httpx2.Response(200, content=body)), what=WHAT[:3])
    assert_clean(found, UnreadableAnswerError, UnknownOutcomeError)


@pytest.mark.parametrize("kind", KINDS)
async def test_no_fault_of_the_sandbox_shows_anything(kind: str) -> None:
    needed: dict[str, Any] = {"redirect": {"location": f"/{NAME}"}, "status": {"status": 500, "body": {}}}
    with closing(Sandbox(students=1)) as sandbox, running(sandbox) as address:
        sandbox.faults.add(kind, **needed.get(kind, {}), times=1000)
        found = await errors(base_url=address, timeout=0.05, deadline=0.2, who=[AccessToken("sandbox")])
    assert leaked("".join(map(told, found)), but=[EXTERNAL_ID]) == []


# No answer


async def test_where_nobody_listens_nothing_is_repeated(closed: int) -> None:
    assert_clean(await errors(base_url=f"http://127.0.0.1:{closed}"), UnreachableError)


async def test_a_host_that_there_is_not_shows_nothing() -> None:
    assert_clean(await errors(base_url=f"http://{'.'.join(['a' * 60] * 5)}/"), UnreachableError)


async def test_a_proxy_s_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(answering(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")) as address:
        monkeypatch.setenv("HTTPS_PROXY", address.replace("//", f"//user:{PASSWORD}@"))
        assert_clean(await errors(), UnreachableError)


@pytest.mark.parametrize("proxy", ["http://user:{}@[::1", "http://user:{}@host:port", "ftp://user:{}@host"])
async def test_a_proxy_that_cannot_be_used_is_not_told(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(PASSWORD))
    assert_clean(await errors(), SettingsError)


@pytest.mark.parametrize("body", [b"", b"no HTTP\r\n", b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"id'])
async def test_a_connection_that_breaks_shows_nothing(body: bytes) -> None:
    async with listening(answering(body)) as address:
        assert_clean(await errors(base_url=address), UnreachableError, UnknownOutcomeError)


async def test_a_connection_that_is_not_secure_shows_nothing() -> None:
    async with listening(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as address:
        assert_clean(await errors(base_url=address.replace("http", "https")), UnreachableError)


async def test_an_answer_that_is_late_shows_nothing() -> None:
    async with listening(lambda _: anyio.sleep_forever()) as address:
        late = await errors(base_url=address, who=WHO[:1], deadline=0.1)
        silent = await errors(base_url=address, who=WHO[:1], timeout=0.1, deadline=0)
    assert_clean(late, DeadlineError, UnknownOutcomeError)
    assert_clean(silent, UnreachableError, UnknownOutcomeError)


# Not sent


async def test_a_call_that_would_be_late_shows_nothing() -> None:
    _, *found = await errors(parrot(422), budgets=Budgets(Limits(requests=1)))
    assert_clean(found, DeadlineError)


async def test_arguments_that_are_too_long_are_not_repeated() -> None:
    assert_clean(await errors(parrot(422), what=[ListUsers(external_source=EXTERNAL_ID * 10_000)]), ArgumentError)


@pytest.mark.parametrize(("flaw", "kind"), [("\n", UnreachableError), ("é", SettingsError)])
async def test_credentials_that_fit_into_no_request_are_not_told(flaw: str, kind: type[ThinkificError]) -> None:
    async with listening(answering(b"")) as address:
        found = await errors(base_url=address, who=[ApiKey("my-school", KEY + flaw), AccessToken(TOKEN + flaw)])
    assert_clean(found, kind)


async def test_a_redis_that_is_not_there_is_told_without_its_password(closed: int) -> None:
    budgets = Budgets(store=RedisStore(f"redis://:{REDIS_PASSWORD}@127.0.0.1:{closed}/0"))
    assert_clean(await errors(parrot(422), budgets=budgets), UnreachableError)
    await budgets.aclose()


# Credentials that are renewed


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 429, 500, 503])
@pytest.mark.parametrize("reason", ["invalid_grant", REFRESH_TOKEN])
async def test_a_refresh_that_is_refused_repeats_no_token(tmp_path: Path, status: int, reason: str) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        said = {"error": reason, "error_description": repeated(request.headers, "", request.content)}
        return httpx2.Response(status, json=said, headers={"Location": f"/{REFRESH_TOKEN}"})

    found = await errors(httpx2.MockTransport(refuse), who=[app(tmp_path)])
    assert (len(found), leaked("".join(map(told, found)))) == (len(WHAT), [])


async def test_a_refresh_without_an_answer_repeats_no_token(tmp_path: Path) -> None:
    async with listening(answering(b"")) as address:
        found = await errors(base_url=address, who=[app(tmp_path, oauth_url=address)])
    assert_clean(found, UnreachableError)


@pytest.mark.parametrize("content", ["{} {}", '{{"refresh_token": "{}', '{{"access_token": "{}"}}'])
async def test_a_file_of_tokens_that_cannot_be_read_is_not_repeated(tmp_path: Path, content: str) -> None:
    broken = app(tmp_path, content.format(REFRESH_TOKEN, TOKEN))
    assert_clean(await errors(parrot(422), who=[broken]), SettingsError)
