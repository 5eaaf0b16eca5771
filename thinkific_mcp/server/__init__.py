"""The MCP face: operations as tools, and the server that offers them."""

from thinkific_mcp.server.build import build_server
from thinkific_mcp.server.selection import select
from thinkific_mcp.server.upstream import open_upstream

__all__ = ["build_server", "open_upstream", "select"]
