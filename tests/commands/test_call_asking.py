"""`thinkific-mcp call` with somebody at a terminal, who is asked before a change."""

import json
from collections.abc import Sequence

import httpx2
import pytest

from .conftest import Run
from .terminal import CLEARED, CTRL_C, Stream, at_a_terminal

NEW_EMAIL = ("update_user", '{"user_id": "1", "email": "new@example.com"}')
DELETION = ("delete_user", '{"user_id": "2"}')
QUESTION = "Do it? [y/N] "
NAME_WANTED = "Type it, or nothing to leave it be: "
NOBODY = "Not done, since nobody can be asked. Add --yes to do it."
SLOW = "waiting for Thinkific's answer, for 2 s now "


@pytest.fixture
def account(address: str, environment: pytest.MonkeyPatch) -> str:
    """Set a school that is served, and return its address."""
    environment.setenv("THINKIFIC_BASE_URL", address)
    environment.setenv("THINKIFIC_ACCESS_TOKEN", "sandbox")
    return address


def meet_slowness(address: str, match: str, **options: object) -> None:
    fault = {"kind": "slow", "match": match, **options}
    httpx2.post(f"{address}/_sandbox/faults", json=fault).raise_for_status()


def email(run: Run, school: Sequence[str] = ()) -> str:
    return json.loads(run("call", "get_user", '{"user_id": 1}', "--json", *school).out)["email"]


def is_there(run: Run, user_id: int, school: Sequence[str]) -> bool:
    return run("call", "get_user", json.dumps({"user_id": user_id}), *school).code == 0


@pytest.mark.parametrize("typed", ["y", "YES", " Yes "])
def test_a_yes_does_it(run: Run, school: Sequence[str], typed: str) -> None:
    asked = at_a_terminal(*NEW_EMAIL, *school, script=[(QUESTION, f"{typed}\n".encode())])
    assert (asked.code, asked.out) == (0, "User 1 updated: email.\n")
    assert asked.err.startswith('Update user "Margit Halvorsen"') and asked.err.endswith(f"{typed}\r\n")
    assert email(run, school) == "new@example.com"


@pytest.mark.parametrize("typed", [b"\n", b"no\n", b"yess\n", b"\xff\n"])
def test_anything_else_is_a_no_and_told_once(run: Run, school: Sequence[str], typed: bytes) -> None:
    asked = at_a_terminal(*NEW_EMAIL, *school, script=[(QUESTION, typed)])
    assert (asked.code, asked.out, asked.err.splitlines()[-1]) == (1, "", "Not done.")
    assert asked.err.lower().count("not done") == 1 and "The person" not in asked.err
    assert email(run, school) == "margit@example.com"


def test_the_end_of_the_input_is_a_no_on_a_line_of_its_own(run: Run, school: Sequence[str]) -> None:
    asked = at_a_terminal(*NEW_EMAIL, *school, script=[(QUESTION, b"\x04")])
    assert (asked.code, asked.err.endswith(f"{QUESTION}\r\nNot done.\r\n")) == (1, True)
    assert email(run, school) == "margit@example.com"


def test_ctrl_c_at_the_question_sends_nothing_and_leaves_nothing_open(run: Run, school: Sequence[str]) -> None:
    asked = at_a_terminal(*NEW_EMAIL, *school, script=[(QUESTION, CTRL_C)])
    assert (asked.code, asked.out, asked.err.endswith(f"{QUESTION}\r\n")) == (130, "", True)
    assert email(run, school) == "margit@example.com"


def test_as_json_a_no_is_structured(school: Sequence[str]) -> None:
    asked = at_a_terminal(*NEW_EMAIL, "--json", *school, script=[(QUESTION, b"n\n")])
    assert (asked.code, json.loads(asked.out)["confirmation"]["status"]) == (1, "declined")
    assert asked.err.splitlines()[-1] == "Not done."


# Deleting a student


@pytest.mark.parametrize("typed", ["Tomás Echeverría", "tomas  echeverria"])
def test_a_student_is_deleted_when_the_name_is_typed(run: Run, school: Sequence[str], typed: str) -> None:
    asked = at_a_terminal(*DELETION, *school, script=[(NAME_WANTED, f"{typed}\n".encode())])
    assert (asked.code, 'To confirm, type: "Tomás Echeverría"' in asked.err) == (0, True)
    assert not is_there(run, 2, school)


@pytest.mark.parametrize(
    ("typed", "words"), [(b"y\n", "Not done: what you typed is another name."), (b"\n", "Not done.")]
)
def test_a_student_is_not_deleted_by_habit(run: Run, school: Sequence[str], typed: bytes, words: str) -> None:
    asked = at_a_terminal(*DELETION, *school, script=[(NAME_WANTED, typed)])
    assert (asked.code, asked.err.splitlines()[-1]) == (1, words)
    assert is_there(run, 2, school)


# Who cannot be asked


@pytest.mark.parametrize("stream", ["stdin", "stderr"])
def test_who_does_not_see_the_question_or_cannot_answer_is_not_asked(
    school: Sequence[str], stream: Stream
) -> None:
    refused = at_a_terminal(*NEW_EMAIL, *school, streams=[stream])
    assert (refused.code, refused.err.splitlines()[-1], QUESTION in refused.err) == (1, NOBODY, False)


def test_who_has_typed_the_arguments_is_not_asked(run: Run, school: Sequence[str]) -> None:
    typed = f"{NEW_EMAIL[1]}\n\x04y\n".encode()
    refused = at_a_terminal("update_user", "-", *school, script=[("", typed)])
    assert (refused.code, refused.err.splitlines()[-1], QUESTION in refused.err) == (1, NOBODY, False)
    assert email(run, school) == "margit@example.com"


# What happens meanwhile


@pytest.mark.usefixtures("account")
def test_what_changed_while_somebody_thought_is_asked_about_again(run: Run) -> None:
    def change_it() -> None:
        assert run("call", "update_user", '{"user_id": "1", "last_name": "Berg"}').code == 0

    again = 'It changed while you were asked. As it is now:\r\n\r\nUpdate user "Margit Berg"'
    script = [(QUESTION, change_it), ("", b"y\n"), (again, b""), (QUESTION, b"n\n")]
    asked = at_a_terminal(*NEW_EMAIL, script=script)
    assert (asked.code, asked.err.count(QUESTION), email(run)) == (1, 2, "margit@example.com")


def test_what_is_waited_for_is_gone_before_the_question(account: str) -> None:
    meet_slowness(account, "GET /users/{id}", seconds=2.4)
    asked = at_a_terminal(*NEW_EMAIL, script=[(QUESTION, b"n\n")])
    assert asked.err.startswith(f"{CLEARED}{SLOW}{CLEARED}Update user")


def test_ctrl_c_before_the_question_leaves_nothing_open(account: str) -> None:
    meet_slowness(account, "GET /users/{id}", seconds=3600)
    stopped = at_a_terminal(*NEW_EMAIL, script=[(SLOW, CTRL_C)])
    assert (stopped.code, stopped.err) == (130, f"{CLEARED}{SLOW}{CLEARED}")


@pytest.mark.parametrize("is_asked", [True, False], ids=["asked", "with yes"])
def test_ctrl_c_after_the_yes_says_which_tool_tells_whether_it_was_done(account: str, is_asked: bool) -> None:
    meet_slowness(account, "PUT /users/{id}", seconds=3600)
    answer, flags = ([(QUESTION, b"y\n")], []) if is_asked else ([], ["--yes"])
    stopped = at_a_terminal(*NEW_EMAIL, *flags, script=[*answer, (SLOW, CTRL_C)])
    assert stopped.code == 130
    assert "Stopped. The change may have been made all the same: look with get_user (user_id)" in stopped.err


def test_ctrl_c_in_an_undo_says_where_to_look(run: Run, account: str) -> None:
    run("call", *NEW_EMAIL, "--yes")
    (change,) = json.loads(run("call", "list_changes", '{"limit": 1}', "--json").out)["items"]
    meet_slowness(account, "PUT /users/{id}", seconds=3600)
    undo = json.dumps({"change_id": change["change_id"]})
    stopped = at_a_terminal("undo_change", undo, script=[(QUESTION, b"y\n"), (SLOW, CTRL_C)])
    assert stopped.code == 130
    assert "Stopped. The undo may have been made all the same: look with list_changes" in stopped.err
