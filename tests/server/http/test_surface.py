"""The search surface over HTTP: each caller finds and runs what that caller is offered."""

import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from ..conftest import text_of
from .conftest import ERAS, Era, hosted

Site = dict[str, str]


@pytest.fixture
def settings(site: Site, tokens: Path) -> dict[str, Any]:
    return {**site, "http_tokens_file": str(tokens), "surface": "search"}


async def found(client: Client, query: str) -> list[str]:
    """Return the names of the tools that a search brings."""
    return [
        told["name"]
        for told in json.loads(text_of(await client.call_tool("search_tools", {"query": query})))["tools"]
    ]


@pytest.mark.parametrize("era", ERAS)
async def test_a_caller_who_may_only_read_has_no_tool_that_writes(settings: dict[str, Any], era: Era) -> None:
    async with hosted(**settings) as server, server.agent("reader", era=era) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["search_tools", "run_read_tool"]
        names = await found(client, "delete a coupon")
        assert names and "delete_coupon" not in names


async def test_a_tool_is_not_run_for_a_caller_without_its_scope(settings: dict[str, Any]) -> None:
    async with hosted(**settings) as server, server.agent("writer") as client:
        asked = {"tool": "delete_coupon", "arguments": {"coupon_id": 1}}
        result = await client.call_tool("run_write_tool", asked)
        assert result.is_error
        assert text_of(result).startswith("delete_coupon is not offered to you")


async def test_a_client_finds_only_the_toolsets_that_it_asked_for(settings: dict[str, Any]) -> None:
    headers = {"X-MCP-Toolsets": "groups"}
    async with hosted(**settings) as server, server.agent("alice", headers=headers) as client:
        names = await found(client, "list students of a course and delete a coupon, group")
        assert names
        assert all("group" in name or "analyst" in name for name in names)


async def test_every_caller_finds_what_is_offered_to_that_caller(settings: dict[str, Any]) -> None:
    async with hosted(**settings) as server:
        async with server.agent("alice") as alice:
            assert (await found(alice, "delete_coupon"))[0] == "delete_coupon"
        async with server.agent("writer") as writer:
            names = await found(writer, "delete_coupon")
            assert names and "delete_coupon" not in names
