"""A client that is offered three tools, and uses all others through them."""

import json
from collections.abc import Sequence
from typing import Any, cast

from mcp import Client
from mcp.client.caching import CacheMode
from mcp.shared.dispatcher import ProgressFnT
from mcp_types import CallToolResult, InputResponses, ListToolsResult, RequestParamsMeta, TextContent, Tool

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.guard.changes import CHANGES
from thinkific_mcp.operation import Offer
from thinkific_mcp.server.schemas import output_schema

OFFERS: dict[str, type[Offer]] = {**OPERATIONS, **{offer.spec.name: offer for offer in CHANGES}}


class ThroughSearch(Client):
    """Lists and calls tools as if they were listed, by finding and running them."""

    names: Sequence[str] = ()
    """What is there to be found."""

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any] | None = None,
        read_timeout_seconds: float | None = None,
        progress_callback: ProgressFnT | None = None,
        *,
        input_responses: InputResponses | None = None,
        request_state: str | None = None,
        meta: RequestParamsMeta | None = None,
    ) -> CallToolResult:
        """Run a tool by the one of two that may."""
        is_write = name in OFFERS and OFFERS[name].spec.effect != "read"
        return await super().call_tool(
            "run_write_tool" if is_write else "run_read_tool",
            {"tool": name, "arguments": arguments or {}},
            read_timeout_seconds,
            progress_callback,
            input_responses=input_responses,
            request_state=request_state,
            meta=meta,
        )

    async def list_tools(
        self, *, cursor: str | None = None, meta: RequestParamsMeta | None = None, cache_mode: CacheMode = "use"
    ) -> ListToolsResult:
        """Find every tool by its name."""
        return ListToolsResult(tools=[await self._found(name) for name in self.names])

    async def _found(self, name: str) -> Tool:
        """Return what a search for a name brings first, completed by what that tool promises of its answers."""
        result = await super().call_tool("search_tools", {"query": name})
        (block,) = cast(list[TextContent], result.content)
        told = json.loads(block.text)["tools"][0]
        return Tool(
            name=told["name"],
            description=told["description"],
            input_schema=told["inputSchema"],
            output_schema=output_schema(OFFERS[name]),
        )
