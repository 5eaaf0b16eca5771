"""`thinkific-mcp call`: how much of an answer is shown, and which part of it."""

import json

import pytest

from .conftest import DEMO, Run


def test_a_long_answer_is_shown_in_full(run: Run) -> None:
    listed = run("call", "list_users", '{"limit": 250}', "--json", "--sandbox", "--students", "250").out
    assert (len(listed) > 100_000, len(json.loads(listed)["items"])) == (True, 250)


def test_a_limit_that_is_set_holds_here_too(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_RESULT_LIMIT", "1000")
    shown = json.loads(run("call", "list_courses", "--json", *DEMO).out)["items"]
    assert 0 < len(shown) < 16


def test_a_table_has_only_the_fields_that_were_asked_for(run: Run) -> None:
    lines = run("call", "list_courses", '{"limit": 2, "fields": ["name", "slug"]}', *DEMO).out.splitlines()
    assert (lines[0].split(), lines[-1]) == (["name", "slug"], "items 1–2 of 16, next page 2")
    assert len(lines) == 4


def test_a_record_has_only_the_fields_that_were_asked_for(run: Run) -> None:
    shown = run("call", "get_course", '{"course_id": 1, "fields": ["name"]}', *DEMO)
    assert (shown.code, shown.out) == (0, "name  Sourdough Foundations\n")


@pytest.mark.parametrize("text", ["table", "json"])
def test_however_models_get_a_list_a_person_gets_its_part_behind_it(
    run: Run, environment: pytest.MonkeyPatch, text: str
) -> None:
    environment.setenv("THINKIFIC_TEXT", text)
    lines = run("call", "list_courses", *DEMO).out.splitlines()
    assert (lines[0].split()[:2], lines[-1]) == (["id", "name"], "items 1–16 of 16")


def test_a_tool_is_called_by_its_name_whatever_the_server_lists(run: Run) -> None:
    assert run("call", "get_course", '{"course_id": 1}', "--surface", "search", *DEMO).code == 0
