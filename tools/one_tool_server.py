"""The smallest MCP server on the same SDK: what `benchmark.py` compares ours with."""

from mcp.server.mcpserver import MCPServer

server = MCPServer("one-tool", log_level="WARNING")


@server.tool()
def get_course(course_id: int) -> dict[str, int | str]:
    """Return a course that needs no looking up."""
    return {"id": course_id, "name": "Sourdough from the start"}


if __name__ == "__main__":
    server.run("stdio")
