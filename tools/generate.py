"""Write what is derived from the code: tables of the README and the docs, schemas, tool snapshots, server.json.

    python tools/generate.py            write everything
    python tools/generate.py --check    only say what is out of date; exit 1 if anything is

A test does the same check, so a change of a tool, a setting or the version shows as a change of these files.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr

from thinkific_mcp.api import OPERATIONS, TOOLSETS
from thinkific_mcp.client.retries import TABLE
from thinkific_mcp.guard.changes import CHANGES
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.operation import Offer
from thinkific_mcp.results import compact
from thinkific_mcp.server.schemas import BUILT_AHEAD, input_schema
from thinkific_mcp.server.tools import as_tool, describe
from thinkific_mcp.settings import HostingSettings, Settings, options, variable

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = Path("thinkific_mcp/server") / BUILT_AHEAD.name
SNAPSHOTS = Path("tests/snapshots/tools")
RELIABILITY = Path("docs/reliability.md")
CHANGES_DOC = Path("docs/changes.md")
HOSTING = Path("docs/hosting.md")
OFFERS: Mapping[str, Sequence[type[Offer]]] = {**TOOLSETS, "changes": CHANGES}
SERVER_NAME = "io.github.thinkific-mcp/thinkific-mcp"
REPOSITORY = "https://github.com/thinkific-mcp/thinkific-mcp"
HOSTED_ONLY = list(HostingSettings.model_fields)
OF_ALL = [name for name in Settings.model_fields if name not in HOSTED_ONLY]


def generated() -> dict[Path, str]:
    """Return every derived file, by its path from the root, with the content it should have."""
    readme = (ROOT / "README.md").read_text("utf-8")
    readme = _between(readme, "tools", tool_table())
    readme = _between(readme, "settings", settings_table())
    reliability = _between((ROOT / RELIABILITY).read_text("utf-8"), "retries", retry_table())
    changes = _between((ROOT / CHANGES_DOC).read_text("utf-8"), "changes", change_table())
    hosting = _between((ROOT / HOSTING).read_text("utf-8"), "settings", hosting_table())
    files = {
        Path("README.md"): readme,
        RELIABILITY: reliability,
        CHANGES_DOC: changes,
        HOSTING: hosting,
        Path("server.json"): _json(server_json()),
        SCHEMAS: input_schemas(),
    }
    offers = [offer for toolset in OFFERS.values() for offer in toolset]
    return files | {SNAPSHOTS / f"{offer.spec.name}.json": _json(snapshot(offer)) for offer in offers}


def out_of_date() -> list[Path]:
    """Return the derived files that are missing, changed, or no longer derived from anything."""
    wanted = generated()
    changed = [path for path, text in wanted.items() if not _holds(ROOT / path, text)]
    orphans = [SNAPSHOTS / path.name for path in (ROOT / SNAPSHOTS).glob("*.json")]
    return changed + [path for path in orphans if path not in wanted]


def snapshot(offer: type[Offer]) -> Mapping[str, Any]:
    """Return a tool's definition as hosts are shown it."""
    tool = as_tool(offer, Guard(), input_schema(offer))
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": tool.parameters,
        "outputSchema": tool.output_schema,
        "annotations": tool.annotations.model_dump(by_alias=True, exclude_none=True) if tool.annotations else {},
        "_meta": tool.meta,
    }


def input_schemas() -> str:
    """Return the schemas of all tools' arguments, a line for each tool."""
    offers = [offer for toolset in OFFERS.values() for offer in toolset]
    lines = (f'"{offer.spec.name}":{compact(input_schema(offer))}' for offer in offers)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def tool_table() -> str:
    """Return the README's table of tools."""
    rows = [
        (toolset, f"`{offer.spec.name}`{_mark(offer)}", re.split(r"(?<=\.)\s", describe(offer), maxsplit=1)[0])
        for toolset, offers in OFFERS.items()
        for offer in offers
    ]
    return _table(("toolset", "tool", "what it does"), rows)


def _mark(offer: type[Offer]) -> str:
    if offer.spec.effect == "read":
        return ""
    if not offer.spec.guarded:
        return " *"
    return " **(!)**" if offer.spec.guarded.startswith("only when") else " **!**"


def settings_table() -> str:
    """Return the README's table of settings: all but those of the hosted server."""
    return _table(
        ("variable", "flag", "default", "what it is"),
        [(f"`{variable(name)}`", _flag(name), _default(name), _words(name)) for name in OF_ALL],
    )


def hosting_table() -> str:
    """Return the table of settings that only the hosted server has."""
    return _table(
        ("variable", "default", "what it is"),
        [(f"`{variable(name)}`", _default(name), _words(name)) for name in HOSTED_ONLY],
    )


def _flag(name: str) -> str:
    flags = options()
    return f"`--{name.replace('_', '-')} {flags[name].metavar}".strip() + "`" if name in flags else ""


def _words(name: str) -> str:
    return Settings.model_fields[name].description or ""


def _default(name: str) -> str:
    default = Settings.model_fields[name].default
    if default is True:
        return "on"
    return "" if default in ("", None, False, [], {}) else f"{default}"


def retry_table() -> str:
    """Return the table of what follows a failure."""
    rows = [(failure.value, for_read.value, for_write.value) for failure, (for_read, for_write) in TABLE.items()]
    return _table(("failure", "a read", "a write"), rows)


def change_table() -> str:
    """Return the table of writes: what is asked about, and what can be taken back."""
    rows: list[Sequence[str]] = []
    for operation in OPERATIONS.values():
        spec = operation.spec
        if spec.effect != "read":
            asked = spec.guarded if spec.guarded.startswith("only") else f"yes: {spec.guarded}"
            rows.append((f"`{spec.name}`", asked if spec.guarded else "no", spec.undo or "cannot"))
    return _table(("tool", "asked about", "undo_change"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = [" | ".join(cell.replace("|", r"\|") for cell in row) for row in [header, *rows]]
    lines = [f"| {row} |" for row in written]
    return "\n".join([lines[0], f"|{'---|' * len(header)}", *lines[1:]])


def server_json() -> Mapping[str, Any]:
    """Return the entry of the MCP registry."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    package = {"registryType": "pypi", "identifier": project["name"], "version": project["version"]}
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": SERVER_NAME,
        "title": "Thinkific",
        "description": project["description"],
        "version": project["version"],
        "repository": {"url": REPOSITORY, "source": "github"},
        "packages": [
            {
                **package,
                "runtimeHint": "uvx",
                "transport": {"type": "stdio"},
                "environmentVariables": _variables(OF_ALL, required=("subdomain", "api_key")),
            },
            {
                **package,
                "runtimeHint": "uvx",
                "packageArguments": [
                    {"type": "positional", "value": "http"},
                    {"type": "named", "name": "--port", "default": "8000"},
                ],
                "transport": {"type": "streamable-http", "url": "http://127.0.0.1:{--port}/mcp"},
                "environmentVariables": _variables([*OF_ALL, *HOSTED_ONLY]),
            },
        ],
    }


def _variables(names: Sequence[str], required: Sequence[str] = ()) -> Sequence[Mapping[str, Any]]:
    fields = Settings.model_fields
    return [
        {
            "name": variable(name),
            "description": (fields[name].description or "").replace("`", ""),
            **({"isRequired": True} if name in required else {}),
            **({"isSecret": True} if SecretStr in get_args(fields[name].annotation) else {}),
            **({"format": "boolean"} if fields[name].annotation is bool else {}),
        }
        for name in names
    ]


def _between(text: str, name: str, table: str) -> str:
    start, end = f"<!-- {name}: generated by tools/generate.py -->", f"<!-- /{name} -->"
    before, found_start, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not (found_start and found_end):
        raise SystemExit(f"There is no place for the table of {name}: {start} … {end}")
    return f"{before}{start}\n{table}\n{end}{after}"


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def main() -> int:
    """Write or check the derived files."""
    parser = argparse.ArgumentParser(description="Write what is derived from the code.")
    parser.add_argument("--check", action="store_true", help="only say what is out of date")
    stale = out_of_date()
    if parser.parse_args().check:
        for path in stale:
            print(f"out of date: {path}")
        return 1 if stale else 0
    wanted = generated()
    for path in stale:
        if path in wanted:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(wanted[path], "utf-8")
            print(f"wrote {path}")
        else:
            (ROOT / path).unlink()
            print(f"removed {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
