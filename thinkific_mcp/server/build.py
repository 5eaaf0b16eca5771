"""The MCP server."""

import logging
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Literal

from mcp.server.caching import CacheHint
from mcp.server.mcpserver import MCPServer
from mcp.server.request_state import RequestStateSecurity

from thinkific_mcp.client import Thinkific
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.guard.questions import Questions
from thinkific_mcp.operation import Offer
from thinkific_mcp.results.form import TABLES, Form
from thinkific_mcp.server.instructions import instructions
from thinkific_mcp.server.kept import Kept, add_kept
from thinkific_mcp.server.narrowing import only_what_is_offered
from thinkific_mcp.server.observing import Calls
from thinkific_mcp.server.prompts import add_prompts
from thinkific_mcp.server.resources import ReadableServer, add_resources
from thinkific_mcp.server.rounds import Rounds
from thinkific_mcp.server.served import Served, served_to
from thinkific_mcp.server.tools import as_tool
from thinkific_mcp.settings import Settings
from thinkific_mcp.version import VERSION

# Below WARNING it logs the text of failed calls and of lines that it cannot read: they may speak of students.
logging.getLogger("mcp").setLevel(logging.WARNING)
# It logs each piece of an answer at DEBUG.
logging.getLogger("sse_starlette").setLevel(logging.WARNING)
# It warns of tracing headers that it cannot read, word for word.
logging.getLogger("opentelemetry").setLevel(logging.ERROR)

_LISTS_KEEP = CacheHint(300_000, "private")
_RESOURCES_KEEP = CacheHint(60_000, "private")


def build_server(
    upstream: Callable[[], AbstractAsyncContextManager[Thinkific]],
    offers: Sequence[type[Offer]],
    guard: Guard | None = None,
    *,
    form: Form = TABLES,
    surface: Literal["full", "search"] = "full",
    keeps: bool = True,
    sealing_keys: Sequence[str] = (),
) -> MCPServer[Served]:
    """Build the MCP server.

    Args:
        upstream: opens the client when the server starts; it is closed when the server ends.
        offers: the operations and other tools to offer.
        guard: what stands before a change; by default a person is asked, and nothing is written down. Its memory
            is closed when the server ends.
        form: how answers are written.
        surface: `full` lists all tools, `search` lists three that find and run them.
        keeps: whether long answers are kept whole for the client, who then has to be the only one.
        sealing_keys: what questions are sealed with: with the first, and opened with any, so that all processes
            with the same keys honour an answer. By default a key that only this process has.
    """
    guard = guard or Guard()
    names = frozenset(offer.spec.name for offer in offers)

    tools = [as_tool(offer, guard) for offer in offers]

    @asynccontextmanager
    async def lifespan(_: MCPServer[Served]) -> AsyncGenerator[Served]:
        async with upstream() as thinkific:
            try:
                yield Served(thinkific, guard, names, form=form, kept=Kept() if keeps else None)
            finally:
                await guard.memory.aclose()

    server = ReadableServer(
        "thinkific-mcp",
        title="Thinkific",
        instructions=instructions(searching=surface == "search"),
        version=VERSION,
        tools=tools,
        lifespan=lifespan,
        log_level="WARNING",
        request_state_security=RequestStateSecurity(
            keys=sealing_keys or [secrets.token_bytes()], bind_principal=lambda ctx: served_to(ctx).identity
        ),
        # What is listed never changes while a process runs, and each listener would hold a connection.
        subscriptions=False,
        cache_hints={
            "tools/list": _LISTS_KEEP,
            "prompts/list": _LISTS_KEEP,
            "resources/list": _LISTS_KEEP,
            "resources/templates/list": _LISTS_KEEP,
            "resources/read": _RESOURCES_KEEP,
        },
    )
    add_resources(server, names)
    add_prompts(server, names, searching=surface == "search")
    if keeps:
        add_kept(server)
    if surface == "search":
        from thinkific_mcp.server.surface import SURFACE, SearchSurface

        searched = SearchSurface(offers, tools)
        told = [searched.run, Calls(names | SURFACE), searched.answer]
    else:
        told = [Calls(names)]
    # Inside the SDK's span of the call, and outside of its seal, which Rounds has to read.
    server.middleware[1:1] = [*told, only_what_is_offered, Rounds(Questions(guard.memory))]
    return server


def form_of(settings: Settings) -> Form:
    """Return how answers are written."""
    return Form(settings.text, settings.result_limit)
