"""Files beside a journal, or in its place, that are not the journal's."""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from thinkific_mcp.errors import JournalError
from thinkific_mcp.guard.journal import Journal
from thinkific_mcp.guard.journal_trial import try_journal

from .journals import APPLIED, NOW, SITE, Clock, content, ids, intent, names, note

USES: Mapping[str, Callable[[Journal], Awaitable[Any]]] = {
    "intend": lambda journal: journal.intend(intent()),
    "conclude": lambda journal: journal.conclude("c-aaaaaaaaaa", APPLIED),
    "changes": lambda journal: journal.changes(SITE),
    "forget": lambda journal: journal.forget("ann@example.com"),
}
OTHERS = [
    b"id,name\n1,Ann\n",
    b'{"id": 1}\n',
    b'{\n  "change": 1\n}\n',
    b'{"changes": []}\n',
    b"\n\n# Diary\n",
    b"\0" * 10_000 + b"An image",
    b"\x89PNG\r\n\x1a\n\0\0",
    b"x" * 10_000 + b'\n{"change": "c-aaaaaaaaaa"}\n',
]


def held(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put(path: Path, text: bytes) -> Path:
    """Write a file that is as old as files get."""
    path.write_bytes(text)
    os.utime(path, (0, 0))
    return path


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("text", OTHERS)
async def test_a_file_that_holds_something_else_is_refused_and_stays(
    tmp_path: Path, path: Path, journal: Journal, text: bytes, use: Callable[[Journal], Awaitable[Any]]
) -> None:
    put(path, text)
    os.chmod(path, 0o644)
    with pytest.raises(JournalError, match=r"holds something else\. .*Set THINKIFIC_JOURNAL to another file"):
        await use(journal)
    assert held(tmp_path) == {"journal.jsonl": text}
    assert os.stat(path).st_mode & 0o777 == 0o644


async def test_a_link_to_something_else_is_not_written_through(
    tmp_path: Path, path: Path, journal: Journal
) -> None:
    put(tmp_path / "bashrc", b"alias ll='ls -l'\n")
    os.symlink("bashrc", path)
    with pytest.raises(JournalError, match="holds something else"):
        await journal.intend(intent())
    assert content(tmp_path / "bashrc") == b"alias ll='ls -l'\n"


async def test_a_link_to_a_journal_is_followed(tmp_path: Path, path: Path, journal: Journal) -> None:
    first = await note(Journal(tmp_path / "real.jsonl", now=lambda: NOW), intent())
    os.symlink("real.jsonl", path)
    second = await note(journal, intent())
    assert await ids(journal) == [second, first]


@pytest.mark.parametrize("text", OTHERS)
def test_a_trial_refuses_what_holds_something_else(tmp_path: Path, path: Path, text: bytes) -> None:
    put(path, text)
    with pytest.raises(OSError, match="It holds something else"):
        try_journal(path)
    assert held(tmp_path) == {"journal.jsonl": text}


async def test_a_trial_takes_a_journal_for_one(path: Path, journal: Journal) -> None:
    await note(journal, intent())
    before = content(path)
    try_journal(path)
    assert content(path) == before


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"\n\n",
        b"\0" * 10_000,
        b'{"chan',
        b'{"change": ',
        b'{"change": "c-aaaa',
        b'\0\0\n\0{"ch\0\0\n',
        b'{"ch' + b"\0" * 10_000,
        b'\0{"change": "c-aaaaaaaaaa"}\n',
    ],
)
async def test_what_a_power_failure_leaves_is_a_journal(path: Path, journal: Journal, beginning: bytes) -> None:
    put(path, beginning)
    noted = [await note(journal, intent()) for _ in range(2)]
    assert await ids(journal) == noted[::-1]


@pytest.mark.parametrize("text", [*OTHERS, b""])
async def test_a_neighbour_that_is_named_like_an_ended_file_stays(
    tmp_path: Path, journal: Journal, clock: Clock, text: bytes
) -> None:
    for name in ("journal-2020-01-01.jsonl", "journal-2026-11-23.jsonl"):
        put(tmp_path / name, text)
    (tmp_path / "journal-2026-11-23-2.jsonl").mkdir()
    await note(journal, intent("create_enrollment", {"user_id": 42}))
    clock.pass_days(1)
    stays = await note(journal, intent())
    assert "journal-2026-11-23-3.jsonl" in names(tmp_path)
    assert await journal.forget("42") == 1
    assert await ids(journal) == [stays]
    clock.pass_days(200)
    await note(journal, intent())
    assert content(tmp_path / "journal-2020-01-01.jsonl") == text
    assert content(tmp_path / "journal-2026-11-23.jsonl") == text


@pytest.mark.parametrize("use", USES.values(), ids=USES)
async def test_copies_that_a_dying_process_left_go_with_the_next_use(
    tmp_path: Path, path: Path, journal: Journal, use: Callable[[Journal], Awaitable[Any]]
) -> None:
    await note(journal, intent())
    for name in (
        ".journal.jsonl.a1_b2c3d",
        ".journal-2026-11-22.jsonl.abcdefgh",
        ".journal-2026-11-22-2.jsonl.abcdefgh",
    ):
        (tmp_path / name).write_bytes(content(path)[:100])
    (tmp_path / ".journal.jsonl.12345678").touch()
    await use(journal)
    assert names(tmp_path) == ["journal.jsonl"]


async def test_hidden_files_that_are_not_such_copies_stay(tmp_path: Path, path: Path, journal: Journal) -> None:
    await note(journal, intent())
    others = [
        ".journal.jsonl.swp",
        ".journal.jsonl.a1b2c3d4e",
        ".other.jsonl.a1b2c3d4",
        ".journal-x.jsonl.a1b2c3d4",
    ]
    for name in others:
        (tmp_path / name).write_bytes(content(path))
    (tmp_path / ".journal.jsonl.settings").write_text("mine\n", "utf-8")
    await note(journal, intent())
    assert names(tmp_path) == sorted([*others, ".journal.jsonl.settings", "journal.jsonl"])


async def test_a_line_of_somebody_s_own_does_not_come_to_begin_the_journal(path: Path, journal: Journal) -> None:
    await note(journal, intent("create_enrollment", {"user_id": 42}))
    put(path, content(path) + b'{"note": "mine"}\n')
    stays = await note(journal, intent())
    assert await journal.forget("42") == 1
    assert await ids(journal) == [stays]


@pytest.mark.parametrize(
    "value",
    [b'"\\ud83d"', b'"\xed\xa0\xbd"', b"NaN", b"Infinity", b"-Infinity", b"1e999", b"[" * 5000, b"9" * 5000],
)
async def test_a_line_that_cannot_be_told_on_as_json_is_passed_over(
    path: Path, journal: Journal, value: bytes
) -> None:
    change = await journal.intend(intent(arguments={"note": "here"}))
    line = content(path)
    put(path, line + line.replace(b'"here"', value).replace(change.encode(), b"c-other"))
    assert await ids(journal) == [change]
