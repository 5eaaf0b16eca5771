"""`thinkific-mcp call --csv`."""

import csv
import io
import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from .conftest import DEMO, Outcome, Run, in_a_process

BOM = b"\xef\xbb\xbf"
USERS = ("call", "list_users", '{"limit": 3}')


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def changed(run: Run, school: Sequence[str], **fields: Any) -> None:
    assert run("call", "update_user", json.dumps({"user_id": "1", **fields}), *school).code == 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "students.csv"


# What is written


def test_a_list_is_a_file_of_all_its_rows(run: Run, file: Path) -> None:
    listed = json.loads(run("call", "list_users", '{"limit": 3}', "--json", *DEMO).out)["items"]
    run(*USERS, "--csv", str(file), *DEMO)
    assert [(row["id"], row["email"]) for row in rows(file.read_bytes())] == [
        (str(user["id"]), user["email"]) for user in listed
    ]


def test_it_is_said_how_many_rows_and_which_part_of_the_list_they_are(run: Run, file: Path) -> None:
    words = f"3 rows written to {file}: items 1–3 of 17, next page 2\n"
    assert run(*USERS, "--csv", str(file), *DEMO) == Outcome(0, "", words)


def test_one_thing_is_a_file_of_one_row(run: Run, file: Path) -> None:
    written = run("call", "get_course", '{"course_id": 1}', "--csv", str(file), *DEMO)
    assert written == Outcome(0, "", f"1 row written to {file}.\n")
    assert [(row["id"], row["name"]) for row in rows(file.read_bytes())] == [("1", "Sourdough Foundations")]


def test_an_empty_list_is_a_file_without_rows(run: Run, file: Path) -> None:
    written = run("call", "list_users", '{"email": "nobody@example.com"}', "--csv", str(file), *DEMO)
    assert written == Outcome(0, "", f"0 rows written to {file}: no items\n")
    assert rows(file.read_bytes()) == []


def test_with_fields_exactly_these_are_the_columns(run: Run, file: Path) -> None:
    run(
        "call",
        "list_users",
        '{"limit": 2, "fields": ["email", "external_source", "id"]}',
        "--csv",
        str(file),
        *DEMO,
    )
    assert [list(row) for row in rows(file.read_bytes())] == [["email", "external_source", "id"]] * 2


def test_what_a_student_wrote_over_several_lines_is_whole(run: Run, school: Sequence[str], file: Path) -> None:
    changed(run, school, bio='One,\n"two"; Zoë')
    run("call", "get_user", '{"user_id": 1}', "--csv", str(file), *school)
    assert rows(file.read_bytes())[0]["bio"] == 'One,\n"two"; Zoë'


@pytest.mark.parametrize("bio", ['=HYPERLINK("http://example.com")', "+1+2", "@SUM(A1)", "-2+3"])
def test_what_a_student_wrote_is_no_formula(run: Run, school: Sequence[str], file: Path, bio: str) -> None:
    changed(run, school, bio=bio)
    run("call", "get_user", '{"user_id": 1}', "--csv", str(file), *school)
    assert rows(file.read_bytes())[0]["bio"][0] not in "=+@-"


def test_a_file_is_marked_as_utf_8_for_excel(run: Run, file: Path) -> None:
    run(*USERS, "--csv", str(file), *DEMO)
    assert file.read_bytes().startswith(BOM)


def test_only_its_owner_can_read_a_new_file(run: Run, file: Path) -> None:
    run(*USERS, "--csv", str(file), *DEMO)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_replaced(run: Run, file: Path) -> None:
    file.write_text("old")
    assert run(*USERS, "--csv", str(file), *DEMO).code == 0
    assert len(rows(file.read_bytes())) == 3 and list(file.parent.iterdir()) == [file]


def test_behind_a_link_the_file_is_replaced_instead_of_the_link(run: Run, file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(file)
    run(*USERS, "--csv", str(link), *DEMO)
    assert link.is_symlink() and len(rows(file.read_bytes())) == 3


def test_the_limit_of_answers_leaves_nothing_out_of_a_file(
    run: Run, environment: pytest.MonkeyPatch, file: Path
) -> None:
    environment.setenv("THINKIFIC_RESULT_LIMIT", "500")
    run("call", "list_courses", "--csv", str(file), *DEMO)
    assert len(rows(file.read_bytes())) == 16


# To stdout


def test_to_stdout_it_is_written_unmarked_and_said_beside_it() -> None:
    listed = in_a_process(*USERS, "--csv", "-", *DEMO)
    assert not listed.out.startswith("\ufeff") and len(rows(listed.out.encode())) == 3
    assert (listed.code, listed.err) == (0, "3 rows written to stdout: items 1–3 of 17, next page 2\n")


def test_at_a_terminal_what_a_student_wrote_cannot_command_it(run: Run, school: Sequence[str]) -> None:
    changed(run, school, bio="a\x1b[2Jb\u202ec")
    command = [sys.executable, "-m", "thinkific_mcp", "call", "get_user", '{"user_id": 1, "fields": ["bio"]}']
    controller, terminal = pty.openpty()
    subprocess.run([*command, "--csv", "-", *school], stdout=terminal, check=True, timeout=60)
    shown = os.read(controller, 10_000).decode()
    os.close(terminal)
    os.close(controller)
    assert "a" in shown and set("\x1b\u202e") & set(shown) == set()


def test_a_reader_who_leaves_early_ends_the_call_in_silence() -> None:
    command = [sys.executable, "-m", "thinkific_mcp", *USERS, "--csv", "-", *DEMO]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


# What is refused before anything is sent


@pytest.fixture
def nothing_is_sent(environment: pytest.MonkeyPatch) -> Generator[None]:
    """Work on a school that gets no request."""
    with closing(Sandbox(students=5)) as sandbox, running(sandbox) as address:
        environment.setenv("THINKIFIC_BASE_URL", address)
        environment.setenv("THINKIFIC_ACCESS_TOKEN", "sandbox")
        yield
        assert not sandbox.requests


def refused(name: Path, words: str) -> Outcome:
    return Outcome(2, "", f"thinkific-mcp: --csv: {name} {words}\n")


@pytest.mark.usefixtures("nothing_is_sent")
def test_a_file_in_a_folder_that_there_is_not(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "none" / "students.csv"
    assert run(*USERS, "--csv", str(file)) == refused(file, "cannot be written: No such file or directory.")


@pytest.mark.usefixtures("nothing_is_sent")
@pytest.mark.parametrize("name", [".", "/dev/null", ""])
def test_what_is_not_a_file(run: Run, name: str) -> None:
    assert run(*USERS, "--csv", name) == refused(cast(Path, name), "is not a file. Name one, or - for stdout.")


@pytest.mark.usefixtures("nothing_is_sent")
def test_a_tool_that_changes_something(run: Run, file: Path) -> None:
    update = run("call", "update_user", '{"user_id": "1", "bio": "New."}', "--csv", str(file))
    words = "thinkific-mcp: --csv is for tools that read: update_user changes something. Nothing was sent.\n"
    assert (update, file.exists()) == (Outcome(2, "", words), False)


@pytest.mark.usefixtures("nothing_is_sent")
def test_csv_and_json_at_once(run: Run, file: Path) -> None:
    both = run(*USERS, "--json", "--csv", str(file))
    assert (both.code, "not allowed with argument --json" in both.err) == (2, True)


# What fails


def test_a_call_that_fails_leaves_the_old_file(run: Run, file: Path) -> None:
    file.write_text("old")
    failed = run("call", "get_course", '{"course_id": 999}', "--csv", str(file), *DEMO)
    assert (failed.code, failed.err.startswith("Not found (404)")) == (1, True)
    assert (file.read_text(), list(file.parent.iterdir())) == ("old", [file])


def test_a_call_that_fails_leaves_no_new_file(run: Run, file: Path) -> None:
    run("call", "get_course", '{"course_id": 999}', "--csv", str(file), *DEMO)
    assert not list(file.parent.iterdir())


def test_a_file_that_cannot_be_written_after_all_is_as_it_was(file: Path) -> None:
    file.write_text("old")
    command = [sys.executable, "-m", "thinkific_mcp", *USERS, "--csv", str(file), *DEMO]
    on_a_full_disk = ["sh", "-c", 'ulimit -f 0 && exec "$@"', "sh", *command]
    failed = subprocess.run(on_a_full_disk, capture_output=True, check=False, encoding="utf-8", timeout=60)
    words = f"--csv: {file} cannot be written: File too large.\n"
    assert (failed.returncode, failed.stdout, failed.stderr) == (1, "", words)
    assert (file.read_text(), list(file.parent.iterdir())) == ("old", [file])


def test_of_an_incomplete_list_it_is_said_where_it_stopped(file: Path) -> None:
    with closing(Sandbox(students=300)) as sandbox, running(sandbox) as address:
        sandbox.faults.add("slow", seconds=0)
        sandbox.faults.add("slow", seconds=3600)
        account = {"THINKIFIC_BASE_URL": address, "THINKIFIC_ACCESS_TOKEN": "sandbox"}
        deadline = {"THINKIFIC_DEADLINE": "2.5"}
        users = ("call", "list_users", '{"limit": 1000}', "--csv", str(file))
        written = in_a_process(*users, environment=account | deadline)
    part = "items 1–250 of 312; stopped at the deadline: go on with page 2, limit 250"
    assert (written.code, written.err) == (0, f"250 rows written to {file}: {part}\n")
    assert len(rows(file.read_bytes())) == 250
