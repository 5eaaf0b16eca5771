"""The smallest MCP server over HTTP on the same SDK: what `http_load.py` compares ours with.

Its one tool makes the same request to Thinkific as ours, through a pool of connections with the same limits:
httpx2 looks at the whole pool for each request, so that other limits alone make a call half as dear again. It
asks nobody for a token, and logs nothing.
"""

import os
import socket
import sys
from typing import Any

import httpx2
import uvicorn
from mcp.server.mcpserver import MCPServer

server = MCPServer("one-tool", log_level="WARNING")
thinkific = httpx2.AsyncClient(
    base_url=os.environ["THINKIFIC_BASE_URL"],
    headers={
        "X-Auth-API-Key": os.environ["THINKIFIC_API_KEY"],
        "X-Auth-Subdomain": os.environ["THINKIFIC_SUBDOMAIN"],
    },
    limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
    trust_env=False,
)


@server.tool()
async def get_course(course_id: int) -> dict[str, Any]:
    """Get a course."""
    answer = await thinkific.get(f"/courses/{course_id}")
    return answer.raise_for_status().json()


class Serving(uvicorn.Server):
    """Says where it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"Listening on http://127.0.0.1:{port}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    app = server.streamable_http_app(stateless_http=True)
    Serving(uvicorn.Config(app, port=0, http="h11", log_level="warning", access_log=False)).run()
