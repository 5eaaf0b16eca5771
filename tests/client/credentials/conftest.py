import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from thinkific_mcp.client.credentials import Credentials, FileTokens, OAuth, TokenStore
from thinkific_mcp.sandbox import Sandbox

NOW = 1_768_467_600.0
FIRST = "sandbox-refresh"
SIGN_IN = "Sign in to the site again"


class Clock:
    """A clock that the test sets, in seconds since the epoch."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now

    def as_datetime(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


async def nothing() -> None:
    """Let a refresh be."""


class Wire(httpx2.AsyncBaseTransport):
    """The way to a sandbox, on which something may happen to a refresh.

    Attributes:
        used: the refresh tokens that were sent, oldest first.
        before: happens before a refresh reaches the sandbox.
        after: happens once the sandbox has carried it out, before its answer is there.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = httpx2.ASGITransport(sandbox)
        self.used: list[str] = []
        self.before: Callable[[], Awaitable[None]] = nothing
        self.after: Callable[[], Awaitable[None]] = nothing

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/oauth2/token":
            return await self._sandbox.handle_async_request(request)
        self.used.append(json.loads(request.content)["refresh_token"])
        await self.before()
        response = await self._sandbox.handle_async_request(request)
        await self.after()
        return response


def app(tokens: TokenStore, clock: Callable[[], float] = lambda: NOW, *, oauth_url: str = "") -> OAuth:
    """Return the sandbox's app, with the tokens that it was given."""
    return OAuth("sandbox", "sandbox", "sandbox", tokens, oauth_url=oauth_url, now=clock)


async def bearer(credentials: Credentials, http: httpx2.AsyncClient) -> str:
    """Return the access token that a request would carry."""
    return (await credentials.headers(http))["Authorization"].removeprefix("Bearer ")


async def reads(credentials: Credentials, http: httpx2.AsyncClient) -> int:
    """Read from the API as a client does, and return the status it ends with."""
    headers = await credentials.headers(http)
    status = (await http.get("/courses", headers=headers)).status_code
    if status == 401 and await credentials.renew(http, headers):
        status = (await http.get("/courses", headers=await credentials.headers(http))).status_code
    return status


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    sandbox = Sandbox(students=1, now=clock.as_datetime)
    yield sandbox
    sandbox.close()


@pytest.fixture
def wire(sandbox: Sandbox) -> Wire:
    return Wire(sandbox)


@pytest.fixture
async def http(wire: Wire) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(
        transport=wire, base_url="https://api.thinkific.com/api/public/v1", headers={"User-Agent": "tests/1"}
    ) as http:
        yield http


@pytest.fixture
def file(tmp_path: Path) -> FileTokens:
    """Return the file that a person made: a refresh token on a line."""
    path = tmp_path / "tokens"
    path.write_text(f"{FIRST}\n", "utf-8")
    return FileTokens(path)
