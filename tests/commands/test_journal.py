from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from thinkific_mcp.guard.journal import Intent, Journal

from .conftest import Outcome, Run


@pytest.fixture
def path(tmp_path: Path, environment: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "journal.jsonl"
    environment.setenv("THINKIFIC_JOURNAL", str(path))
    return path


def note(path: Path, arguments: Mapping[str, Any]) -> None:
    journal = Journal(path, now=lambda: datetime.now(UTC))
    anyio.run(journal.intend, Intent("my-school", "", "", "create_enrollment", arguments, "", {}))


def test_what_is_written_down_about_a_student_is_erased(path: Path, run: Run) -> None:
    for user_id in (42, 43, 42):
        note(path, {"user_id": user_id})
    assert run("journal", "forget", "42") == Outcome(0, "2 changes erased.\n", "")
    assert '"user_id": 42' not in path.read_text("utf-8")
    assert '"user_id": 43' in path.read_text("utf-8")


def test_a_student_can_be_named_by_email(path: Path, run: Run) -> None:
    note(path, {"email": "ann@example.com"})
    assert run("journal", "forget", "Ann@Example.com") == Outcome(0, "1 change erased.\n", "")


def test_where_there_is_no_journal_nothing_is_erased_or_made(path: Path, run: Run) -> None:
    assert run("journal", "forget", "42") == Outcome(0, "0 changes erased.\n", "")
    assert not path.exists()


def test_anything_but_an_id_or_email_is_refused(path: Path, run: Run) -> None:
    note(path, {"user_id": 42})
    told = run("journal", "forget", "Ann")
    assert told == Outcome(
        2, "", "thinkific-mcp: A student should be named by Thinkific's id, a number, or by an email.\n"
    )


@pytest.mark.usefixtures("path")
def test_a_journal_that_is_off_is_told(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_JOURNAL", "off")
    told = run("journal", "forget", "42")
    assert (told.code, told.err) == (
        2,
        "thinkific-mcp: The journal is off: set THINKIFIC_JOURNAL to the file to erase from.\n",
    )


def test_a_journal_that_cannot_be_written_is_told(path: Path, run: Run) -> None:
    note(path, {"user_id": 42})
    path.with_name("journal.jsonl.lock").unlink()
    path.with_name("journal.jsonl.lock").mkdir()
    told = run("journal", "forget", "42")
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(f"The journal {path} cannot be written: is a directory.")
