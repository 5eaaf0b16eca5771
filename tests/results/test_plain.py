import json
from typing import Annotated, Any

import pytest

from thinkific_mcp.result import Page, Result
from thinkific_mcp.results import plain
from thinkific_mcp.values import AsItCame, DeprecatedText, Integer, Text


class Lesson(Result):
    name: Text = None
    minutes: Integer = None
    old_name: DeprecatedText = None


class Series(Result):
    title: Text = None
    lessons: Annotated[list[Lesson] | None, AsItCame] = None


def read(result: type[Result], data: Any) -> Any:
    return plain(result.model_validate(data))


def test_nulls_are_left_out_at_any_depth() -> None:
    assert read(Series, {"title": None, "lessons": [{"name": None, "minutes": 3}]}) == {
        "lessons": [{"minutes": 3}]
    }


def test_nulls_within_unknown_objects_are_left_out_too() -> None:
    assert read(Lesson, {"theme": {"a": None, "b": [None, {"c": None}]}}) == {"theme": {"b": [None, {}]}}


@pytest.mark.parametrize("empty", [False, 0, "", [], {}])
def test_what_is_empty_but_not_null_stays(empty: Any) -> None:
    assert read(Lesson, {"theme": empty}) == {"theme": empty}


def test_fields_that_only_old_themes_use_are_left_out() -> None:
    assert read(Series, {"lessons": [{"name": "One", "old_name": "Uno"}]}) == {"lessons": [{"name": "One"}]}


def test_known_fields_come_first_in_their_own_order() -> None:
    assert list(read(Lesson, {"zest": 1, "minutes": 2, "name": "One"})) == ["name", "minutes", "zest"]


def test_a_page_keeps_its_items_and_its_place() -> None:
    answer = {"items": [{"minutes": "3"}], "meta": {"pagination": {"current_page": 1, "next_page": None}}}
    assert read(Page[Lesson], answer) == {"items": [{"minutes": 3}], "page": 1}


def test_what_is_nested_beyond_reading_is_left_out() -> None:
    nested: object = "bottom"
    for _ in range(900):
        nested = [nested]
    assert "bottom" not in json.dumps(plain({"near": "top", "far": nested}))
    assert plain({"near": [["top"]]}) == {"near": [["top"]]}
