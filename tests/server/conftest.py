from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, cast

import anyio
import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp_types import CallToolResult, TextContent

from thinkific_mcp.client import BASE_URL, ApiKey, Budgets, Credentials, Limits, Thinkific
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.results.form import TABLES, Form
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server

from .examples import NOW, demo_sandbox
from .searching import OFFERS, ThroughSearch

Era = Literal["legacy", "auto"]
ERAS: tuple[Era, ...] = ("legacy", "auto")
KEY = ApiKey("sandbox", "sandbox")
UNGUARDED = Guard(mode="never")

Surface = Literal["full", "search"]
_surfaces: list[Surface] = ["full"]


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
    form: Form = TABLES,
) -> Client:
    """Connect an MCP client, in process, to a server with these tools only, which by default asks nobody.

    Where the search surface is under test, the client uses the tools through that.
    """

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

    offers = [OFFERS[tool] for tool in tools]
    server = build_server(upstream, offers, guard, form=form, surface=_surfaces[-1])
    if _surfaces[-1] == "full":
        return Client(server, mode=era, elicitation_callback=elicitation_callback)
    client = ThroughSearch(server, mode=era, elicitation_callback=elicitation_callback)
    client.names = tools
    return client


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


@pytest.fixture(scope="module", params=["full", "search"], autouse=True)
def surface(request: pytest.FixtureRequest) -> Generator[Surface]:
    """Say on which surface the tools are that the tests of a module use: on both, one after the other."""
    _surfaces.append(request.param)
    yield request.param
    _surfaces.pop()


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
