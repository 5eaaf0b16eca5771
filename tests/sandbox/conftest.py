from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx2
import pytest

from thinkific_mcp.sandbox import Sandbox

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
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
