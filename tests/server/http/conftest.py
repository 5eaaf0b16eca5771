from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp.client.streamable_http import streamable_http_client
from starlette.types import ASGIApp

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running
from thinkific_mcp.server.http.app import opened_app
from thinkific_mcp.settings import load_settings

Era = Literal["legacy", "auto"]
ERAS: tuple[Era, ...] = ("legacy", "auto")

HERE = "http://localhost:8000"
EVERYTHING = "read,write,destructive"


@pytest.fixture(scope="module", autouse=True)
def surface() -> None:
    """Test what surrounds the tools once: it is the same on both surfaces."""


class Hosted:
    """A server that is reached without a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def http(self, token: str = "", address: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
        """Return an HTTP client that shows a bearer token, and calls from an address."""
        transport = httpx2.ASGITransport(self._app, client=(address, 4711))
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.AsyncClient(transport=transport, base_url=HERE, headers=shown | headers, timeout=60)

    async def ask(
        self, token: str = "", path: str = "/mcp", address: str = "127.0.0.1", **headers: str
    ) -> httpx2.Response:
        """List the tools by one bare request of 2025; the underscores in names of headers are dashes."""
        dashed = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http(token, address, **{"Accept": "application/json, text/event-stream"} | dashed) as http:
            return await http.post(path, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})

    @asynccontextmanager
    async def agent(
        self,
        token: str = "",
        *,
        era: Era = "auto",
        path: str = "/mcp",
        person: ElicitationFnT | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[Client]:
        """Connect an MCP client that shows a bearer token."""
        async with self.http(token, **(headers or {})) as http:
            stream = streamable_http_client(f"{HERE}{path}", http_client=http)
            async with Client(stream, mode=era, elicitation_callback=person) as client:
                yield client


@asynccontextmanager
async def hosted(**flags: Any) -> AsyncGenerator[Hosted]:
    """Open a server with these settings."""
    async with opened_app(load_settings({"journal": "off"} | flags)) as app:
        yield Hosted(app)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(students=5)


@pytest.fixture
def site(sandbox: Sandbox) -> Generator[dict[str, str]]:
    """Return the settings of a server for the sandbox's school."""
    with running(sandbox) as address:
        yield {"base_url": address, "subdomain": "sandbox", "api_key": "sandbox"}


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    """Return a tokens file: alice and bob may do everything, the others what they are named for."""
    callers = {"alice": EVERYTHING, "bob": EVERYTHING, "reader": "read", "writer": "read,write"}
    lines = [f"{name} {sha256(name.encode()).hexdigest()} {scopes}" for name, scopes in callers.items()]
    path = tmp_path / "tokens"
    path.write_text("\n".join(lines), "utf-8")
    return path
