"""What a caller is not offered is neither listed nor called."""

from collections.abc import Mapping
from typing import Any, cast

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

from thinkific_mcp.errors import NotAllowedError
from thinkific_mcp.server.answers import failure
from thinkific_mcp.server.served import Served, served_to
from thinkific_mcp.telemetry import tally


async def only_what_is_offered(ctx: ServerRequestContext[Served, Any], call_next: CallNext) -> HandlerResult:
    """Carry out a request for a caller who is offered a part of the tools (middleware of the SDK)."""
    offered, all_tools = served_to(ctx).offered, ctx.lifespan_context.offered
    if offered == all_tools:
        return await call_next(ctx)
    if ctx.method == "tools/call":
        name = (ctx.params or {}).get("name")
        if isinstance(name, str) and name in all_tools - offered:
            tally().failure = NotAllowedError.__name__
            return failure(
                f"{name} is not offered to you: the scopes of your token, or the X-MCP headers of your client, "
                "leave it out. Nothing was done."
            )
    result = await call_next(ctx)
    if ctx.method != "tools/list":
        return result
    listed = cast(Mapping[str, Any], result)
    return {**listed, "tools": [tool for tool in listed["tools"] if tool["name"] in offered]}
