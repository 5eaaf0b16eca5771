"""`thinkific-mcp call`: one tool, called as an MCP host would call it."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import anyio
from mcp import Client
from mcp_types import CallToolResult, Implementation, TextContent

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.api.lookups import may_have_been_made
from thinkific_mcp.commands.csv_target import CsvTarget
from thinkific_mcp.commands.person import Person, cleaned_lines
from thinkific_mcp.commands.table import record, table
from thinkific_mcp.commands.waiting import WaitingLine
from thinkific_mcp.errors import ArgumentError, SettingsError
from thinkific_mcp.foreign_text import cleaned, escaped_json
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.nearest import nearest
from thinkific_mcp.operation import Offer, Operation
from thinkific_mcp.result import Page
from thinkific_mcp.results import csv_file
from thinkific_mcp.results.form import Form
from thinkific_mcp.server import build_server, check_upstream, form_of, guard_of, offered, open_upstream
from thinkific_mcp.server.arguments import read_arguments, read_fields
from thinkific_mcp.server.schemas import listed_schema
from thinkific_mcp.server.selection import JOURNAL_TOOLS, check_journal
from thinkific_mcp.settings import Settings
from thinkific_mcp.version import VERSION

_UNDO_MAY_HAVE_BEEN_MADE = "The undo may have been made all the same: look with list_changes before you try again."


def call(
    settings: Settings, tool: str, arguments: str, *, as_json: bool, confirmed: bool, csv: str | None = None
) -> int:
    """Call one tool and print its result.

    Args:
        settings: which school, and which tools are offered.
        tool: the tool's name.
        arguments: a JSON object, or `-` to read it from stdin.
        as_json: print the structured result instead of a table.
        confirmed: do not ask before a change that wants confirmation; say what it is, and do it.
        csv: the file that gets the result as CSV, `-` for stdout; None to print it.

    Returns:
        0 when it succeeded, or gave a part of a list that says so; 1 when the call failed or was not confirmed;
        130 when a write was interrupted.

    Raises:
        SettingsError: the tool is not offered, the arguments are no JSON object, credentials are missing, or the
            CSV file cannot be written; nothing was sent.
        KeyboardInterrupt: a read was interrupted, or a write before it began.
    """
    check_upstream(settings)
    offers = {offer.spec.name: offer for offer in offered(settings)}
    _check_offered(tool, list(offers), settings)
    offer = offers[tool]
    target = _target(offer, csv)
    is_on_stdin = arguments == "-"
    given = _read_json(sys.stdin.read() if is_on_stdin else arguments)
    line = WaitingLine()
    # Who does not see the question cannot answer it, nor can who has given the arguments there.
    is_there = not is_on_stdin and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    person = Person(is_there=is_there, make_room=line.clear)
    guard = guard_of(settings, approve=person.told if confirmed else None)
    form = _form(settings, is_whole=target is not None)
    server = build_server(lambda: open_upstream(settings), list(offers.values()), guard, form=form, keeps=False)
    this = Implementation(name="thinkific-mcp call", version=VERSION)

    async def ask() -> CallToolResult:
        async with Client(server, elicitation_callback=person.asked, client_info=this) as client:
            with line:
                tell = line.tell if sys.stderr.isatty() else None
                return await client.call_tool(tool, given, progress_callback=tell)

    try:
        result = anyio.run(ask)
    except KeyboardInterrupt:
        unknown = _unknown_outcome(offer, given, guard, has_allowed=person.has_allowed)
        if not unknown:
            raise
        print(f"Stopped. {unknown}", file=sys.stderr)
        return 130
    if person.has_interrupted:
        raise KeyboardInterrupt
    if target and not result.is_error:
        return _written(offer, result, target, read_fields(offer.result_type(), given.get("fields", [])))
    return _shown(offer, result, person, as_json=as_json)


def _target(offer: type[Offer], csv: str | None) -> CsvTarget | None:
    if csv is None:
        return None
    if offer.spec.effect != "read":
        raise SettingsError(
            f"--csv is for tools that read: {offer.spec.name} changes something. Nothing was sent."
        )
    return CsvTarget(csv)


def _form(settings: Settings, *, is_whole: bool) -> Form:
    """Return how the answer is written: in full for who is no model, unless a limit was asked for."""
    is_limited = "result_limit" in settings.model_fields_set and not is_whole
    return form_of(settings) if is_limited else replace(form_of(settings), limit=0)


def _written(offer: type[Offer], result: CallToolResult, target: CsvTarget, fields: Sequence[str]) -> int:
    """Write a result as CSV, say what it is, and return the exit code."""
    data: Mapping[str, Any] = result.structured_content or {}
    is_list = _is_list(offer)
    rows: list[Mapping[str, Any]] = data["items"] if is_list else [data]
    try:
        target.write(csv_file(rows, offer.result_type(), fields))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    part = f": {_part(result)}" if is_list else "."
    print(f"{len(rows)} row{'s' * (len(rows) != 1)} written to {target.name}{part}", file=sys.stderr)
    return 0


def _shown(offer: type[Offer], result: CallToolResult, person: Person, *, as_json: bool) -> int:
    """Print a result, and return the exit code."""
    data: Mapping[str, Any] = result.structured_content or {}
    if result.is_error:
        print(_texts(result).removeprefix(f"Error executing tool {offer.spec.name}: "), file=sys.stderr)
        return 1
    if as_json:
        print(escaped_json(data))
    if list(data) == ["confirmation"] and offer.spec.effect != "read":
        print(person.refusal(data["confirmation"]["status"]), file=sys.stderr)
        return 1
    if not as_json:
        print(_for_people(offer, result))
    elif data.get("complete") is False:
        print(_part(result), file=sys.stderr)
    return 0


def _check_offered(tool: str, offered_tools: Sequence[str], settings: Settings) -> None:
    if tool in offered_tools:
        return
    check_journal([tool], settings)
    if tool in OPERATIONS or tool in JOURNAL_TOOLS:
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


def _unknown_outcome(offer: type[Offer], given: Mapping[str, Any], guard: Guard, *, has_allowed: bool) -> str:
    """Say of an interrupted call where to look; nothing where nothing can have been changed."""
    if offer.spec.effect == "read" or guard.dry_run:
        return ""
    try:
        asked = read_arguments(offer, listed_schema(offer), given)
    except ArgumentError:
        return ""
    operation = cast(Operation[Any], asked) if isinstance(asked, Operation) else None
    is_asked_about = guard.asks(operation) if operation else guard.mode != "never"
    if is_asked_about and not has_allowed:
        return ""
    return may_have_been_made(operation) if operation else _UNDO_MAY_HAVE_BEEN_MADE


def _texts(result: CallToolResult) -> str:
    return "\n".join(_blocks(result))


def _blocks(result: CallToolResult) -> list[str]:
    return [block.text for block in result.content if isinstance(block, TextContent)]


def _part(result: CallToolResult) -> str:
    """Return what a list says of which part it is: notes may follow it."""
    return _blocks(result)[-1].partition("\n")[0]


def _is_list(offer: type[Offer]) -> bool:
    return issubclass(offer.result_type(), Page)


def _for_people(offer: type[Offer], result: CallToolResult) -> str:
    data: Mapping[str, Any] = result.structured_content or {}
    if list(data) == ["done"]:
        return cleaned(str(data["done"]))
    if list(data) == ["dry_run"]:
        return cleaned_lines(_texts(result))
    if not _is_list(offer):
        return record(data)
    rows = cast(list[dict[str, Any]], data["items"])
    part = _part(result)
    width = shutil.get_terminal_size((120, 24)).columns
    return f"{table(rows, width)}\n{part}" if rows else part
