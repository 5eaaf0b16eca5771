import os
import subprocess
import sys
import tempfile
from pathlib import Path

import anyio
import pytest
from trio.testing import MockClock

from thinkific_mcp.errors import JournalError
from thinkific_mcp.file_lock import locked
from thinkific_mcp.guard.journal import Journal

from .journals import APPLIED, SITE, Clock, intent, is_there, note

ADVICE = "Set THINKIFIC_JOURNAL to another file, or to off."


async def refusal(path: Path) -> str:
    with pytest.raises(JournalError) as caught:
        await Journal(path, now=Clock()).intend(intent())
    return str(caught.value)


async def test_a_full_disk_is_told_before_anything_is_sent() -> None:
    assert await refusal(Path("/dev/full")) == (
        f"The journal /dev/full cannot be written: no space left on device. {ADVICE}"
    )
    assert not is_there(Path("/dev/full.lock"))


async def test_a_device_that_takes_everything_is_no_journal() -> None:
    assert "cannot be written: it is not a file" in await refusal(Path("/dev/null"))
    assert not is_there(Path("/dev/null.lock"))


async def test_a_pipe_is_no_journal(path: Path) -> None:
    os.mkfifo(path)
    with anyio.fail_after(5):
        assert "cannot be written: it is not a file" in await refusal(path)


async def test_a_path_under_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "deeper" / "journal.jsonl"
    assert await refusal(path) == f"The journal {path} cannot be written: not a directory. {ADVICE}"


async def test_a_path_with_line_ends_is_told_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "\n" not in await refusal(tmp_path / "file" / "two\nlines")


# The first note loads what an interpreter in root's own folder could not give to nobody afterwards.
UNPRIVILEGED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
import anyio
from thinkific_mcp.errors import JournalError
from thinkific_mcp.guard.journal import Intent, Journal

def note(path):
    journal = Journal(Path(path), now=lambda: datetime.now(UTC))
    anyio.run(journal.intend, Intent("", "", "", "", {}, "", {}))

note(sys.argv[2])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    note(sys.argv[1])
except JournalError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("permissions", "name"), [(0o555, "journal.jsonl"), (0o555, "new/journal.jsonl"), (0, "")]
)
def test_a_folder_without_permission_is_told(tmp_path: Path, permissions: int, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, permissions)
        path = Path(folder, name)
        try:
            said = subprocess.run(
                [sys.executable, "-c", UNPRIVILEGED, str(path), str(tmp_path)],
                capture_output=True,
                check=True,
                encoding="utf-8",
            )
        finally:
            os.chmod(folder, 0o700)
    assert said.stdout == (f"The journal {path} cannot be written: permission denied. {ADVICE}\n")


async def test_a_failure_after_the_write_does_not_say_that_nothing_was_sent(path: Path, journal: Journal) -> None:
    change = await journal.intend(intent())
    os.unlink(path)
    (path / "journal.jsonl").mkdir(parents=True)
    with pytest.raises(JournalError, match="How a change ended is not in it"):
        await journal.conclude(change, APPLIED)


async def test_a_journal_that_cannot_be_read_is_told(path: Path, journal: Journal) -> None:
    await note(journal, intent())
    os.unlink(path.with_name("journal.jsonl.lock"))
    path.with_name("journal.jsonl.lock").mkdir()
    with pytest.raises(JournalError, match="cannot be read: is a directory"):
        await journal.changes(SITE)


def test_a_journal_that_never_comes_free_is_given_up_after_ten_seconds(path: Path) -> None:
    async def patience() -> float:
        async with locked(path.with_name("journal.jsonl.lock"), 1):
            started = anyio.current_time()
            assert "another process has kept it locked for 10 seconds" in await refusal(path)
            return anyio.current_time() - started

    waited = anyio.run(patience, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})
    assert waited == pytest.approx(10, abs=0.1)
