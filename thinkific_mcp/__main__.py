"""The command line: `thinkific-mcp`, the MCP server on stdio, and the commands beside it."""

import argparse
import io
import logging
import sys
from collections.abc import Sequence
from typing import Any, cast

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.settings import Settings, load_settings, options
from thinkific_mcp.unforeseen import kind_and_place
from thinkific_mcp.version import VERSION

_DESCRIPTION = """\
The Thinkific Admin API as tools for AI agents. Without a command it is an MCP server on stdio, which is \
what Claude Desktop and other hosts start.
"""

_EPILOG = """\
Set THINKIFIC_SUBDOMAIN and THINKIFIC_API_KEY to work on your school, or add --sandbox to try a demo school. \
Each flag is also an environment variable: --read-only is THINKIFIC_READ_ONLY.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 fine, 1 failed, 2 wrongly called."""
    given = _given(arguments)
    command: str = given.pop("command", None) or "serve"
    own = {name: given.pop(name) for name in list(given) if name not in Settings.model_fields}
    # A name may hold what the terminal cannot show.
    cast(io.TextIOWrapper, sys.stdout).reconfigure(errors="backslashreplace")
    try:
        settings = load_settings(given)
        logging.basicConfig(
            level=settings.log_level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
        )
        return _run(command, settings, own)
    except SettingsError as error:
        print(f"thinkific-mcp: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone, as `head` does; the rest has nowhere to go.
        sys.stdout = None
        return 0
    except Exception as error:
        print(f"thinkific-mcp itself failed ({kind_and_place(error)}). Please report it.", file=sys.stderr)
        return 1


_NO_ARGUMENTS = "{}"


def _run(command: str, settings: Settings, own: dict[str, Any]) -> int:
    # Imported here, so that each command waits only for what it needs.
    match command:
        case "call":
            from thinkific_mcp.commands.call import call

            return call(
                settings,
                own["tool"],
                own["tool_arguments"],
                as_json=own["json"],
                confirmed=own["yes"],
                csv=own["csv"],
            )
        case "tools":
            from thinkific_mcp.commands.tools import list_tools

            return list_tools(settings, as_json=own["json"])
        case "http":
            from thinkific_mcp.commands.http import serve_http

            return serve_http(settings, host=own["host"], port=own["port"])
        case "sandbox":
            from thinkific_mcp.commands.sandbox import serve_sandbox

            return serve_sandbox(settings, port=own["port"], limit=own["limit"], window=own["window"])
        case "journal":
            from thinkific_mcp.commands.journal import forget

            return forget(settings, own["student"])
        case "token":
            from thinkific_mcp.commands.token import make_token

            return make_token(own["name"], own["scopes"])
        case "doctor":
            from thinkific_mcp.commands.doctor import examine

            return examine(settings)
        case _:
            from thinkific_mcp.commands.serve import serve

            return serve(settings)


def _given(arguments: Sequence[str] | None) -> dict[str, Any]:
    """Read the command line; what is left out is not in the result."""
    parser = _parser()
    read, rest = parser.parse_known_args(arguments)
    given = vars(read)
    has_arguments = given.get("tool_arguments") != _NO_ARGUMENTS
    if given.get("command") == "call" and not has_arguments and len(rest) == 1 and rest[0][:2] != "--":
        # argparse does not see a positional argument that stands behind a flag.
        given["tool_arguments"] = rest.pop()
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return given


def _parser() -> argparse.ArgumentParser:
    flags = _settings_flags()
    parser = argparse.ArgumentParser(
        "thinkific-mcp", description=_DESCRIPTION, epilog=_EPILOG, parents=[flags], allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words, parents=[flags], allow_abbrev=False)

    call = add("call", "call one tool from the terminal")
    call.add_argument("tool", metavar="TOOL", help="the tool's name: see `thinkific-mcp tools`")
    call.add_argument(
        "tool_arguments",
        metavar="ARGUMENTS",
        nargs="?",
        default=_NO_ARGUMENTS,
        help="a JSON object, or - for stdin",
    )
    shape = call.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print the structured result as JSON")
    shape.add_argument("--csv", metavar="FILE", help="write all of the result to FILE as CSV, or to stdout: -")
    call.add_argument("--yes", action="store_true", help="do not ask before a change that wants confirmation")
    tools = add("tools", "list the tools as a host sees them")
    tools.add_argument("--json", action="store_true", help="print the tools' definitions as JSON")
    http = add("http", "serve MCP over Streamable HTTP, for hosted agents")
    http.add_argument("--host", default="127.0.0.1", help="the address to listen at: 127.0.0.1 by default")
    http.add_argument("--port", type=int, default=8000, help="8000, or 0 for a free one")
    http.add_argument(
        "--sites",
        metavar="A,B",
        default=argparse.SUPPRESS,
        help=Settings.model_fields["sites"].description,
    )
    sandbox = add("sandbox", "serve the demo school as an HTTP API of its own, for anything else to call")
    sandbox.add_argument("--port", type=int, default=8080, help="8080, or 0 for a free one")
    sandbox.add_argument("--limit", metavar="N", help="take N requests a minute and 10 at once, as Thinkific does")
    sandbox.add_argument(
        "--window",
        metavar="sliding|fixed",
        help="count over the last 60 seconds, or by the clock's minutes",
    )
    journal = add("journal", "what is written down of changes that were made")
    acts = journal.add_subparsers(title="acts", dest="act", metavar="ACT", required=True)
    forget = acts.add_parser(
        "forget",
        help="erase all that is written down about a student",
        description="Erase all that is written down about a student, in all files of the journal.",
        parents=[flags],
        allow_abbrev=False,
    )
    forget.add_argument("student", metavar="STUDENT", help="the student's id or email")
    token = add("token", "make a bearer token for a caller of `thinkific-mcp http`")
    token.add_argument("name", metavar="NAME", help="what logs and the journal call whoever has it")
    token.add_argument(
        "--scopes", metavar="A,B", default="read", help="read, write and destructive; read by default"
    )
    add("doctor", "check settings and credentials, and print what to put into a host's configuration")
    return parser


def _settings_flags() -> argparse.ArgumentParser:
    """Make a flag of every setting that is marked as one."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("settings")
    for name, option in options().items():
        words = (Settings.model_fields[name].description or "").replace("%", "%%")
        flag = f"--{name.replace('_', '-')}"
        if option.metavar:
            group.add_argument(flag, dest=name, metavar=option.metavar, help=words)
        else:
            group.add_argument(flag, dest=name, action="store_true", help=words)
    return parser


if __name__ == "__main__":
    sys.exit(main())
