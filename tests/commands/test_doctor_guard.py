import os
from pathlib import Path
from typing import Any

import pytest

from .conftest import DEMO, Run
from .findings import findings


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"THINKIFIC_CONFIRM": "writes"}, "ok    a person is asked about every write; "),
        ({"THINKIFIC_CONFIRM_CODES": "off"}, "where the host cannot ask, such changes are refused"),
        ({"THINKIFIC_CONFIRM": "never"}, "NOTE  NOBODY IS ASKED: deletions, money, roles and scripts"),
        ({"THINKIFIC_CONFIRM": "never", "THINKIFIC_DRY_RUN": "1"}, "note  a dry run: "),
    ],
)
def test_it_is_told_what_is_asked_about(run: Run, environment: Any, variables: dict[str, str], words: str) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    outcome = run("doctor", *DEMO)
    assert (outcome.code, words in findings(outcome)["confirmation"]) == (0, True)


def test_to_try_the_journal_leaves_nothing(run: Run, journal: Path) -> None:
    run("doctor", *DEMO)
    assert not journal.parent.exists()
    journal.parent.mkdir()
    journal.write_text('{"change": "c-aaaaaaaaaa"}\n', "utf-8")
    assert findings(run("doctor", *DEMO))["journal"].startswith("ok")
    assert [(path.name, path.read_text("utf-8")) for path in journal.parent.iterdir()] == [
        ("journal.jsonl", '{"change": "c-aaaaaaaaaa"}\n')
    ]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("file/journal.jsonl", "Not a directory"),
        ("folder/pipe", "It is not a file"),
        ("locked", "It is not a file"),
    ],
)
def test_a_journal_that_cannot_be_written_is_a_failure(
    run: Run, environment: pytest.MonkeyPatch, tmp_path: Path, given: str, reason: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "pipe")
    (tmp_path / "locked.lock").mkdir()
    environment.setenv("THINKIFIC_JOURNAL", str(tmp_path / given))
    outcome = run("doctor", *DEMO)
    assert (outcome.code, findings(outcome)["journal"]) == (
        1,
        f"FAIL  {tmp_path / given} cannot be written: {reason}; changes that ask for a yes are refused",
    )


def test_a_journal_that_is_off_is_told(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_JOURNAL", "off")
    outcome = run("doctor", *DEMO)
    found = findings(outcome)
    assert (outcome.code, found["tools"]) == (0, "ok    77 are offered")
    assert found["journal"] == "note  off (THINKIFIC_JOURNAL): what is changed is not written down"
    assert found["undo"] == "note  not without the journal"


def test_what_cannot_be_taken_back_is_told(run: Run, environment: pytest.MonkeyPatch) -> None:
    excluded = run("doctor", "--exclude-tools", "undo_change", *DEMO)
    assert findings(excluded)["undo"] == "note  undo_change is not offered"
    environment.setenv("THINKIFIC_UNDO", "off")
    words = "note  not of updates that nobody was asked about (THINKIFIC_UNDO is off)"
    assert findings(run("doctor", *DEMO))["undo"] == words


def test_read_only_is_not_told_of_changes(run: Run) -> None:
    assert not {"confirmation", "journal", "undo"} & set(findings(run("doctor", "--read-only", *DEMO)))
