"""What docs/tokens.md shows is what the demo school answers."""

import csv
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox

from .server.conftest import opened, text_of
from .server.searching import OFFERS
from .server.test_surface import searched

PAGE = (Path(__file__).parents[1] / "docs" / "tokens.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def shown(language: str = "") -> str:
    """Return what stands in the page's first block of a language."""
    return next(text for kind, text in BLOCKS if kind == language)


def rows_under(heading: str) -> dict[str, str]:
    """Return a table of the page: what something does, by its name."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE))


async def test_the_arguments_that_it_shows_bring_only_their_fields() -> None:
    arguments = json.loads(shown("json"))
    async with opened(httpx2.ASGITransport(Sandbox()), ["list_enrollments"], "auto") as client:
        result = await client.call_tool("list_enrollments", arguments)
    assert text_of(result).splitlines()[0] == ",".join(arguments["fields"])


async def test_the_table_that_it_shows_is_a_part_of_a_real_one() -> None:
    header, *rows = shown().splitlines()
    async with opened(httpx2.ASGITransport(Sandbox()), ["list_users"], "auto") as client:
        result = await client.call_tool("list_users", {"fields": header.split(",")})
    first, *others = text_of(result).splitlines()
    assert rows
    assert (first, [row for row in others if row in rows]) == (header, rows)


def test_the_command_that_it_shows_writes_a_file_of_all_students(tmp_path: Path) -> None:
    prompt, program, *arguments = shlex.split(shown("console"))
    assert (prompt, program) == ("$", "thinkific-mcp")
    command = [sys.executable, "-m", "thinkific_mcp", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, encoding="utf-8", timeout=60)
    (file,) = tmp_path.iterdir()
    assert file.name == "students.csv"
    header = next(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert header[:2] == ["id", "full_name"]
    assert re.search(r"items 1–(\d+) of \1$", done.stderr)


def test_the_limit_that_it_names_is_that_of_results() -> None:
    assert f"at most {Form().limit:,} bytes of text" in PAGE


async def test_it_names_the_three_tools_of_the_search_surface_and_their_size() -> None:
    async with searched(Sandbox()) as client:
        tools = (await client.list_tools()).tools
    assert list(rows_under("Three tools in the place of all")) == [tool.name for tool in tools]
    read = [
        {"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema} for tool in tools
    ]
    assert "some 1,200 bytes" in PAGE
    assert len(json.dumps(read, separators=(",", ":")).encode()) == pytest.approx(1_200, rel=0.1)


async def test_it_tells_every_prompt_by_its_description() -> None:
    async with opened(httpx2.ASGITransport(Sandbox()), list(OFFERS), "auto") as client:
        prompts = (await client.list_prompts()).prompts
    assert rows_under("Resources and prompts") == {prompt.name: prompt.description for prompt in prompts}


async def test_the_resources_that_it_names_are_there() -> None:
    async with opened(httpx2.ASGITransport(Sandbox()), list(OFFERS), "auto") as client:
        resources, templates = await client.list_resources(), await client.list_resource_templates()
    uris = {resource.uri for resource in resources.resources}
    kinds = {template.uri_template for template in templates.resource_templates}
    named = re.findall(r"`(thinkific://[^`]+)`", PAGE)
    assert named == ["thinkific://guide", "thinkific://courses/{course_id}"]
    assert set(named) <= uris | kinds
    assert f"{named[1]}/outline" in kinds
