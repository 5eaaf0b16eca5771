"""MCP clients over HTTP, of both eras."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp.client.streamable_http import streamable_http_client

from ..server.asking import PATIENCE
from ..server.conftest import Era

TOOLS = ("get_course", "list_users", "update_coupon", "delete_coupon")
"""What agents narrow themselves to, so that no time goes by with long lists of tools."""

# One for all clients, since each would read the certificates of all authorities.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@asynccontextmanager
async def agent(
    address: str,
    site: str,
    key: str,
    era: Era = "auto",
    elicitation_callback: ElicitationFnT | None = None,
    headers: Mapping[str, str] | None = None,
) -> AsyncGenerator[Client]:
    """Connect an MCP client for a school.

    Args:
        address: that of a server, or of what is before several.
        site: the school's subdomain.
        key: its API key.
        era: of which protocol.
        elicitation_callback: who answers questions; None where nobody can be asked.
        headers: further headers of each request, or others than usual.
    """
    own = {"Authorization": f"Bearer {key}", "X-MCP-Tools": ",".join(TOOLS), **(headers or {})}
    async with httpx2.AsyncClient(headers=own, timeout=PATIENCE, verify=_NO_TLS) as http:
        transport = streamable_http_client(f"{address}/sites/{site}/mcp", http_client=http)
        async with Client(transport, mode=era, elicitation_callback=elicitation_callback) as client:
            yield client


async def changes_told(address: str, site: str, key: str) -> list[dict[str, Any]]:
    """Return what list_changes tells this caller."""
    async with agent(address, site, key, headers={"X-MCP-Tools": "list_changes"}) as client:
        told = await client.call_tool("list_changes", {"limit": 250})
    return cast(dict[str, Any], told.structured_content)["items"]
