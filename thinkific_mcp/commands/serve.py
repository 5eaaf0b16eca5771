"""`thinkific-mcp`: the MCP server on stdio."""

import signal
from contextlib import AbstractAsyncContextManager

from thinkific_mcp.client import Thinkific
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server import (
    build_server,
    check_upstream,
    form_of,
    guard_of,
    offered,
    open_upstream,
    warn_if_open,
)
from thinkific_mcp.settings import Settings


def serve(settings: Settings) -> int:
    """Serve MCP on stdin and stdout until the host closes them.

    Raises:
        SettingsError: credentials are missing, a name is unknown, or the sandbox's data file cannot be used;
            nothing was written to stdout.
    """
    check_upstream(settings)
    operations = offered(settings)

    def upstream() -> AbstractAsyncContextManager[Thinkific]:
        return open_upstream(settings)

    server = build_server(
        upstream, operations, guard_of(settings), form=form_of(settings), surface=settings.surface
    )
    warn_if_open(settings)
    # The SDK reads stdin in a thread that Python's own way of handling Ctrl-C waits for.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        server.run("stdio")
    except BaseExceptionGroup as group:
        # The SDK's task groups wrap what could not be opened, and that the host has gone.
        wrong: BaseException | None = group.subgroup((SettingsError, BrokenPipeError))
        if wrong is None:
            raise
        while isinstance(wrong, BaseExceptionGroup):
            wrong = wrong.exceptions[0]
        raise wrong from None
    return 0
