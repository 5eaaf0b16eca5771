import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from thinkific_mcp.sandbox import Limit, Sandbox
from thinkific_mcp.sandbox.serve import running

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
MINUTE = NOW.timestamp()
"""The start of a minute."""
HEADERS = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox", "User-Agent": "tests/1"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(students=5, now=lambda: NOW)
    yield sandbox
    sandbox.close()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(sandbox)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox", headers=HEADERS) as client:
        yield client


@pytest.fixture
async def remote(sandbox: Sandbox, client: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    with running(sandbox) as url:
        async with httpx2.AsyncClient(base_url=url, headers=client.headers) as remote:
            yield remote


def asking(kind: str, **options: Any) -> dict[str, str]:
    return {"X-Sandbox-Fault": json.dumps({"kind": kind, **options})}


@dataclass
class Clock:
    """A school's clock that moves when it is told."""

    moment: float

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.moment, UTC)


@dataclass
class Site:
    """A site with a limit, on a clock of its own."""

    sandbox: Sandbox
    clock: Clock
    client: httpx2.AsyncClient

    async def get(self, *after: float, path: str = "/courses/1", **options: Any) -> list[httpx2.Response]:
        """Send a request at each of these seconds after the minute."""
        responses: list[httpx2.Response] = []
        for seconds in after:
            self.clock.moment = MINUTE + seconds
            responses.append(await self.client.get(path, **options))
        return responses

    async def statuses(self, *after: float, **options: Any) -> list[int]:
        return [response.status_code for response in await self.get(*after, **options)]


@asynccontextmanager
async def site(limit: Limit | None) -> AsyncGenerator[Site]:
    clock = Clock(MINUTE)
    with closing(Sandbox(students=1, now=clock, limit=limit)) as sandbox:
        transport = httpx2.ASGITransport(sandbox, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox", headers=HEADERS) as client:
            yield Site(sandbox, clock, client)


@asynccontextmanager
async def remote_site(limit: Limit) -> AsyncGenerator[tuple[Sandbox, httpx2.AsyncClient]]:
    with closing(Sandbox(students=1, now=lambda: NOW, limit=limit)) as sandbox, running(sandbox) as url:
        async with httpx2.AsyncClient(base_url=url, headers=HEADERS) as client:
            yield sandbox, client
