"""`thinkific-mcp`: the MCP server on stdio."""

from contextlib import AbstractAsyncContextManager

from thinkific_mcp.client import Thinkific
from thinkific_mcp.server import build_server, check_upstream, offered, open_upstream
from thinkific_mcp.settings import Settings


def serve(settings: Settings) -> int:
    """Serve MCP on stdin and stdout until the host closes them.

    Raises:
        SettingsError: credentials are missing or a name is unknown; nothing was written to stdout.
    """
    check_upstream(settings)
    operations = offered(settings)

    def upstream() -> AbstractAsyncContextManager[Thinkific]:
        return open_upstream(settings)

    build_server(upstream, operations).run("stdio")
    return 0
