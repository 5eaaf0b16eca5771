"""Each tool through an MCP client, in both eras of the protocol: what goes over the wire, and what comes back."""

import json
from collections.abc import AsyncGenerator
from typing import Any, cast

import httpx2
import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox

from .conftest import Era, assert_valid, opened, text_of
from .examples import EXAMPLES, Call, sent

COMPLETE = [
    pytest.param(tool, call, id=f"{tool}-{number}" if number else tool)
    for tool, example in EXAMPLES.items()
    for number, call in enumerate(example.complete)
]
# The rule that one of two arguments is needed cannot stand in a portable schema.
ONE_OF_TWO = {"create_site_script": {"src"}, "update_site_script": {"content"}}


@pytest.fixture
async def client(sandbox: Sandbox, tool: str, era: Era) -> AsyncGenerator[Client]:
    # What is JSON can be read back.
    async with opened(httpx2.ASGITransport(sandbox), [tool], era, form=Form("json")) as client:
        yield client


async def schemas(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the input and the output schema of the only tool."""
    (tool,) = (await client.list_tools()).tools
    return tool.input_schema, tool.output_schema or {}


def read_back(result: CallToolResult) -> dict[str, Any]:
    """Return what the text of a result says, as the structured content would say it."""
    block = result.content[0]
    assert isinstance(block, TextContent)
    try:
        return json.loads(block.text)
    except ValueError:
        return {"done": block.text}


def parts(value: Any) -> list[str]:
    """Return what a text would hold if it repeated a value, or an item of one that is a list."""
    items = cast(list[Any], value) if isinstance(value, list) else [value]
    return [str(item) for item in items if len(str(item)) > 1]


def test_there_are_examples_of_exactly_the_tools_there_are() -> None:
    assert set(EXAMPLES) == set(OPERATIONS)


@pytest.mark.parametrize("tool", EXAMPLES)
async def test_the_examples_cover_exactly_the_arguments_there_are(client: Client, tool: str) -> None:
    schema, _ = await schemas(client)
    given = {name for call in EXAMPLES[tool].complete for name in call.arguments}
    assert given == set(schema["properties"]) - {"fields"}
    assert set(EXAMPLES[tool].required) == {*schema.get("required", []), *ONE_OF_TWO.get(tool, ())}


@pytest.mark.parametrize(("tool", "call"), COMPLETE)
async def test_a_complete_call_sends_exactly_this_request(
    client: Client, sandbox: Sandbox, tool: str, call: Call
) -> None:
    result = await client.call_tool(tool, call.arguments)
    assert not result.is_error, text_of(result)
    assert sandbox.violations == []
    assert [sent(request) for request in sandbox.requests] == [call.sent]
    assert [request.credentials for request in sandbox.requests] == ["correct"]


@pytest.mark.parametrize(("tool", "call"), COMPLETE)
async def test_a_complete_call_returns_what_its_output_schema_promises_as_data_and_as_text(
    client: Client, tool: str, call: Call
) -> None:
    result = await client.call_tool(tool, call.arguments)
    _, output_schema = await schemas(client)
    assert_valid(output_schema, result.structured_content)
    said = read_back(result)
    assert result.structured_content is not None
    assert said == {name: result.structured_content[name] for name in said}
    beside = set(result.structured_content) - set(said)
    assert beside <= {"page", "next_page", "total_pages", "total_items"}


@pytest.mark.parametrize("tool", EXAMPLES)
async def test_a_call_with_only_what_is_required_succeeds(client: Client, sandbox: Sandbox, tool: str) -> None:
    result = await client.call_tool(tool, EXAMPLES[tool].required)
    assert not result.is_error, text_of(result)
    assert sandbox.violations == []
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("tool", EXAMPLES)
async def test_a_wrong_argument_is_named_and_neither_repeated_nor_sent(
    client: Client, sandbox: Sandbox, tool: str
) -> None:
    example = EXAMPLES[tool]
    result = await client.call_tool(tool, example.wrong)
    text = text_of(result)
    assert result.is_error
    assert example.argument in text
    assert not any(part in text for part in parts(example.wrong[example.argument]))
    assert "Nothing was sent." in text
    assert list(sandbox.requests) == []
