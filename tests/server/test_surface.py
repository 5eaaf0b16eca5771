"""The search surface: three tools in the place of 79, which find and run them."""

import csv
import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp_types import TextContent

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import Thinkific
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server

from .conftest import KEY, Era, text_of
from .examples import NOW
from .searching import OFFERS

REQUESTS = Path(__file__).parents[2] / "tools" / "search_requests"


@pytest.fixture(scope="module", autouse=True)
def surface() -> None:
    """Leave it to the tests on which surface they are."""


def searched(sandbox: Sandbox, era: Era = "auto", **options: Any) -> Client:
    """Connect a client to the three tools."""
    offers = options.pop("offers", list(OFFERS.values()))
    guard = options.pop("guard", Guard(now=lambda: NOW))
    server = build_server(
        lambda: Thinkific(KEY, client_secret="sandbox", transport=httpx2.ASGITransport(sandbox)),
        offers,
        guard,
        surface="search",
    )
    return Client(server, mode=era, **options)


@pytest.fixture
async def client(sandbox: Sandbox, era: Era) -> AsyncGenerator[Client]:
    async with searched(sandbox, era) as client:
        yield client


async def find(client: Client, query: str) -> Mapping[str, Any]:
    """Return what a search answers."""
    result = await client.call_tool("search_tools", {"query": query})
    assert not result.is_error
    return json.loads(text_of(result))


async def refusal(client: Client, tool: str, arguments: dict[str, Any]) -> str:
    """Return what is said of a call that is wrong."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return text_of(result)


async def test_three_tools_are_listed_in_under_2500_bytes(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == ["search_tools", "run_read_tool", "run_write_tool"]
    shown = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
    assert len(json.dumps(shown, separators=(",", ":")).encode()) < 2_500


async def test_their_annotations_tell_what_they_may_do(client: Client) -> None:
    told = {tool.name: tool.annotations for tool in (await client.list_tools()).tools}
    assert {name: about.read_only_hint for name, about in told.items() if about} == {
        "search_tools": True,
        "run_read_tool": True,
        "run_write_tool": False,
    }
    writes = told["run_write_tool"]
    assert writes is not None
    assert (writes.destructive_hint, writes.idempotent_hint, writes.open_world_hint) == (True, False, True)


async def test_a_tool_is_found_with_all_that_a_call_of_it_needs(client: Client) -> None:
    first = (await find(client, "let a student into a course"))["tools"][0]
    assert (first["name"], first["run_with"]) == ("create_enrollment", "run_write_tool")
    assert first["description"].startswith("Enroll an existing user in a course.")
    assert {"user_id", "course_id", "activated_at"} <= set(first["inputSchema"]["properties"])
    assert set(first["inputSchema"]["required"]) == {"user_id", "course_id"}


async def test_a_guarded_tool_is_found_with_the_argument_for_its_code(client: Client) -> None:
    first = (await find(client, "delete_coupon"))["tools"][0]
    assert "confirmation" in first["inputSchema"]["properties"]


async def test_what_is_found_is_run(client: Client) -> None:
    result = await client.call_tool("run_read_tool", {"tool": "get_course", "arguments": {"course_id": 3}})
    assert result.structured_content is not None
    assert result.structured_content["id"] == 3


async def test_arguments_may_come_as_json_in_a_string(client: Client) -> None:
    result = await client.call_tool("run_read_tool", {"tool": "get_course", "arguments": '{"course_id": 3}'})
    assert result.structured_content is not None


async def test_a_tool_without_needed_arguments_is_run_without_any(client: Client) -> None:
    assert not (await client.call_tool("run_read_tool", {"tool": "list_groups"})).is_error


async def test_a_tool_may_be_called_by_its_own_name_too(client: Client) -> None:
    assert not (await client.call_tool("get_course", {"course_id": 3})).is_error


async def test_what_changes_something_is_not_run_as_a_read(client: Client, sandbox: Sandbox) -> None:
    words = await refusal(client, "run_read_tool", {"tool": "delete_coupon", "arguments": {"coupon_id": 3}})
    assert words == "delete_coupon is run with run_write_tool. Nothing was done."
    assert sandbox.school.value("SELECT count(*) FROM coupons WHERE id = 3") == 1


async def test_a_read_is_not_run_as_a_write(client: Client) -> None:
    words = await refusal(client, "run_write_tool", {"tool": "get_course", "arguments": {"course_id": 3}})
    assert words == "get_course is run with run_read_tool. Nothing was done."


async def test_wrong_arguments_are_refused_in_the_name_of_the_tool(client: Client) -> None:
    words = await refusal(client, "run_read_tool", {"tool": "get_course", "arguments": {"course": 3}})
    assert words.startswith("Error executing tool get_course: ")
    assert "did you mean course_id?" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            {"tool": "get_corse"},
            "There is no tool 'get_corse'. Did you mean get_course? search_tools finds tools.",
        ),
        ({"tool": "buy_milk"}, "There is no tool 'buy_milk'. search_tools finds tools."),
        ({"tool": "search_tools"}, "There is no tool 'search_tools'. search_tools finds tools."),
        ({"tool": "run_read_tool"}, "There is no tool 'run_read_tool'. search_tools finds tools."),
        ({}, "tool is required. Nothing was sent."),
        ({"tool": 3}, "tool: should be a valid string. Nothing was sent."),
        ({"tool": "get_course", "arguments": [3]}, "arguments: should be an object. Nothing was sent."),
        (
            {"tool": "get_course", "course_id": 3},
            "unknown argument course_id: known are: tool, arguments. Nothing was sent.",
        ),
    ],
)
async def test_a_call_that_names_no_tool_says_how_to_go_on(
    client: Client, arguments: dict[str, Any], words: str
) -> None:
    assert await refusal(client, "run_read_tool", arguments) == words


async def test_a_search_without_words_says_what_is_missing(client: Client) -> None:
    assert await refusal(client, "search_tools", {}) == "query is required. Nothing was sent."


@pytest.mark.parametrize("query", ["", "   ", "?!", "zzqx wvvk", "水"])
async def test_where_nothing_fits_it_says_what_there_are_tools_for(client: Client, query: str) -> None:
    found = await find(client, query)
    assert found["tools"] == []
    assert "users, enrollments, courses" in found["note"]


async def test_what_the_api_cannot_do_is_told_with_the_nearest_way(client: Client) -> None:
    found = await find(client, "unenroll a student from a course")
    assert "expiry_date" in found["note"]
    assert found["tools"][0]["name"] == "update_enrollment"


async def test_an_answer_is_under_6000_bytes_whatever_is_asked(sandbox: Sandbox) -> None:
    lines = (REQUESTS / "tuning.tsv").read_text("utf-8").splitlines()
    asked = [row["request"] for row in csv.DictReader(lines, delimiter="\t")]
    async with searched(sandbox) as client:
        for query in [*asked, *OFFERS, *(" ".join(pair) for pair in zip(OFFERS, list(OFFERS)[1:], strict=False))]:
            result = await client.call_tool("search_tools", {"query": query})
            whole = result.model_dump_json(by_alias=True, exclude_none=True)
            assert len(whole.encode()) < 6_000, query
            assert len(json.loads(text_of(result))["tools"]) <= 6


@pytest.mark.parametrize("tool", OFFERS)
async def test_each_tool_is_found_by_its_name_and_fits_into_an_answer(sandbox: Sandbox, tool: str) -> None:
    async with searched(sandbox) as client:
        assert (await find(client, tool))["tools"][0]["name"] == tool


async def test_a_school_that_is_only_read_has_no_tool_that_writes(sandbox: Sandbox) -> None:
    reads = [offer for offer in OFFERS.values() if offer.spec.effect == "read"]
    async with searched(sandbox, offers=reads) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["search_tools", "run_read_tool"]
        found = await find(client, "delete a coupon")
        assert {told["run_with"] for told in found["tools"]} == {"run_read_tool"}
        assert "There is no tool 'delete_coupon'" in await refusal(
            client, "run_write_tool", {"tool": "delete_coupon", "arguments": {"coupon_id": 3}}
        )


async def test_only_what_is_offered_is_found(sandbox: Sandbox) -> None:
    async with searched(sandbox, offers=[OPERATIONS["list_users"], OPERATIONS["get_course"]]) as client:
        for query in ("refund an order", "find a student by email", "give access"):
            names = {told["name"] for told in (await find(client, query))["tools"]}
            assert names and names <= {"list_users", "get_course"}


async def test_a_listed_tool_is_plain_text_to_a_model(client: Client) -> None:
    result = await client.call_tool("search_tools", {"query": "monthly sales"})
    assert [type(block) for block in result.content] == [TextContent]
    assert result.structured_content is None
