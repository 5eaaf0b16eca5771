"""The MCP face: operations as tools, and the server that offers them."""

from thinkific_mcp.server.build import build_server, form_of
from thinkific_mcp.server.guarding import guard_of, warn_if_open
from thinkific_mcp.server.selection import offered, select
from thinkific_mcp.server.upstream import check_upstream, open_upstream

__all__ = [
    "build_server",
    "check_upstream",
    "form_of",
    "guard_of",
    "offered",
    "open_upstream",
    "select",
    "warn_if_open",
]
