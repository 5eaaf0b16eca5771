"""What a caller is not offered is neither listed nor used: tools, and what needs tools."""

from collections.abc import Mapping
from typing import Any, cast

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from thinkific_mcp.errors import NotAllowedError
from thinkific_mcp.knowledge.jobs import JOBS
from thinkific_mcp.server.answers import failure
from thinkific_mcp.server.resources import TEMPLATES, template_of
from thinkific_mcp.server.served import Served, served_to
from thinkific_mcp.telemetry import tally

_NEEDS: Mapping[str, frozenset[str]] = {
    **{template.uri: template.tools for template in TEMPLATES},
    **{job.name: job.tools for job in JOBS},
}
"""The tools without which a prompt or a template, by its name, is not for a caller."""

_LISTS = {
    "tools/list": ("tools", "name"),
    "prompts/list": ("prompts", "name"),
    "resources/templates/list": ("resourceTemplates", "uriTemplate"),
}
"""What the lists hold, and what each item goes by."""

_REFUSED = (
    "not offered to you: the scopes of your token, or the X-MCP headers of your client, leave it out. "
    "Nothing was done."
)


async def only_what_is_offered(ctx: ServerRequestContext[Served, Any], call_next: CallNext) -> HandlerResult:
    """Carry out a request for a caller who is offered a part of the tools (middleware of the SDK)."""
    left_out = ctx.lifespan_context.offered - served_to(ctx).offered
    if not left_out:
        return await call_next(ctx)
    name = _asked_for(ctx.method, ctx.params or {})
    if _needed(ctx.method, name) & left_out:
        words = f"{name} is {_REFUSED}"
        if ctx.method != "tools/call":
            raise MCPError(INVALID_PARAMS, words)
        tally().failure = NotAllowedError.__name__
        return failure(words)
    result = await call_next(ctx)
    if ctx.method not in _LISTS:
        return result
    listed = cast(Mapping[str, Any], result)
    items, key = _LISTS[ctx.method]
    kept = [item for item in listed[items] if not _needed(ctx.method, item[key]) & left_out]
    return {**listed, items: kept}


def _asked_for(method: str, params: Mapping[str, Any]) -> str:
    """Return the name of what a request uses: of a resource, its template."""
    if method == "resources/read":
        template = template_of(params.get("uri"))
        return template.uri if template else ""
    name = params.get("name")
    return name if isinstance(name, str) else ""


def _needed(method: str, name: str) -> frozenset[str]:
    return frozenset([name]) if method.startswith("tools/") else _NEEDS.get(name, frozenset())
