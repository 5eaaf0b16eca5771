from pathlib import Path

import pytest

from thinkific_mcp.guard.journal_path import journal_path
from thinkific_mcp.settings import load_settings


@pytest.mark.parametrize("off", ["off", "OFF", " Off "])
def test_the_journal_can_be_off(off: str) -> None:
    assert journal_path(load_settings({"journal": off})) is None


def test_the_journal_is_in_the_user_s_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert journal_path(load_settings({})) == tmp_path / "thinkific-mcp" / "journal.jsonl"


def test_the_journal_can_be_moved(tmp_path: Path) -> None:
    assert journal_path(load_settings({"journal": str(tmp_path / "changes")})) == tmp_path / "changes"


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert journal_path(load_settings({"journal": "~/changes.jsonl"})) == tmp_path / "changes.jsonl"


def test_a_path_that_ends_as_a_folder_is_one_even_before_it_is_there(tmp_path: Path) -> None:
    assert journal_path(load_settings({"journal": f"{tmp_path}/new/"})) == tmp_path / "new" / "journal.jsonl"
