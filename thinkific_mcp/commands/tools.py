"""`thinkific-mcp tools`: what a host would see."""

import json

import anyio
from mcp import Client
from mcp_types import Tool

from thinkific_mcp.client import ApiKey, Thinkific
from thinkific_mcp.commands.table import table
from thinkific_mcp.operation import Offer
from thinkific_mcp.server import build_server, guard_of, offered
from thinkific_mcp.settings import Settings


def list_tools(settings: Settings, *, as_json: bool) -> int:
    """Print the tools that the settings leave; no credentials are needed for that.

    Raises:
        SettingsError: a toolset or tool is not known.
    """
    offers = {offer.spec.name: offer for offer in offered(settings)}
    # Listing tools sends nothing to any school, so nobody's credentials will do.
    server = build_server(
        lambda: Thinkific(ApiKey("nobody", "nothing")),
        list(offers.values()),
        guard_of(settings),
        surface=settings.surface,
    )

    async def ask() -> list[Tool]:
        async with Client(server) as client:
            return (await client.list_tools()).tools

    tools = anyio.run(ask)
    if as_json:
        shown = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return 0
    rows = [_row(tool, offers.get(tool.name)) for tool in tools]
    print(f"{table(rows, width=200)}\n{len(rows)} tools" if rows else "no tools")
    return 0


def _row(tool: Tool, offer: type[Offer] | None) -> dict[str, str]:
    if not offer:  # a tool that finds or runs others
        is_read = tool.annotations is not None and tool.annotations.read_only_hint
        return {"tool": tool.name, "toolset": "-", "effect": "read" if is_read else "write", "endpoint": ""}
    spec = offer.spec
    endpoint = f"{spec.method} {spec.path}" if spec.path else ""
    return {"tool": spec.name, "toolset": spec.toolset, "effect": spec.effect, "endpoint": endpoint}
