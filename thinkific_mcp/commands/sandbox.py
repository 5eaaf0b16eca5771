"""`thinkific-mcp sandbox`: the demo school as an HTTP API."""

import sys

import anyio
from pydantic import ValidationError

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.sandbox import DataFileError, Limit, Sandbox
from thinkific_mcp.sandbox.serve import serve
from thinkific_mcp.settings import Settings

_FLAGS = {"requests": "--limit", "window": "--window"}


def serve_sandbox(settings: Settings, *, port: int, limit: str | None, window: str | None) -> int:
    """Serve the demo school on this machine until interrupted.

    Args:
        settings: how many students, and the file that keeps the school.
        port: the port; 0 takes a free one.
        limit: the number of requests a minute that the school takes, as it was typed; None takes any number.
        window: how they are counted, as it was typed; None for the usual way.

    Raises:
        SettingsError: the data file, the port or the limit cannot be used.
    """
    if not 0 <= port <= 65_535:
        raise SettingsError("--port should be from 0 to 65535")
    enforced = _limit(limit, window)
    try:
        sandbox = Sandbox(settings.data, students=settings.students, limit=enforced)
    except DataFileError as error:
        raise SettingsError(str(error)) from error

    def announce(actual_port: int) -> None:
        address = f"http://127.0.0.1:{actual_port}/api/public/v1"
        print(
            f"The demo school is at {address}. To use it:\n"
            f"  export THINKIFIC_BASE_URL={address}\n"
            "  export THINKIFIC_SUBDOMAIN=sandbox THINKIFIC_API_KEY=sandbox THINKIFIC_CLIENT_SECRET=sandbox\n"
            "Ctrl-C ends it.",
            file=sys.stderr,
            flush=True,
        )

    try:
        anyio.run(lambda: serve(sandbox, port=port, started=announce))
    except OSError as error:
        raise SettingsError(f"Port {port} cannot be used: {error.strerror}. Choose another with --port.") from None
    finally:
        sandbox.close()
    return 0


def _limit(requests: str | None, window: str | None) -> Limit | None:
    if requests is None:
        if window is not None:
            raise SettingsError("--window needs --limit")
        return None
    given = {"requests": requests} if window is None else {"requests": requests, "window": window}
    try:
        return Limit.model_validate(given)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise SettingsError(
            "; ".join(
                f"{_FLAGS[str(problem['loc'][0])]}: {problem['msg'].removeprefix('Input ')}"
                for problem in problems
            )
        ) from None
