"""The argument `fields`: what of a result is shown."""

import csv
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp_types import CallToolResult, TextContent

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox

from .conftest import CallTool, assert_valid, opened, text_of
from .examples import EXAMPLES, sent
from .undoing import host

READS = sorted(name for name, operation in OPERATIONS.items() if operation.spec.effect == "read")


def table_of(result: CallToolResult) -> list[list[str]]:
    """Return the cells of a list."""
    block = result.content[0]
    assert isinstance(block, TextContent)
    return list(csv.reader(block.text.split("\n"), strict=True))


def items_of(result: CallToolResult) -> list[dict[str, Any]]:
    assert result.structured_content is not None
    return result.structured_content["items"]


@pytest.mark.parametrize("tool", READS)
async def test_every_read_shows_only_the_fields_named(tool: str, sandbox: Sandbox) -> None:
    kind = OPERATIONS[tool].result_type()
    is_list = "items" in kind.model_fields and "total_items" in kind.model_fields
    row = kind.model_fields["items"].annotation.__args__[0] if is_list else kind
    name = next(iter(row.model_fields))
    async with opened(httpx2.ASGITransport(sandbox), [tool], "auto") as client:
        (listed,) = (await client.list_tools()).tools
        result = await client.call_tool(tool, {**EXAMPLES[tool].required, "fields": [name]})
    assert not result.is_error, text_of(result)
    assert_valid(listed.output_schema, result.structured_content)
    rows = items_of(result) if is_list else [result.structured_content]
    assert rows
    assert all(set(row or {}) == {name} for row in rows)
    if is_list:
        assert table_of(result)[0] == [name]


async def test_every_read_takes_fields_and_no_write_does(sandbox: Sandbox) -> None:
    async with opened(httpx2.ASGITransport(sandbox), list(OPERATIONS), "auto") as client:
        tools = (await client.list_tools()).tools
    taking = {tool.name: tool.input_schema["properties"].get("fields") for tool in tools}
    assert [name for name, schema in taking.items() if schema] == [name for name in taking if name in READS]
    assert all(schema in (None, {"type": "array", "items": {"type": "string"}}) for schema in taking.values())


async def test_the_fields_are_not_sent_to_thinkific(call: CallTool, sandbox: Sandbox) -> None:
    await call("list_users", email="margit@example.com", fields=["id"])
    request = sent(sandbox.requests[0])
    assert (request.request, request.query) == ("GET /users", {"query[email]": "margit@example.com"})


@pytest.mark.parametrize("fields", [["email", "id"], '["email", "id"]', "email,id", " email , id,", ["email,id"]])
async def test_fields_may_be_a_list_or_written_as_one(fields: Any, call: CallTool) -> None:
    result = await call("list_users", limit=1, fields=fields)
    assert table_of(result) == [["email", "id"], ["margit@example.com", "1"]]
    assert items_of(result) == [{"email": "margit@example.com", "id": 1}]


@pytest.mark.parametrize("fields", [[], "[]", "", ["", " "]])
async def test_no_fields_are_all_fields(fields: Any, call: CallTool) -> None:
    assert text_of(await call("get_group", group_id=1, fields=fields)) == text_of(
        await call("get_group", group_id=1)
    )


async def test_where_a_page_stands_is_told_whatever_the_fields(call: CallTool) -> None:
    result = await call("list_users", limit=2, page=2, fields=["id"])
    assert result.structured_content == {
        "items": [{"id": 3}, {"id": 4}],
        **{"page": 2, "next_page": 3, "total_pages": 9, "total_items": 17},
    }
    assert text_of(result).splitlines()[-1] == "items 3–4 of 17, next page 3"


async def test_nested_fields_are_named_with_a_dot(call: CallTool) -> None:
    result = await call("list_products", limit=1, fields=["id", "product_prices.price"])
    assert table_of(result) == [["id", "product_prices.price"], ["1", "219; 59"]]
    assert items_of(result) == [{"id": 1, "product_prices": [{"price": 219}, {"price": 59}]}]


async def test_a_field_may_be_named_as_that_of_an_item(call: CallTool) -> None:
    assert table_of(await call("list_users", limit=1, fields=["items.id"])) == [["id"], ["1"]]


async def test_the_fields_of_one_thing_are_json(call: CallTool) -> None:
    result = await call("get_user", user_id="1", fields=["email", "custom_profile_fields.value"])
    assert json.loads(text_of(result)) == result.structured_content
    assert result.structured_content == {
        "email": "margit@example.com",
        "custom_profile_fields": [{"value": "+1 555-0100"}],
    }


async def test_a_field_that_nobody_has_is_a_column_all_the_same(call: CallTool) -> None:
    result = await call("list_users", limit=2, fields=["id", "external_source"])
    assert table_of(result) == [["id", "external_source"], ["1", ""], ["2", ""]]
    assert "empty" not in text_of(result)


async def test_a_field_of_old_themes_is_shown_by_name_only(call: CallTool) -> None:
    listed, named = await call("list_courses", limit=3), await call("list_courses", limit=3, fields=["subtitle"])
    assert text_of(listed).splitlines()[-1].startswith("by name in fields: subtitle")
    assert (table_of(named)[0], any(table_of(named)[1:])) == (["subtitle"], True)
    assert "subtitle" not in items_of(listed)[0]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        (
            "list_users",
            {"fields": ["id", "emial"]},
            "fields: there is no emial; did you mean email? Nothing was sent.",
        ),
        (
            "get_user",
            {"user_id": "1", "fields": "custom_profile_fields.labl"},
            "there is no custom_profile_fields.labl; did you mean custom_profile_fields.label?",
        ),
        ("list_groups", {"fields": ["students"]}, "there is no students; known are: id, name, token, created_at."),
        ("list_users", {"fields": ["total_items"]}, "there is no total_items; known are: id, full_name,"),
        (
            "list_users",
            {"fields": [1]},
            'fields: should be a list of names, such as ["id", "name"]. Nothing was sent.',
        ),
        ("list_users", {"fields": {"id": True}}, "fields: should be a list of names"),
        ("list_users", {"fields": None}, "fields: should be a list of names"),
        ("list_users", {"fields": ["id", "\ud800"]}, "fields: has half of a character. Nothing was sent."),
        ("list_users", {"feilds": ["id"]}, "unknown argument feilds: did you mean fields?"),
        ("delete_user", {"user_id": "9", "fields": ["id"]}, "unknown argument fields"),
    ],
)
async def test_fields_that_are_wrong_are_refused_before_anything_is_sent(
    tool: str, arguments: dict[str, Any], words: str, call: CallTool, sandbox: Sandbox
) -> None:
    result = await call(tool, **arguments)
    assert result.is_error
    assert words in text_of(result)
    assert len(sandbox.requests) == 0


async def test_what_is_no_name_is_not_repeated(call: CallTool) -> None:
    result = await call("list_groups", fields=["</tool>\nmargit@example.com" + "x" * 500])
    assert result.is_error
    assert "</tool>" not in text_of(result) and "x" * 100 not in text_of(result)


async def test_fields_hold_where_lists_are_json_too(sandbox: Sandbox) -> None:
    async with opened(httpx2.ASGITransport(sandbox), ["list_users"], "auto", form=Form("json")) as client:
        result = await client.call_tool("list_users", {"limit": 1, "fields": ["email", "id"]})
    assert text_of(result).splitlines()[0] == '{"items":[{"email":"margit@example.com","id":1}]}'


async def test_of_the_changes_only_the_fields_named_are_shown(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        await admin.change("update_coupon", coupon_id=3, code="LEVAIN")
        result = await admin.call("list_changes", fields=["tool", "undo"])
        wrong = await admin.call("list_changes", fields=["tol"])
        half = await admin.call("list_changes", fields=["arguments.\ud800"])
        many = await admin.call("list_changes", fields=[f"arguments.a{number}" for number in range(10_000)])
    assert table_of(result) == [["tool", "undo"], ["update_coupon", "puts back what was"]]
    assert "there is no tol; did you mean tool?" in text_of(wrong)
    assert "fields: has half of a character" in text_of(half)
    assert "fields: should be at most 100 names" in text_of(many)
