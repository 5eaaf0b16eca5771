"""Lists as compact tables."""

import csv
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.result import Page, Result
from thinkific_mcp.results.table import table
from thinkific_mcp.values import AsItCame, Boolean, DeprecatedText, Integer, Integers, Text


class Answer(Result):
    told_by = ("label", "value")

    id: Integer = None
    label: Text = None
    value: Text = None


class Baker(Result):
    id: Integer = None
    name: Text = None
    baked: Integers = None
    answers: Annotated[list[Answer] | None, AsItCame] = None
    is_away: Boolean = None
    old_name: DeprecatedText = None


def text(rows: list[Any], *fields: str) -> list[str]:
    """Return the lines of a table."""
    laid = table(rows, Page[Baker], fields)
    return [laid.header, *laid.lines]


def test_a_table_has_a_header_and_a_line_for_each_row() -> None:
    assert text([{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}]) == ["id,name", "1,Ada", "2,Bo"]


def test_columns_stand_in_the_order_of_the_type_and_unknown_ones_behind_them() -> None:
    assert text([{"zest": 1, "name": "Ada", "id": 1}])[0] == "id,name,zest"


def test_what_holds_a_comma_or_a_quote_is_quoted() -> None:
    assert text([{"name": 'Ada "the oven", Park'}])[1] == '"Ada ""the oven"", Park"'


def test_booleans_are_yes_and_no_and_numbers_as_in_json() -> None:
    rows = [{"is_away": True, "new": 0.5}, {"is_away": False, "new": 2}]
    assert text(rows) == ["is_away,new", "yes,0.5", "no,2"]


def test_a_cell_without_a_value_is_empty() -> None:
    assert text([{"id": 1, "name": "Ada"}, {"id": 2}])[2] == "2,"


def test_a_list_stands_in_one_cell() -> None:
    assert text([{"baked": [1, 2, 3]}])[1] == "1; 2; 3"


def test_objects_within_rows_are_columns_named_by_both() -> None:
    rows = [{"oven": {"size": 2, "maker": {"name": "Marlow"}}}, {"oven": {"size": 3}}]
    assert text(rows) == ["oven.size,oven.maker.name", "2,Marlow", "3,"]


def test_objects_that_have_little_in_common_stand_in_one_cell_each() -> None:
    assert text([{"set": {"a": 1}}, {"set": {"b": 2}}, {"set": {"c": [3], "d": None}}]) == [
        *("set", "a=1", "b=2"),
        "c=[3]; d=",
    ]


def test_in_a_list_of_objects_each_is_its_telling_part() -> None:
    answers = [{"id": 7, "label": "Region", "value": "EU"}, {"label": "Phone"}, {"value": "late"}]
    assert text([{"answers": answers}])[1] == "Region=EU; Phone=; late"


def test_objects_that_nothing_is_known_of_are_told_in_full() -> None:
    assert text([{"tools": [{"a": 1, "b": True}, {"a": 2}]}])[1] == "a=1; b=yes; a=2"


def test_an_object_that_has_no_telling_part_is_told_in_full() -> None:
    assert text([{"answers": [{"id": 7}]}])[1] == "id=7"


def test_one_value_cannot_pass_for_two() -> None:
    assert text([{"answers": [{"label": "Bio", "value": "x; Role=admin"}]}])[1] == '"Bio=""x; Role=admin"""'
    assert text([{"baked": ["1; 2"]}])[1] == '"""1; 2"""'


def test_columns_without_any_value_are_left_out_and_told() -> None:
    laid = table([{"id": 1, "name": "", "baked": [], "new": {}}], Baker)
    assert (laid.header, laid.empty) == ("id", ["name", "baked", "answers", "is_away", "new"])


def test_the_columns_asked_for_are_those_that_are_shown() -> None:
    rows = [{"id": 1, "name": "Ada", "answers": [{"label": "Region", "value": "EU"}, {"label": "Phone"}]}]
    assert text(rows, "old_name", "answers.label", "id") == ["old_name,answers.label,id", ",Region; Phone,1"]


def test_what_is_asked_for_below_nothing_is_empty() -> None:
    assert text([{"answers": [{"id": 1}]}, {}, {"answers": "none"}], "id", "answers.label")[1:] == [",", ",", ","]


def test_a_list_of_which_nothing_is_what_is_asked_for_is_empty() -> None:
    assert text([{"id": 1, "answers": [{"id": 1}, {"id": 2}]}], "id", "answers.label")[1] == "1,"


@pytest.mark.parametrize("row", [None, 7, "Ada", ["Ada"]])
def test_a_row_that_is_no_object_is_a_row(row: Any) -> None:
    assert len(text([row, {"id": 1}])) == 3
    assert len(text([row, {"id": 1}], "id", "name")) == 3


def test_rows_without_anything_have_no_table() -> None:
    assert table([{}, {}], Baker).header == ""


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\n\r\t\v\f\x1c\x85\u2028\u2029",;='))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(list(Baker.model_fields)) | TEXTS
ROWS = st.lists(st.dictionaries(NAMES, VALUES, max_size=5), min_size=1, max_size=6)


@given(ROWS, st.lists(st.sampled_from(["id", "name", "answers.label", "new.a"]), max_size=3))
def test_whatever_rows_hold_each_is_one_line_with_every_column(rows: list[Any], fields: list[str]) -> None:
    laid = table(rows, Baker, fields)
    lines = [laid.header, *laid.lines]
    if laid.header:
        assert "\n".join(lines).splitlines() == lines
        read = list(csv.reader(lines, strict=True))
        assert {len(cells) for cells in read} == {len(read[0])}
    assert len(lines) == len(rows) + 1
