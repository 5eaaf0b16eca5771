"""How much a model reads before it has called anything: the sizes of the tools as a host lists them.

Counted are name, description and input schema as compact JSON, as bytes of UTF-8 and as o200k tokens, and beside
them what the output schemas add. It ends with 1 when a total is over its limit.

Tokens are counted by the npm package gpt-tokenizer, under Node: `npm install gpt-tokenizer` in this folder or one
above it, or name a node_modules folder with --node-modules or NODE_PATH. Without it only bytes are counted.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.server import build_server, select

LIMITS = {"bytes": 40_000, "tokens": 9_500, "output schema bytes": 24_000}
LARGEST = 15

_COUNT = """
const { countTokens } = require("gpt-tokenizer/encoding/o200k_base");
const texts = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => countTokens(text))));
"""

Definition = dict[str, Any]


def main() -> int:
    """Count, print, and tell whether all totals are within their limits."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--all", action="store_true", help=f"print every tool, not only the {LARGEST} largest")
    parser.add_argument("--node-modules", type=Path, metavar="DIR", help="where gpt-tokenizer is installed")
    options = parser.parse_args()
    tools = anyio.run(listed_tools)
    read = [{key: tool[key] for key in ("name", "description", "inputSchema")} for tool in tools]
    whole = [{**shown, "outputSchema": tool["outputSchema"]} for shown, tool in zip(read, tools, strict=True)]
    texts = [compact(read), *map(compact, read)]
    tokens = count_tokens(texts, options.node_modules)
    sizes = [size(text) for text in texts]
    totals = {"bytes": sizes[0], "output schema bytes": size(compact(whole)) - sizes[0]}
    if tokens:
        totals["tokens"] = tokens[0]

    print(f"| tool | bytes |{' tokens |' if tokens else ''} output schema bytes |")
    print(f"|---|---:|{'---:|' if tokens else ''}---:|")
    by_size = sorted(range(len(tools)), key=lambda place: -sizes[place + 1])
    for place in by_size if options.all else by_size[:LARGEST]:
        numbers = [sizes[place + 1], *tokens[place + 1 : place + 2], size(compact(tools[place]["outputSchema"]))]
        print(f"| {tools[place]['name']} | {' | '.join(f'{number:,}' for number in numbers)} |")
    print(f"\n| all {len(tools)} tools | is | at most |\n|---|---:|---:|")
    for name, total in totals.items():
        print(f"| {name} | {total:,} | {LIMITS[name]:,} |")
    if not tokens:
        print("\nTokens are not counted: install Node and `npm install gpt-tokenizer` (see --help).")
    return 0 if all(total <= LIMITS[name] for name, total in totals.items()) else 1


async def listed_tools() -> Sequence[Definition]:
    """List all tools as a host does; nothing is sent to any school for that."""
    server = build_server(lambda: Thinkific(ApiKey("nobody", "nothing")), select(changes=True))
    async with Client(server) as client:
        tools = (await client.list_tools()).tools
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


def compact(value: Any) -> str:
    """Write JSON as it goes over the wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def size(text: str) -> int:
    """Count the bytes of UTF-8."""
    return len(text.encode())


def count_tokens(texts: Sequence[str], node_modules: Path | None) -> Sequence[int]:
    """Count the o200k tokens of each text; nothing is returned where there is no Node or gpt-tokenizer."""
    node = shutil.which("node")
    if node is None:
        return []
    environment: Mapping[str, str] = os.environ | ({"NODE_PATH": str(node_modules)} if node_modules else {})
    counted = subprocess.run(
        [node, "-e", _COUNT],
        input=json.dumps(texts),
        capture_output=True,
        check=False,
        cwd=Path(__file__).parent,
        env=environment,
        text=True,
    )
    if counted.returncode == 0:
        return json.loads(counted.stdout)
    if "Cannot find module" in counted.stderr:
        return []
    raise SystemExit(f"Node cannot count tokens:\n{counted.stderr}")


if __name__ == "__main__":
    sys.exit(main())
