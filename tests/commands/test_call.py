import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.responses import JSONResponse

from thinkific_mcp.sandbox.serve import running

from .conftest import DEMO, Outcome, Run, in_a_process


def with_(**arguments: Any) -> str:
    return json.dumps(arguments)


def structured(run: Run, tool: str, arguments: str, flags: Sequence[str]) -> dict[str, Any]:
    return json.loads(run("call", tool, arguments, "--json", *flags).out)


# What is printed


def test_a_list_is_a_table_that_says_which_part_it_shows(run: Run) -> None:
    lines = run("call", "list_courses", with_(limit=2), *DEMO).out.splitlines()
    assert lines[0].split()[:3] == ["id", "name", "slug"]
    assert lines[1].split()[:3] == ["1", "Sourdough", "Foundations"]
    assert lines[-1] == "items 1–2 of 16, next page 2"


def test_a_table_is_as_wide_as_the_terminal(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("COLUMNS", "60")
    lines = run("call", "list_courses", *DEMO).out.splitlines()
    assert max(map(len, lines[:-2])) <= 60
    assert lines[-2].startswith("(not shown: ") and lines[-2].endswith("; --json shows all)")


def test_an_empty_list_says_so(run: Run) -> None:
    assert run("call", "list_users", with_(email="nobody@example.com"), *DEMO).out == "no items\n"


def test_one_thing_is_a_record_with_a_field_a_line(run: Run) -> None:
    lines = run("call", "get_user", with_(user_id=1), *DEMO).out.splitlines()
    assert lines[:2] == ["id                       1", "full_name                Margit Halvorsen"]


def test_an_answer_of_thinkific_is_not_taken_for_what_became_of_asking(
    run: Run, environment: pytest.MonkeyPatch
) -> None:
    with running(JSONResponse({"id": 1, "confirmation": "sent", "dry_run": "no"})) as address:
        for name, value in {"BASE_URL": address, "SUBDOMAIN": "sandbox", "API_KEY": "sandbox"}.items():
            environment.setenv(f"THINKIFIC_{name}", value)
        shown = run("call", "get_course", with_(course_id=1))
    assert (shown.code, shown.out.split()) == (0, ["id", "1", "confirmation", "sent", "dry_run", "no"])


def test_a_change_without_an_answer_says_what_was_done(run: Run, school: Sequence[str]) -> None:
    done = run("call", "update_user", with_(user_id="1", bio="New."), *school)
    assert done == Outcome(0, "User 1 updated: bio.\n", "")


def test_as_json_the_structured_result_is_printed(run: Run) -> None:
    course = structured(run, "get_course", with_(course_id=1), DEMO)
    assert (course["id"], course["name"]) == (1, "Sourdough Foundations")


def test_as_json_a_list_keeps_its_pages(run: Run) -> None:
    page = structured(run, "list_courses", with_(limit=2), DEMO)
    assert ([item["id"] for item in page["items"]], page["total_items"], page["next_page"]) == ([1, 2], 16, 2)


def test_arguments_are_read_from_stdin() -> None:
    read = in_a_process("call", "get_course", "-", "--json", *DEMO, stdin='{"course_id": 2}')
    assert json.loads(read.out)["id"] == 2


def test_a_reader_who_leaves_early_ends_the_call_in_silence() -> None:
    command = [sys.executable, "-m", "thinkific_mcp", "call", "list_users", '{"limit": 250}', "--json"]
    flags = ["--sandbox", "--students", "400"]
    with subprocess.Popen([*command, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"{\n"
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


# What a stranger wrote


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["record", "json"])
def test_what_a_student_wrote_cannot_command_the_terminal(
    run: Run, school: Sequence[str], flags: tuple[str, ...]
) -> None:
    run("call", "update_user", with_(user_id="1", bio="a\x1b[2Jb\x07c\x9bd\u202ee\nf\rg"), *school)
    shown = run("call", "get_user", with_(user_id=1), *flags, *school).out
    assert set("\x1b\x07\x9b\u202e\r") & set(shown) == set()


def test_as_json_no_character_of_what_a_student_wrote_is_lost(run: Run, school: Sequence[str]) -> None:
    bio = "a\x1b[2Jb\x07c\x9bd\u202ee\nf\rg"
    run("call", "update_user", with_(user_id="1", bio=bio), *school)
    assert structured(run, "get_user", with_(user_id=1), school)["bio"] == bio


def test_in_a_table_a_line_break_of_a_student_starts_no_line(run: Run, school: Sequence[str]) -> None:
    run("call", "update_user", with_(user_id="1", first_name="Mar\ngit"), *school)
    listed = run("call", "list_users", with_(email="margit@example.com"), *school).out.splitlines()
    assert listed[1].split()[:2] == ["1", "Mar"]


@pytest.mark.parametrize("name", ["晶晶", "Ａｄａ", "Zoe\u0301", "Ada"])
def test_columns_align_behind_wide_and_combining_characters(run: Run, school: Sequence[str], name: str) -> None:
    run("call", "update_user", with_(user_id="1", first_name=name, last_name="X"), *school)
    heading, row = run("call", "list_users", with_(email="margit@example.com"), *school).out.splitlines()[:2]
    columns = {"晶晶": 4, "Ａｄａ": 6, "Zoe\u0301": 3, "Ada": 3}[name]
    assert heading.index("email") == row.index("margit@") + 2 * (columns - len(name))


# What fails


def test_a_failed_call_says_why_and_what_to_do(run: Run) -> None:
    outcome = run("call", "get_course", with_(course_id=999_999), *DEMO)
    expected = (
        'Not found (404): course_id 999999. Thinkific says: "Record not found." list_courses tells the right id.'
    )
    assert outcome == Outcome(1, "", f"{expected}\n")


def test_wrong_arguments_are_named_and_not_sent(run: Run) -> None:
    outcome = run("call", "get_course", with_(course_id=0, curse_id=1), *DEMO)
    assert (outcome.code, outcome.out) == (1, "")
    assert "curse_id: did you mean course_id?" in outcome.err and "Nothing was sent." in outcome.err


@pytest.mark.parametrize("arguments", ["{'course_id': 1}", "", "[]", "1", "null", "[" * 100_000])
def test_arguments_that_are_no_json_object_are_refused_with_an_example(run: Run, arguments: str) -> None:
    outcome = run("call", "get_course", arguments, *DEMO)
    assert (outcome.code, outcome.out, '{"course_id": 3}' in outcome.err) == (2, "", True)


@pytest.mark.parametrize(
    ("tool", "hint"),
    [
        ("get_curse", "There is no tool 'get_curse'. Did you mean get_course?"),
        ("zzz", "There is no tool 'zzz'. `thinkific-mcp tools` lists them."),
    ],
)
def test_an_unknown_tool_is_answered_with_the_nearest(run: Run, tool: str, hint: str) -> None:
    assert run("call", tool, *DEMO) == Outcome(2, "", f"thinkific-mcp: {hint}\n")


def test_arguments_may_stand_behind_a_flag(run: Run) -> None:
    assert run("call", "get_course", *DEMO, "--json", with_(course_id=3)).code == 0
    refused = run("call", "get_course", *DEMO, with_(course_id=3), "more")
    assert (refused.code, "unrecognized arguments" in refused.err) == (2, True)


def test_a_flag_that_there_is_not_is_not_taken_for_arguments(run: Run) -> None:
    refused = run("call", "list_courses", "--jsn", *DEMO)
    assert (refused.code, "unrecognized arguments: --jsn" in refused.err) == (2, True)


def test_a_tool_that_is_not_offered_cannot_be_called(run: Run) -> None:
    outcome = run("call", "delete_user", with_(user_id="1"), "--yes", "--read-only", *DEMO)
    assert (outcome.code, "delete_user is not offered" in outcome.err) == (2, True)
