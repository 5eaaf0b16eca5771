"""`thinkific-mcp call`: one tool, called as an MCP host would call it."""

import json
import os
import shutil
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import anyio
from mcp import Client
from mcp.shared.dispatcher import ProgressFnT
from mcp_types import CallToolResult, TextContent

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.api.lookups import may_have_been_made
from thinkific_mcp.commands.table import record, table
from thinkific_mcp.errors import ArgumentError, SettingsError
from thinkific_mcp.foreign_text import cleaned, escaped_json
from thinkific_mcp.nearest import nearest
from thinkific_mcp.operation import Operation, Page
from thinkific_mcp.server import build_server, check_upstream, offered, open_upstream
from thinkific_mcp.server.arguments import read_arguments
from thinkific_mcp.server.schemas import input_schema
from thinkific_mcp.settings import Settings

_USUAL_WIDTH = 80
_CLEARED_LINE = "\r\x1b[K"


def call(settings: Settings, tool: str, arguments: str, *, as_json: bool, confirmed: bool) -> int:
    """Call one tool and print its result.

    Args:
        settings: which school, and which tools are offered.
        tool: the tool's name.
        arguments: a JSON object, or `-` to read it from stdin.
        as_json: print the structured result instead of a table.
        confirmed: do not ask before a change that wants confirmation.

    Returns:
        0 when it succeeded, or gave a part of a list that says so; 1 when the call failed or was not confirmed;
        130 when a write was interrupted.

    Raises:
        SettingsError: the tool is not offered, the arguments are no JSON object, or credentials are missing.
        KeyboardInterrupt: a read was interrupted, or a write before it began.
    """
    check_upstream(settings)
    operations = offered(settings)
    _check_offered(tool, [operation.spec.name for operation in operations])
    given = _read_json(sys.stdin.read() if arguments == "-" else arguments)
    asked = _read(tool, given)
    if asked and not confirmed and not _confirmed(asked):
        return 1
    server = build_server(lambda: open_upstream(settings), operations)

    async def ask() -> CallToolResult:
        async with Client(server) as client:
            with _waiting_told() as tell:
                return await client.call_tool(tool, given, progress_callback=tell)

    try:
        result = anyio.run(ask)
    except KeyboardInterrupt:
        if asked is None or asked.spec.effect == "read":
            raise
        print(f"Stopped. {may_have_been_made(asked)}", file=sys.stderr)
        return 130
    if result.is_error:
        print(_texts(result).removeprefix(f"Error executing tool {tool}: "), file=sys.stderr)
        return 1
    if not as_json:
        print(_for_people(tool, result))
        return 0
    data: Mapping[str, Any] = result.structured_content or {}
    print(escaped_json(data))
    if data.get("complete") is False:
        print(_part(result), file=sys.stderr)
    return 0


def _check_offered(tool: str, offered_tools: Sequence[str]) -> None:
    if tool in offered_tools:
        return
    if tool in OPERATIONS:
        raise SettingsError(f"The tool {tool} is not offered: read-only mode or a filter leaves it out.")
    near = nearest(tool, offered_tools)
    hint = f"Did you mean {near}?" if near else "`thinkific-mcp tools` lists them."
    raise SettingsError(f"There is no tool {tool!r}. {hint}")


def _read_json(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"The arguments are not JSON: {error}. Write them as '{{\"course_id\": 3}}'."
        ) from None
    if not isinstance(read, dict):
        raise SettingsError("The arguments should be a JSON object, such as '{\"course_id\": 3}'.")
    return cast(dict[str, Any], read)


def _read(tool: str, given: Mapping[str, Any]) -> Operation[Any] | None:
    """Read the arguments; None where they do not fit, which the server says."""
    operation = OPERATIONS[tool]
    try:
        return read_arguments(operation, input_schema(operation), given)
    except ArgumentError:
        return None


def _confirmed(asked: Operation[Any]) -> bool:
    """Ask the person at the terminal where the operation wants it; without one, refuse."""
    if not asked.needs_confirmation(datetime.now(UTC)):
        return True
    what = cleaned(f"{asked.spec.title}: {asked.summary()}")
    if not sys.stdin.isatty():
        print(f"Not done, since nobody can be asked: {what}. Add --yes to do it.", file=sys.stderr)
        return False
    print(f"{what}\nAsked because: {asked.spec.guarded.removeprefix('only when ')}.", file=sys.stderr)
    print("Do it? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    print("Not done.", file=sys.stderr)
    return False


@contextmanager
def _waiting_told() -> Generator[ProgressFnT | None]:
    """Say on a terminal what is waited for, on a line that is gone afterwards."""
    if not sys.stderr.isatty():
        yield None
        return
    is_told = False

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        nonlocal is_told
        is_told = True
        width = os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH
        # What does not fit into one line could not be cleared.
        print(f"{_CLEARED_LINE}{(message or '')[: width - 2]} ", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if is_told:
            print(_CLEARED_LINE, end="", file=sys.stderr, flush=True)


def _texts(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def _part(result: CallToolResult) -> str:
    """Return what a list says of which part it is."""
    return _texts(result).rpartition("\n")[2]


def _for_people(tool: str, result: CallToolResult) -> str:
    data: Mapping[str, Any] = result.structured_content or {}
    if list(data) == ["done"]:
        return cleaned(str(data["done"]))
    if not issubclass(OPERATIONS[tool].result_type(), Page):
        return record(data)
    rows = cast(list[dict[str, Any]], data["items"])
    part = _part(result)
    width = shutil.get_terminal_size((120, 24)).columns
    return f"{table(rows, width)}\n{part}" if rows else part
