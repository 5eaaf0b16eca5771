"""Results that are too long: whole rows or fields are left out, and it is said how to get them."""

import csv
import io
import json
import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp_types import CallToolResult, ResourceLink, TextContent

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.promotions import CreateCouponsInBulk
from thinkific_mcp.api.users import ListUsers
from thinkific_mcp.operation import Operation
from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server.answers import answer
from thinkific_mcp.server.kept import Kept

from .conftest import assert_valid, opened, text_of
from .examples import NOW

Row = dict[str, Any]


@pytest.fixture(scope="module")
def school() -> Generator[Sandbox]:
    sandbox = Sandbox(students=588, now=lambda: NOW)  # with the staff, 600 users
    yield sandbox
    sandbox.close()


async def limited(
    sandbox: Sandbox, tool: str, most: int, text: Literal["table", "json"] = "table", /, **arguments: Any
) -> CallToolResult:
    """Call a tool whose results may have so many bytes, and hold the result against its schema."""
    transport = httpx2.ASGITransport(sandbox)
    async with opened(transport, [tool], "auto", form=Form(text, most)) as client:
        (listed,) = (await client.list_tools()).tools
        result = await client.call_tool(tool, arguments)
    assert_valid(listed.output_schema, result.structured_content)
    return result


def length(result: CallToolResult) -> int:
    return sum(len(block.text.encode()) for block in result.content if isinstance(block, TextContent))


def data_of(result: CallToolResult) -> Row:
    assert result.structured_content is not None
    return result.structured_content


def shown_rows(result: CallToolResult) -> int:
    """Return how many rows the text has."""
    first = result.content[0]
    assert isinstance(first, TextContent)
    if first.text.startswith('{"items":'):
        return len(json.loads(first.text)["items"])
    return len(list(csv.reader(first.text.split("\n"), strict=True))) - 1


def words_of(result: CallToolResult) -> str:
    """Return what is said of a list."""
    return [block.text for block in result.content if isinstance(block, TextContent)][-1].split("\n")[0]


@pytest.mark.parametrize("text", ["table", "json"])
async def test_rows_beyond_the_limit_are_left_out_of_text_and_structure(
    text: Literal["table", "json"], school: Sandbox
) -> None:
    result = await limited(school, "list_users", 9000, text, limit=250)
    data = data_of(result)
    shown = len(data["items"])
    assert (0 < shown < 250, shown_rows(result), length(result) <= 9000) == (True, shown, True)
    assert words_of(result) == (
        f"items 1–{shown} of 600; stopped at the result limit: go on with page 2, limit {shown}, "
        "or name the fields you need"
    )
    assert {name: value for name, value in data.items() if name != "items"} == {
        "page": 1,
        "total_pages": 3,
        "total_items": 600,
        "complete": False,
        "stopped": "the result limit",
        "go_on": f"page 2, limit {shown}",
    }


@pytest.mark.parametrize("limit", [250, 600])
async def test_going_on_as_told_gives_every_row_once(limit: int, school: Sandbox) -> None:
    arguments, ids, calls = {"limit": limit}, list[int](), 0
    transport = httpx2.ASGITransport(school)
    async with opened(transport, ["list_users"], "auto", form=Form(limit=9000)) as client:
        while arguments and calls < 60:
            data, calls = data_of(await client.call_tool("list_users", arguments)), calls + 1
            ids += [user["id"] for user in data["items"]]
            arguments = following(data, arguments["limit"])
    assert sorted(ids) == list(range(1, 601))
    assert calls < 30


def following(data: Mapping[str, Any], limit: int) -> dict[str, int]:
    """Return the arguments of the next page; none after the last."""
    if "go_on" in data:
        page, limit = map(int, re.findall(r"\d+", data["go_on"]))
        return {"page": page, "limit": limit}
    return {"page": data["next_page"], "limit": limit} if data.get("next_page") else {}


async def test_without_a_limit_nothing_is_left_out(school: Sandbox) -> None:
    result = await limited(school, "list_users", 0, limit=600)
    assert (len(data_of(result)["items"]), shown_rows(result), length(result) > 40_000) == (600, 600, True)


async def test_the_limit_counts_bytes_not_characters(school: Sandbox) -> None:
    users = [{"id": number, "full_name": "晶" * 100} for number in range(20)]
    result = answer(ListUsers(), page_of(users), form=Form(limit=4000))
    assert (len(data_of(result)["items"]), length(result) <= 4000) == (12, True)


async def test_fields_make_room_for_more_rows(school: Sandbox) -> None:
    whole = await limited(school, "list_users", 9000, limit=250)
    part = await limited(school, "list_users", 9000, limit=250, fields=["id", "email"])
    assert len(data_of(part)["items"]) > 2 * len(data_of(whole)["items"])


@pytest.mark.parametrize(
    ("fields", "hint"),
    [([], ", or name the fields you need"), (["id", "bio"], ", or name fewer fields"), (["bio"], "")],
)
def test_the_hint_fits_what_was_asked_for(fields: Sequence[str], hint: str) -> None:
    users = [{"id": number, "bio": "Baker. " * 20} for number in range(20)]
    result = answer(ListUsers(), page_of(users), form=Form(limit=1500), fields=fields)
    assert words_of(result).partition("go on with")[2] == f" page 2, limit {len(data_of(result)['items'])}{hint}"


def test_a_row_that_alone_is_too_long_is_not_cut() -> None:
    users = [{"id": 1, "bio": "x" * 5000}]
    result = answer(ListUsers(), page_of(users), form=Form(limit=1000))
    assert (
        text_of(result)
        == "no row fits: the first has 5002 bytes, the result limit is 1000; name the fields you need"
    )
    assert (data_of(result)["items"], data_of(result)["complete"]) == ([], False)
    result = answer(ListUsers(), page_of(users), form=Form(limit=1000), fields=["bio"])
    assert text_of(result).endswith("; needs a higher THINKIFIC_RESULT_LIMIT")


@pytest.mark.parametrize(("limit", "is_told"), [(600, False), (3000, True)])
def test_what_is_left_out_of_all_rows_is_said_where_it_takes_a_quarter_at_most(limit: int, is_told: bool) -> None:
    users = [{"id": number, "full_name": "Ada", "bio": "Baker. " * 5} for number in range(250)]
    result = answer(ListUsers(limit=250), page_of(users), form=Form(limit=limit))
    assert ("\nempty: first_name, " in text_of(result)) == is_told


def test_a_list_without_rows_is_within_any_limit() -> None:
    result = answer(ListUsers(page=9), page_of([], number=9, total=600), form=Form(limit=1))
    assert text_of(result) == "no items on page 9, 600 in all"


def test_what_is_left_out_of_all_rows_is_not_said_where_that_would_cost_a_row() -> None:
    page = page_of([{"id": 1, "full_name": "Ada"}])
    whole = answer(ListUsers(), page, form=Form(limit=0))
    result = answer(ListUsers(), page, form=Form(limit=length(whole) - 1))
    assert text_of(result).split("\n") == ["id,full_name", "1,Ada", "items 1–1 of 1"]


def test_what_a_deadline_cut_short_goes_on_where_the_limit_cut_it() -> None:
    page = page_of([{"id": number, "bio": "Baker. " * 20} for number in range(500)], total=2000)
    told = {"complete": False, "stopped": "the deadline", "go_on": "page 2, limit 500", "next_page": None}
    result = answer(ListUsers(limit=2000), page.model_copy(update=told), form=Form(limit=5000))
    shown = len(data_of(result)["items"])
    assert data_of(result)["go_on"] == f"page 2, limit {shown}"
    assert words_of(result).startswith(f"items 1–{shown} of 2000; stopped at the result limit: go on with page 2,")


@pytest.mark.parametrize("told", [{"page": None}, {"page": 2, "next_page": 3}])
def test_where_a_page_does_not_say_where_it_stands_no_page_is_named(told: Mapping[str, Any]) -> None:
    page = page_of([{"id": number, "bio": "Baker. " * 20} for number in range(100)], total=2000)
    page = page.model_copy(update={**told, "go_on": "page 9, limit 250", "complete": False})
    result = answer(ListUsers(limit=250), page, form=Form(limit=5000))
    shown = len(data_of(result)["items"])
    assert words_of(result) == (
        f"{shown} items of 2000; stopped at the result limit: ask for a smaller limit, or name the fields you need"
    )
    assert "go_on" not in data_of(result)


def test_a_change_that_answers_with_a_list_says_what_reads_the_rest() -> None:
    asked = CreateCouponsInBulk(promotion_id=4, bulk_quantity=100)
    page = asked.receive(201, [{"id": number, "code": f"CRUMB{number}"} for number in range(100)])
    result = answer(asked, page, form=Form(limit=700))
    assert re.fullmatch(
        r"\d\d items; stopped at the result limit: read the rest with list_coupons \(promotion_id\)",
        words_of(result),
    )


def test_of_one_thing_the_longest_fields_are_left_out() -> None:
    course = GetCourse(course_id=3).receive(200, {"id": 3, "description": "d" * 900, "keywords": "k" * 50})
    result = answer(GetCourse(course_id=3), course, form=Form(limit=700))
    assert [block.text for block in result.content if isinstance(block, TextContent)] == [
        '{"id":3,"keywords":"' + "k" * 50 + '"}',
        "left out, as 700 bytes is the result limit: description (918 bytes); get each by its name in fields; "
        "one over 700 bytes needs a higher THINKIFIC_RESULT_LIMIT",
    ]
    assert data_of(result) == {"id": 3, "keywords": "k" * 50, "left_out": ["description"]}


def test_several_fields_are_left_out_where_one_is_not_enough() -> None:
    fields = {"id": 3, **{f"note{number}": "n" * (300 + number) for number in range(9)}}
    result = answer(GetCourse(course_id=3), GetCourse(course_id=3).receive(200, fields), form=Form(limit=2100))
    assert length(result) <= 2100
    assert data_of(result)["left_out"] == ["note8", "note7", "note6"]
    assert text_of(result).endswith("note6 (318 bytes); get each by its name in fields")


def test_where_a_file_can_be_had_the_whole_is_in_it() -> None:
    kept = Kept()
    users = [{"id": number, "full_name": "Ada", "bio": "=x" * 70} for number in range(20)]
    result = answer(ListUsers(), page_of(users), form=Form(limit=1500), kept=kept)
    *_, link = result.content
    assert isinstance(link, ResourceLink)
    assert (link.name.startswith("list_users"), length(result) <= 1500) == (True, True)
    assert text_of(result).endswith("\nAll that was read is in the linked file.")
    rows = list(csv.reader(io.StringIO(kept.read(link.name) or "", newline="")))
    assert [row[0] for row in rows] == ["id", *map(str, range(20))]


def test_what_fits_is_kept_in_no_file() -> None:
    result = answer(ListUsers(), page_of([{"id": 1}]), kept=Kept())
    assert all(isinstance(block, TextContent) for block in result.content)


def page_of(rows: Sequence[Row], *, number: int = 1, size: int = 250, total: int | None = None) -> Any:
    """Return a page of users as Thinkific would give it."""
    count = len(rows) if total is None else total
    following = number + 1 if number * size < count else None
    pagination = {"current_page": number, "next_page": following, "total_items": count}
    operation: Operation[Any] = ListUsers()
    return operation.receive(200, {"items": list(rows), "meta": {"pagination": pagination}})


USERS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "full_name": st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
            "bio": st.integers(0, 60).map(lambda size: "é\n," * size),
            "custom_profile_fields": st.lists(
                st.fixed_dictionaries({"label": st.text("ab;", max_size=9)}), max_size=3
            ),
            "new": st.integers(),
        },
    ),
    max_size=60,
)


@given(USERS, st.integers(300, 2000), st.integers(1, 40), st.sampled_from(["table", "json"]), st.booleans())
@settings(max_examples=60)
def test_whatever_the_rows_are_the_limit_holds_and_going_on_as_told_gives_each_once(
    users: list[Row], limit: int, size: int, text: Literal["table", "json"], keeps: bool
) -> None:
    users = [{"id": number, **user} for number, user in enumerate(users)]
    arguments: dict[str, int] = {"page": 1, "limit": size}
    ids: list[int] = []
    while arguments:
        number, size = arguments["page"], arguments["limit"]
        page = page_of(users[(number - 1) * size : number * size], number=number, size=size, total=len(users))
        result = answer(
            ListUsers(page=number, limit=size), page, form=Form(text, limit), kept=Kept() if keeps else None
        )
        data = data_of(result)
        assert length(result) <= limit
        if data["items"]:
            assert shown_rows(result) == len(data["items"])
        ids += [user["id"] for user in data["items"]]
        arguments = following(data, size)
        if not arguments and "complete" in data:  # a row that is too long by itself: go on behind it
            assert text_of(result).startswith("no row fits")
            ids.append(number * size - size)
            arguments = {"page": len(ids) + 1, "limit": 1} if len(ids) < len(users) else {}
    assert ids == list(range(len(users)))


@given(
    st.dictionaries(st.text(max_size=50), st.integers(0, 900).map("é".__mul__), max_size=12),
    st.integers(300, 2000),
)
def test_whatever_the_fields_are_the_limit_holds(fields: Row, limit: int) -> None:
    course = GetCourse(course_id=3).receive(200, fields)
    assert length(answer(GetCourse(course_id=3), course, form=Form(limit=limit))) <= limit
