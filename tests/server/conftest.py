from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, cast

import anyio
import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp_types import CallToolResult, TextContent

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import BASE_URL, ApiKey, Budgets, Credentials, Limits, Thinkific
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.guard.changes import CHANGES
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server

from .examples import NOW, demo_sandbox

Era = Literal["legacy", "auto"]
ERAS: tuple[Era, ...] = ("legacy", "auto")
KEY = ApiKey("sandbox", "sandbox")
UNGUARDED = Guard(mode="never")


def opened(
    transport: httpx2.AsyncBaseTransport,
    tools: Sequence[str],
    era: Era,
    *,
    credentials: Credentials = KEY,
    client_secret: str = "sandbox",
    base_url: str = BASE_URL,
    deadline: float = 45,
    limits: Limits | None = None,
    guard: Guard = UNGUARDED,
    elicitation_callback: ElicitationFnT | None = None,
) -> Client:
    """Connect an MCP client, in process, to a server with these tools only, which by default asks nobody."""

    def upstream() -> AbstractAsyncContextManager[Thinkific]:
        return Thinkific(
            credentials,
            base_url=base_url,
            client_secret=client_secret,
            budgets=Budgets(limits, ProcessStore(anyio.current_time)),
            deadline=deadline,
            transport=transport,
            now=NOW.timestamp,
            random=lambda: 0.0,
        )

    offers = {**OPERATIONS, **{offer.spec.name: offer for offer in CHANGES}}
    server = build_server(upstream, [offers[tool] for tool in tools], guard)
    return Client(server, mode=era, elicitation_callback=elicitation_callback)


def assert_valid(schema: Mapping[str, Any] | None, data: Any) -> None:
    """Hold data against a JSON Schema."""
    validator = cast(Any, Draft202012Validator(schema or {}))
    validator.validate(data)


def text_of(result: CallToolResult) -> str:
    """Return all that a model reads of a result."""
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


class CallTool(Protocol):
    """Calls one tool on the sandbox, through a client of its own."""

    async def __call__(self, tool: str, /, **arguments: Any) -> CallToolResult: ...


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    return cast(Era, request.param)


@pytest.fixture
def sandbox() -> Sandbox:
    return demo_sandbox()


@pytest.fixture
def call(sandbox: Sandbox) -> CallTool:
    async def call(tool: str, /, **arguments: Any) -> CallToolResult:
        async with opened(httpx2.ASGITransport(sandbox), [tool], "auto") as client:
            return await client.call_tool(tool, arguments)

    return call
