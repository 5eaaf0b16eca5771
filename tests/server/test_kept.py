"""Long answers: the whole of one is a file that the host can save."""

import csv
import io
from collections.abc import Mapping
from typing import Any, cast

import httpx2
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ResourceLink, TextResourceContents

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import Thinkific
from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server
from thinkific_mcp.server.kept import Kept

from .conftest import KEY, Era, opened

SMALL = Form(limit=1_000)


def host(sandbox: Sandbox, era: Era = "auto", form: Form = SMALL) -> Client:
    """Connect to a server whose answers are short."""
    return opened(httpx2.ASGITransport(sandbox), ["list_courses"], era, form=form)


async def courses(client: Client, limit: int = 16) -> CallToolResult:
    return await client.call_tool("list_courses", {"limit": limit})


def items(result: CallToolResult) -> list[dict[str, Any]]:
    return cast(dict[str, Any], result.structured_content)["items"]


def link_in(result: CallToolResult) -> ResourceLink:
    (link,) = [block for block in result.content if isinstance(block, ResourceLink)]
    return link


async def contents(client: Client, link: ResourceLink) -> TextResourceContents:
    (content,) = (await client.read_resource(link.uri)).contents
    return cast(TextResourceContents, content)


def rows(text: str) -> list[Mapping[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_what_was_left_out_of_an_answer_is_in_the_file_that_it_links_to(sandbox: Sandbox, era: Era) -> None:
    async with host(sandbox, era, form=Form(limit=0)) as client:
        whole = items(await courses(client))
    async with host(sandbox, era) as client:
        answer = await courses(client)
        file = rows((await contents(client, link_in(answer))).text)
    assert [row["id"] for row in file] == [str(course["id"]) for course in whole]
    assert len(items(answer)) < len(whole)


async def test_the_link_says_what_the_file_is_and_that_it_is_for_the_person(sandbox: Sandbox) -> None:
    async with host(sandbox) as client:
        link = link_in(await courses(client))
        content = await contents(client, link)
    assert (link.mime_type, link.size) == ("text/csv", len(content.text.encode()))
    assert link.annotations and link.annotations.audience == ["user"]
    assert (content.mime_type, content.uri) == ("text/csv", link.uri)
    assert link.name.startswith("list_courses-") and link.name.endswith(".csv") and link.uri.endswith(link.name)


async def test_an_answer_that_is_shown_in_full_is_no_file(sandbox: Sandbox) -> None:
    async with host(sandbox) as client:
        result = await courses(client, limit=1)
    assert not [block for block in result.content if isinstance(block, ResourceLink)]


async def test_an_earlier_file_is_there_beside_a_later_one(sandbox: Sandbox) -> None:
    async with host(sandbox) as client:
        first, second = link_in(await courses(client)), link_in(await courses(client, limit=15))
        assert len(rows((await contents(client, first)).text)) > len(rows((await contents(client, second)).text))


async def test_of_many_files_the_oldest_is_gone_and_says_what_to_do(sandbox: Sandbox) -> None:
    async with host(sandbox) as client:
        links = [link_in(await courses(client)) for _ in range(9)]
        assert (await contents(client, links[1])).text
        with pytest.raises(MCPError, match=r"no longer kept: call the tool again"):
            await client.read_resource(links[0].uri)


async def test_a_link_of_an_earlier_run_leads_to_no_other_answer(sandbox: Sandbox) -> None:
    async with host(sandbox) as client:
        link = link_in(await courses(client))
    async with host(sandbox) as client:
        await courses(client)
        with pytest.raises(MCPError, match=r"no longer kept"):
            await client.read_resource(link.uri)


async def test_a_server_of_many_clients_keeps_nothing(sandbox: Sandbox) -> None:
    thinkific = Thinkific(KEY, transport=httpx2.ASGITransport(sandbox))
    server = build_server(lambda: thinkific, [OPERATIONS["list_courses"]], form=SMALL, keeps=False)
    async with Client(server) as client:
        result = await courses(client)
        templates = (await client.list_resource_templates()).resource_templates
    assert len(items(result)) < 16
    assert not [block for block in result.content if isinstance(block, ResourceLink)]
    assert not [each for each in templates if each.uri_template.startswith("thinkific://results/")]


@pytest.mark.parametrize(
    ("sizes", "left"),
    [((12, 12), 2), ((12, 12, 12), 2), ((1, 1, 30, 1), 3), ((1, 40), 1), ((40, 1), 1), ((1,) * 20, 8)],
    ids=str,
)
def test_files_are_kept_as_long_as_there_is_room(sizes: tuple[int, ...], left: int) -> None:
    kept = Kept()
    links = [kept.keep("list_courses", "x" * size * 1_000_000) for size in sizes]
    assert [kept.read(link.name) is not None for link in links] == [False] * (len(sizes) - left) + [True] * left
