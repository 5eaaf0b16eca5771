import os
import resource
import stat
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.errors import JournalError
from thinkific_mcp.guard.journal import Journal

from .journals import NOW, SITE, Clock, content, ids, intent, names, note


@pytest.fixture
def any_umask() -> Generator[Callable[[int], int]]:
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@contextmanager
def room_for(size: int) -> Generator[None]:
    """Let files grow to this size only, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def add(path: Path, rubbish: bytes) -> None:
    with path.open("ab") as file:
        file.write(rubbish)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_an_existing_folder_means_a_file_in_it(tmp_path: Path) -> None:
    await Journal(tmp_path, now=Clock()).intend(intent())
    assert names(tmp_path) == ["journal.jsonl"]


async def test_missing_folders_are_made_for_their_owner_only(tmp_path: Path) -> None:
    await Journal(tmp_path / "a" / "b" / "journal.jsonl", now=Clock()).intend(intent())
    assert [mode(tmp_path / folder) for folder in ("a", "a/b")] == [0o700, 0o700]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
async def test_only_its_owner_can_read_a_journal(
    path: Path, journal: Journal, any_umask: Callable[[int], int], umask: int
) -> None:
    any_umask(umask)
    await journal.intend(intent())
    assert mode(path) == 0o600


async def test_a_journal_that_others_could_read_is_hidden_from_them(path: Path, journal: Journal) -> None:
    await journal.intend(intent())
    os.chmod(path, 0o644)
    await journal.intend(intent())
    assert mode(path) == 0o600


async def test_a_linked_journal_stays_a_link(tmp_path: Path, path: Path, clock: Clock) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere" / "real.jsonl", path)
    journal = Journal(path, now=clock)
    await note(journal, intent())
    clock.pass_days(1)
    await note(journal, intent())
    assert os.readlink(path) == str(tmp_path / "elsewhere" / "real.jsonl")
    assert names(tmp_path / "elsewhere") == ["real-2026-11-23.jsonl", "real.jsonl"]


async def test_the_first_line_of_a_day_puts_the_day_before_aside(
    tmp_path: Path, journal: Journal, clock: Clock
) -> None:
    first = await note(journal, intent())
    clock.pass_days(1)
    second = await note(journal, intent())
    assert names(tmp_path) == ["journal-2026-11-23.jsonl", "journal.jsonl"]
    assert mode(tmp_path / "journal-2026-11-23.jsonl") == 0o600
    assert await ids(journal) == [second, first]


async def test_a_day_that_is_not_over_has_one_file(tmp_path: Path, journal: Journal, clock: Clock) -> None:
    for _ in range(3):
        await note(journal, intent())
        clock.now += timedelta(hours=5, minutes=59)
    assert names(tmp_path) == ["journal.jsonl"]


async def test_a_file_does_not_outgrow_its_size(tmp_path: Path, clock: Clock) -> None:
    journal = Journal(tmp_path, now=clock, largest=1000)
    noted = [await note(journal, intent(preview="x" * 300)) for _ in range(12)]
    files = names(tmp_path)
    assert len(files) > 10
    assert {"journal-2026-11-23.jsonl", "journal-2026-11-23-2.jsonl", "journal-2026-11-23-10.jsonl"} <= {*files}
    assert max((tmp_path / name).stat().st_size for name in files) <= 1000
    assert await ids(journal) == noted[::-1]


async def test_a_line_larger_than_a_file_has_one_to_itself(tmp_path: Path, clock: Clock) -> None:
    journal = Journal(tmp_path, now=clock, largest=100)
    noted = [await journal.intend(intent(preview="x" * 300)) for _ in range(2)]
    assert len(names(tmp_path)) == 2
    assert await ids(journal) == noted[::-1]


async def test_lines_are_kept_for_ninety_days(tmp_path: Path, journal: Journal, clock: Clock) -> None:
    change = await note(journal, intent())
    clock.pass_days(90)
    await note(journal, intent())
    assert change in await ids(journal)
    clock.pass_days(1)
    await note(journal, intent())
    assert "journal-2026-11-23.jsonl" not in names(tmp_path)


async def test_what_is_too_old_goes_when_the_journal_is_first_read(
    tmp_path: Path, journal: Journal, clock: Clock
) -> None:
    await note(journal, intent())
    clock.pass_days(91)
    assert await Journal(tmp_path, now=clock).changes(SITE) == []
    assert names(tmp_path) == []


async def test_other_files_of_the_folder_are_let_be(tmp_path: Path, journal: Journal, clock: Clock) -> None:
    others = ["journal-2020-01-01.txt", "journal-2020-99-99.jsonl", "my-journal-2020-01-01.jsonl"]
    for name in others:
        (tmp_path / name).touch()
    await note(journal, intent())
    assert names(tmp_path) == sorted([*others, "journal.jsonl"])


@given(kept=st.floats(0, 1), rubbish=st.binary(max_size=20))
async def test_half_a_line_harms_no_other(kept: float, rubbish: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal, path = Journal(Path(folder), now=lambda: NOW), Path(folder, "journal.jsonl")
        first = await note(journal, intent())
        whole = len(content(path))
        await note(journal, intent())
        os.truncate(path, whole + int(whole * kept))
        add(path, rubbish)
        last = await note(journal, intent())
        assert (await ids(journal))[0] == last
        assert (await ids(journal))[-1] == first


async def test_a_disk_that_fills_in_the_middle_of_a_line_leaves_none_of_it(path: Path, journal: Journal) -> None:
    change = await note(journal, intent())
    before = content(path)
    with room_for(len(before) + 40), pytest.raises(JournalError, match="too large"):
        await journal.intend(intent())
    assert content(path) == before
    later = await note(journal, intent())
    assert await ids(journal) == [later, change]


async def test_a_call_that_is_cancelled_while_it_notes_leaves_a_whole_line_or_none(journal: Journal) -> None:
    for _ in range(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(journal.intend, intent())
            await checkpoint()
            await checkpoint()
            tasks.cancel_scope.cancel()
    change = await note(journal, intent())
    assert (await ids(journal))[0] == change


async def test_tasks_that_note_at_once_lose_nothing(journal: Journal) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(30):
            tasks.start_soon(note, journal, intent())
    changes = await journal.changes(SITE)
    assert [change.outcome for change in changes] == ["applied"] * 30
