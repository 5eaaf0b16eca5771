"""`thinkific-mcp call` of what a person has to allow."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .conftest import DEMO, Outcome, Run

NEW_USER = {"first_name": "Ada", "last_name": "Park", "email": "ada@example.com"}
SOON = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
LATER = (datetime.now(UTC) + timedelta(days=30)).isoformat()
NEW_EMAIL = '{"user_id": "1", "email": "new@example.com"}'

PREVIEW = """\
Update user "Margit Halvorsen" (id 1, margit@example.com)
- email: "margit@example.com" → "new@example.com"
- From then on they sign in with this email.
- undo_change can take it back: puts back what was; not a password.
School: "sandbox".
"""
NOBODY = "Not done, since nobody can be asked. Add --yes to do it.\n"


def email(run: Run, school: Sequence[str]) -> str:
    return json.loads(run("call", "get_user", '{"user_id": 1}', "--json", *school).out)["email"]


# Where nobody can be asked


def test_a_guarded_change_is_shown_and_refused(run: Run, school: Sequence[str]) -> None:
    assert run("call", "update_user", NEW_EMAIL, *school) == Outcome(1, "", PREVIEW + NOBODY)
    assert email(run, school) == "margit@example.com"


def test_as_json_a_refusal_is_structured(run: Run, school: Sequence[str]) -> None:
    refused = run("call", "update_user", NEW_EMAIL, "--json", *school)
    assert (refused.code, refused.err) == (1, PREVIEW + NOBODY)
    assert json.loads(refused.out) == {"confirmation": {"status": "declined", "preview": PREVIEW.rstrip()}}


def test_with_yes_it_is_made_and_shown(run: Run, school: Sequence[str]) -> None:
    made = run("call", "update_user", NEW_EMAIL, "--yes", *school)
    assert made == Outcome(0, "User 1 updated: email.\n", PREVIEW)
    assert email(run, school) == "new@example.com"


def test_with_yes_no_name_has_to_be_typed(run: Run, school: Sequence[str]) -> None:
    assert run("call", "delete_user", '{"user_id": "2"}', "--yes", *school).code == 0
    assert run("call", "get_user", '{"user_id": "2"}', *school).code == 1


def test_yes_does_not_show_what_is_not_guarded(run: Run, school: Sequence[str]) -> None:
    made = run("call", "update_user", '{"user_id": "1", "bio": "New."}', "--yes", *school)
    assert made == Outcome(0, "User 1 updated: bio.\n", "")


def test_what_is_not_there_is_told_instead_of_shown(run: Run, school: Sequence[str]) -> None:
    refused = run("call", "delete_coupon", '{"coupon_id": 999}', *school)
    assert (
        refused.code,
        refused.err.startswith("Not found (404): coupon_id 999."),
        "Not done" in refused.err,
    ) == (
        1,
        True,
        False,
    )


def test_wrong_arguments_are_refused_without_asking(run: Run) -> None:
    refused = run("call", "delete_user", '{"user_id": "first"}', *DEMO)
    assert (refused.code, "nobody can be asked" in refused.err) == (1, False)


# Which calls


@pytest.mark.parametrize(
    ("tool", "arguments", "is_guarded"),
    [
        ("update_user", {"user_id": "1", "bio": "New."}, False),
        ("update_user", {"user_id": "1", "email": "new@example.com"}, True),
        ("update_user", {"user_id": "1", "password": "correct horse"}, True),
        ("update_user", {"user_id": "1", "roles": []}, True),
        ("create_user", NEW_USER, False),
        ("create_user", {**NEW_USER, "roles": []}, False),
        ("create_user", {**NEW_USER, "roles": ["site_admin"]}, True),
        ("update_enrollment", {"enrollment_id": 1, "expiry_date": SOON}, True),
        ("update_enrollment", {"enrollment_id": 1, "expiry_date": LATER}, False),
        ("update_enrollment", {"enrollment_id": 1, "activated_at": SOON}, False),
        ("update_enrollment", {"enrollment_id": 1, "expiry_date": None}, False),
        ("update_bundle_enrollment", {"bundle_id": 1, "user_id": 1, "expiry_date": "2020-01-01"}, True),
        ("delete_group", {"group_id": 1}, True),
        ("refund_external_order", {"external_order_id": 1, "amount": 1, "currency": "USD"}, True),
    ],
)
def test_a_call_is_guarded_by_what_it_does(
    run: Run, tool: str, arguments: dict[str, Any], is_guarded: bool
) -> None:
    assert ("nobody can be asked" in run("call", tool, json.dumps(arguments), *DEMO).err) == is_guarded


def test_every_write_is_asked_about_where_that_is_set(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_CONFIRM", "writes")
    asked = run("call", "create_user", json.dumps(NEW_USER), *DEMO)
    assert (asked.code, asked.out, asked.err.endswith(NOBODY)) == (1, "", True)


def test_nothing_is_asked_about_where_that_is_set(run: Run, school: Sequence[str]) -> None:
    made = run("call", "update_user", NEW_EMAIL, "--confirm", "never", *school)
    assert made == Outcome(0, "User 1 updated: email.\n", "")


# What is shown


def test_a_password_is_not_repeated(run: Run) -> None:
    asked = run("call", "update_user", '{"user_id": "1", "password": "correct horse"}', *DEMO).err
    assert "password" in asked and "horse" not in asked


def test_a_long_script_is_shown_by_its_beginning(run: Run) -> None:
    script = {
        "name": "A",
        "description": "B",
        "category": "analytics",
        "page_scopes": ["all"],
        "content": "alert(1);" + "x" * 5000,
    }
    refused = run("call", "create_site_script", json.dumps(script), *DEMO).err
    assert ("alert(1);xx" in refused, "x" * 1000 in refused) == (True, False)


@pytest.mark.parametrize("flags", [(), ("--dry-run",)], ids=["asked", "dry run"])
def test_a_name_cannot_command_the_terminal(run: Run, school: Sequence[str], flags: tuple[str, ...]) -> None:
    name = {"user_id": "1", "first_name": "\x1b[2J\u202eA\rDo it? [y/N] y", "last_name": "B\nNot done."}
    run("call", "update_user", json.dumps(name), *school)
    shown = run("call", "update_user", NEW_EMAIL, *flags, *school)
    assert set("\x1b\u202e\r") & set(shown.out + shown.err) == set()
    assert len((shown.out + shown.err).splitlines()) == PREVIEW.count("\n") + 1


# A dry run


@pytest.mark.parametrize("flags", [(), ("--yes",)], ids=["", "with yes"])
def test_a_dry_run_shows_the_change_and_sends_nothing(
    run: Run, school: Sequence[str], flags: tuple[str, ...]
) -> None:
    shown = run("call", "update_user", NEW_EMAIL, "--dry-run", *flags, *school)
    assert shown == Outcome(0, f"{PREVIEW}Dry run: nothing was sent.\n", "")
    assert email(run, school) == "margit@example.com"


def test_as_json_a_dry_run_is_structured(run: Run, school: Sequence[str]) -> None:
    shown = run("call", "update_user", NEW_EMAIL, "--dry-run", "--json", *school)
    assert (shown.code, json.loads(shown.out)) == (0, {"dry_run": {"preview": PREVIEW.rstrip()}})


def test_in_a_dry_run_what_reads_reads(run: Run, school: Sequence[str]) -> None:
    assert run("call", "get_user", '{"user_id": 1}', "--dry-run", *school).code == 0


# Taking back


def changes(run: Run, school: Sequence[str]) -> list[dict[str, Any]]:
    return json.loads(run("call", "list_changes", "--json", *school).out)["items"]


def test_what_was_changed_is_a_table(run: Run, school: Sequence[str]) -> None:
    run("call", "update_user", NEW_EMAIL, "--yes", *school)
    lines = run("call", "list_changes", *school).out.splitlines()
    assert lines[0].split()[:3] == ["change_id", "at", "tool"]
    assert lines[1].split()[2] == "update_user" and lines[-1] == "items 1–1 of 1"


def test_a_change_is_taken_back_in_another_run(run: Run, school: Sequence[str]) -> None:
    run("call", "update_user", NEW_EMAIL, "--yes", *school)
    (change,) = changes(run, school)
    undo = json.dumps({"change_id": change["change_id"]})
    refused = run("call", "undo_change", undo, *school)
    assert (refused.code, refused.out, refused.err.endswith(NOBODY)) == (1, "", True)
    taken_back = run("call", "undo_change", undo, "--yes", *school)
    assert taken_back.code == 0
    assert taken_back.out.startswith(f"Change {change['change_id']} (update_user) was undone.")
    assert email(run, school) == "margit@example.com"
    assert changes(run, school)[1]["undone_by"] == changes(run, school)[0]["change_id"]


def test_the_journal_names_the_command_line(run: Run, school: Sequence[str]) -> None:
    run("call", "update_user", NEW_EMAIL, "--yes", *school)
    assert changes(run, school)[0]["client"].startswith("thinkific-mcp call ")


def test_another_school_s_changes_are_not_listed(run: Run, school: Sequence[str]) -> None:
    run("call", "update_user", NEW_EMAIL, "--yes", *school)
    assert run("call", "list_changes", *DEMO) == Outcome(0, "no items\n", "")


def test_without_a_journal_it_is_told_what_to_set(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_JOURNAL", "off")
    refused = run("call", "undo_change", '{"change_id": "c-aaaaaaaaaa"}', *DEMO)
    words = "thinkific-mcp: undo_change needs the journal, which is off: set THINKIFIC_JOURNAL to a file.\n"
    assert refused == Outcome(2, "", words)


def test_read_only_does_not_take_back(run: Run) -> None:
    refused = run("call", "undo_change", '{"change_id": "c-aaaaaaaaaa"}', "--read-only", *DEMO)
    assert (refused.code, "undo_change is not offered: read-only" in refused.err) == (2, True)


def test_a_journal_that_cannot_be_written_stops_what_is_guarded(
    run: Run, school: Sequence[str], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("THINKIFIC_JOURNAL", "/dev/full")
    refused = run("call", "update_user", NEW_EMAIL, "--yes", *school)
    assert (refused.code, refused.out, "The journal /dev/full cannot be written" in refused.err) == (1, "", True)
    assert email(run, school) == "margit@example.com"
