import json
from typing import Annotated, Any

import pytest

from thinkific_mcp.result import Page, Result
from thinkific_mcp.results import plain
from thinkific_mcp.results.plain import readable
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


@pytest.mark.parametrize(
    ("time", "read"),
    [
        ("2026-01-31T09:00:00.000Z", "2026-01-31T09:00:00Z"),
        ("2026-01-31T09:00:00.123456+02:00", "2026-01-31T09:00:00+02:00"),
        ("2026-01-31T09:00:00.5", "2026-01-31T09:00:00"),
        ("2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z"),
        ("at 2026-01-31T09:00:00.000Z", "at 2026-01-31T09:00:00.000Z"),
        ("2026-01-31T09:00:00.000Z\n", "2026-01-31T09:00:00.000Z\n"),
    ],
)
def test_a_time_is_read_in_seconds_and_kept_as_it_is(time: str, read: str) -> None:
    lesson = Lesson.model_validate({"name": time, "theme": [{"at": time}]})
    assert readable(lesson) == {"name": read, "theme": [{"at": read}]}
    assert plain(lesson) == {"name": time, "theme": [{"at": time}]}


def test_fields_of_old_themes_can_be_read_on_demand() -> None:
    assert readable(Lesson.model_validate({"old_name": "Uno"}), all_fields=True) == {"old_name": "Uno"}
