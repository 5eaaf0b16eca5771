"""Answers that differ from the document: none of them may make a call fail, or break a promise of ours."""

import csv
import json
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp_types import CallToolResult, TextContent

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.result import Page
from thinkific_mcp.results.form import Form

from .conftest import TABLES, assert_valid, opened, text_of
from .examples import EXAMPLES

READS = sorted(name for name, operation in OPERATIONS.items() if operation.spec.effect == "read")
CREATIONS = sorted(name for name, operation in OPERATIONS.items() if operation.spec.effect == "create")
FIELDS = sorted(
    {"items", "meta", "pagination", "site_script", "current_page", "prev_page", "created at"}.union(
        *(getattr(operation.result_type(), "model_fields", {}) for operation in OPERATIONS.values())
    )
)
# Numbers that JSON can write and few can read, and half a character.
ODDITIES = [
    "1e400",
    "-1e400",
    "NaN",
    "1" * 400,
    '"\\ud800"',
    '"9' + "9" * 5000 + '"',
    "[" * 60 + "]" * 60,
    "[" * 400 + "]" * 400,
]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8)
JSON = st.recursive(
    SCALARS | st.integers().map(str) | st.floats().map(str),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(st.characters(), max_size=6), inner, max_size=6)
    ),
    max_leaves=25,
)
LISTS = st.fixed_dictionaries(
    {"items": JSON}, optional={"meta": JSON | st.fixed_dictionaries({"pagination": JSON})}
)


async def answered(tool: str, body: str | bytes, form: Form = TABLES) -> CallToolResult:
    """Call a tool on a Thinkific that answers with this body, and hold the result against our own schema."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=body))
    async with opened(transport, [tool], "auto", form=form) as client:
        result = await client.call_tool(tool, EXAMPLES[tool].required)
        (listed,) = (await client.list_tools()).tools
    if not result.is_error:
        assert_valid(listed.output_schema, result.structured_content)
        # What goes to the host is JSON that anyone can read, and so is its text.
        json.loads(result.model_dump_json(), parse_constant=pytest.fail)
        kind = OPERATIONS[tool].result_type()
        if kind is not None and issubclass(kind, Page) and form.text == "table":
            assert_table(result)
        elif "done" not in (result.structured_content or {}):
            json.loads(text_of(result).split("\n")[0], parse_constant=pytest.fail)
    return result


def assert_table(result: CallToolResult) -> None:
    """Hold the text of a list against its rows: a line for each, and as many cells in each as in the header."""
    laid, told = text_of(result).split("\n"), result.content[-1]
    assert isinstance(told, TextContent)
    lines = laid[: -len(told.text.split("\n"))]
    if lines:
        assert result.structured_content is not None
        assert len(lines) == len(result.structured_content["items"]) + 1
        assert len({len(cells) for cells in csv.reader(lines, strict=True)}) == 1


async def content(tool: str, answer: Any) -> dict[str, Any]:
    """Return the structured content of a successful call on a Thinkific that answers this."""
    result = await answered(tool, json.dumps(answer))
    assert not result.is_error, text_of(result)
    return result.structured_content or {}


async def test_null_fields_are_left_out() -> None:
    assert await content("get_course", {"id": 3, "name": None, "chapter_ids": None}) == {"id": 3}


async def test_missing_fields_are_missing() -> None:
    assert await content("get_user", {}) == {}


async def test_unknown_fields_are_kept() -> None:
    assert await content("get_chapter", {"id": 1, "colour": {"hue": 3}}) == {"id": 1, "colour": {"hue": 3}}


async def test_fields_of_another_type_are_shown_as_they_came() -> None:
    answer = {"id": 1, "name": ["a"], "roles": "site_admin", "custom_profile_fields": "none"}
    assert await content("get_user", answer) == answer


async def test_a_number_that_is_none_is_left_out() -> None:
    assert await content("get_chapter", {"id": "first", "position": [1], "duration_in_seconds": "long"}) == {}


async def test_numbers_that_come_as_strings_are_numbers() -> None:
    answer = {"id": "7", "percentage_completed": "0.35", "completed": "false"}
    expected = {"id": 7, "percentage_completed": 0.35, "completed": False}
    assert await content("get_enrollment", answer) == expected


async def test_numbers_within_lists_and_lists_of_objects_are_numbers() -> None:
    answer = {"id": 1, "chapter_ids": ["1", 2.0], "product_prices": [{"price": "10.0", "is_primary": "true"}]}
    assert (await content("get_course", answer))["chapter_ids"] == [1, 2]
    assert (await content("get_product", answer))["product_prices"] == [{"price": 10, "is_primary": True}]


async def test_an_order_may_spell_its_date_either_way() -> None:
    date = "2026-01-02T03:04:05Z"
    assert await content("get_order", {"created at": date}) == {"created_at": date}
    assert await content("get_order", {"created_at": date}) == {"created_at": date}


@pytest.mark.parametrize("wrapped", [True, False])
async def test_a_site_script_may_be_wrapped(wrapped: bool) -> None:
    script = {"id": "01H", "name": "Timer"}
    assert await content("get_site_script", {"site_script": script} if wrapped else script) == script


async def test_the_site_scripts_of_a_list_may_be_wrapped() -> None:
    answer = {"items": [{"site_script": {"id": "01H"}}, {"id": "01J"}]}
    assert (await content("list_site_scripts", answer))["items"] == [{"id": "01H"}, {"id": "01J"}]


async def test_a_list_may_come_bare() -> None:
    assert await content("list_courses", [{"id": 1}, {"id": 2}]) == {"items": [{"id": 1}, {"id": 2}]}


async def test_a_list_may_come_without_its_pages() -> None:
    result = await answered("list_groups", json.dumps({"items": [{"id": 1}], "meta": None}))
    assert text_of(result).splitlines() == ["id", "1", "1 item", "empty: name, token, created_at"]


async def test_the_items_of_a_list_may_be_null() -> None:
    assert await content("list_groups", {"items": None}) == {"items": []}


async def test_an_item_that_is_no_object_is_shown_all_the_same() -> None:
    assert (await content("list_groups", {"items": [7, None, {"id": 1}]}))["items"][-1] == {"id": 1}


async def test_an_answer_that_is_no_object_is_shown_all_the_same() -> None:
    assert await content("get_course", "see elsewhere") == {"answer": "see elsewhere"}


async def test_fields_of_old_themes_are_not_shown() -> None:
    assert await content("get_course", {"id": 3, "banner_image_url": "https://x", "subtitle": "Old"}) == {"id": 3}


@pytest.mark.parametrize("tool", READS)
@pytest.mark.parametrize("answer", [None, [], {}, 0, "", [None], {"items": {}}, {"site_script": None}])
async def test_an_answer_of_any_shape_is_an_answer(tool: str, answer: Any) -> None:
    assert not (await answered(tool, json.dumps(answer))).is_error


@pytest.mark.parametrize("oddity", ODDITIES)
async def test_odd_json_in_any_field_breaks_nothing(oddity: str) -> None:
    body = "{" + ",".join(f'"{name}":{oddity}' for name in ("id", "name", "price", "hidden", "new")) + "}"
    result = await answered("get_product", body)
    assert not result.is_error, text_of(result)
    result = await answered("list_products", '{"items":[' + body + '],"meta":{"pagination":' + body + "}}")
    assert not result.is_error, text_of(result)


@given(tool=st.sampled_from(READS), answer=JSON | LISTS, form=st.sampled_from([TABLES, Form("json")]))
@settings(max_examples=250, deadline=None)
async def test_any_json_at_all_breaks_no_read(tool: str, answer: Any, form: Form) -> None:
    assert not (await answered(tool, json.dumps(answer), form)).is_error


@given(tool=st.sampled_from(CREATIONS), answer=JSON | LISTS)
@settings(max_examples=100, deadline=None)
async def test_any_json_at_all_breaks_no_creation(tool: str, answer: Any) -> None:
    assert not (await answered(tool, json.dumps(answer))).is_error


@given(tool=st.sampled_from(READS), body=st.binary(max_size=40))
@settings(max_examples=50, deadline=None)
async def test_bytes_that_are_no_json_are_an_error_that_says_so(tool: str, body: bytes) -> None:
    try:
        json.loads(body)
    except ValueError:
        result = await answered(tool, body)
        assert result.is_error
        assert "Thinkific" in text_of(result)


@pytest.mark.parametrize("body", ['{"name": "\\ud800"}'.encode("utf-16"), b'{"name": "\xed\xa0\x80"}'])
async def test_an_answer_in_another_encoding_is_an_error_that_says_so(body: bytes) -> None:
    result = await answered("get_group", body)
    assert (result.is_error, "not JSON" in text_of(result)) == (True, True)
