"""The files of a journal: the one that is written to, and beside it those of earlier days."""

import errno
import io
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from thinkific_mcp.file_replacement import replace_files, settle

Record = Mapping[str, Any]
"""One line, as it was written."""

_BEGINNING = b'{"change": '
_BLOCK = 4096


class EndedFile(NamedTuple):
    """A file that nothing is added to any more.

    Attributes:
        day: that of its lines, by UTC.
        number: which of that day, from 1.
        path: where it is.
    """

    day: date
    number: int
    path: Path


@dataclass(frozen=True)
class JournalFiles:
    """Files of JSON lines, oldest first, that only their owner can read.

    The current one is put aside, under a name that holds the day, before the first line of another day and before
    it grows too large. What cannot be read, such as half a line after a power failure, is passed over. Files that
    have such a name but do not begin as a journal does are somebody's, and are let be.
    Whoever calls holds the lock.

    Args:
        current: the file that is written to, without links.
        largest: bytes that it may have.
        kept_days: days after which ended files are deleted.
    """

    current: Path
    largest: int
    kept_days: int

    @classmethod
    def at(cls, path: Path, largest: int, kept_days: int) -> "JournalFiles":
        """Return the files of a journal; a folder means `journal.jsonl` in it.

        Raises:
            OSError: the file holds something else, which would be lost, or cannot be read.
        """
        current = Path(os.path.realpath(path / "journal.jsonl" if path.is_dir() else path))
        # Another process may put it aside meanwhile.
        with suppress(FileNotFoundError):
            if current.is_file() and current.stat().st_size and not _is_journal(current):
                raise OSError(errno.EINVAL, "It holds something else")
        return cls(current, largest, kept_days)

    @property
    def lock(self) -> Path:
        """Return the file that is locked while these are used."""
        return self.current.with_name(f"{self.current.name}.lock")

    def exist(self) -> bool:
        """Tell whether there may be anything to read."""
        return self.current.is_file() or bool(self._ended())

    def prepare(self) -> None:
        """Make the folder, and refuse what is no file.

        Raises:
            OSError: the folder cannot be made, or nothing can be written there.
        """
        folder = self.current.parent
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            kind = self.current.stat().st_mode
            if stat.S_ISCHR(kind):
                # /dev/full, with which people try a full disk, says so when something is written.
                with open(self.current, "wb", buffering=0) as device:
                    device.write(b"\n")
            if not stat.S_ISREG(kind):
                raise OSError(errno.EINVAL, "It is not a file")

    def append(self, line: bytes, today: date) -> None:
        """Add a line, and wait until the disk has it.

        Raises:
            OSError: it cannot be written; nothing of it is left.
        """
        self._tidy(today, len(line))
        is_new = not self.current.exists()
        with open(self.current, "a+b", buffering=0, opener=_open_for_owner) as file:
            if sys.platform != "win32":
                os.fchmod(file.fileno(), 0o600)
            if is_new:
                settle(self.current.parent)
            end = file.seek(0, os.SEEK_END)
            try:
                _write(file, line if _ends_with_a_line(file, end) else b"\n" + line)
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(end)
                raise

    def records(self, today: date) -> list[Record]:
        """Read all lines, oldest first.

        Raises:
            OSError: a file cannot be read.
        """
        self._tidy(today)
        return [record for path in self._paths() for line in _lines(path) if (record := _record(line))]

    def erase(self, is_erased: Callable[[Record], bool]) -> None:
        """Erase lines from all files, and with them what cannot be read, since nobody knows what that holds.

        Raises:
            OSError: files cannot be written anew; those that were not are as they were.
        """
        kept = {path: [line for line in _lines(path) if _is_kept(line, is_erased)] for path in self._paths()}
        replace_files({path: lines for path, lines in kept.items() if sum(map(len, lines)) != path.stat().st_size})
        for path, lines in kept.items():
            if not lines:
                path.unlink()

    def _paths(self) -> Iterator[Path]:
        yield from (ended.path for ended in self._ended() if _is_journal(ended.path))
        if self.current.is_file():
            yield self.current

    def _ended(self) -> list[EndedFile]:
        """Return all that is named like an ended file."""
        return sorted(
            EndedFile(day, int(match[2] or 1), path)
            for path, match in self._named(r"{stem}-(\d{{4}}-\d\d-\d\d)(?:-(\d+))?{suffix}")
            if (day := _day(match[1]))
        )

    def _left_over(self) -> Iterator[Path]:
        """Yield what a process that died while it erased lines had written by then."""
        for path, _ in self._named(r"\.{stem}(-\d{{4}}-\d\d-\d\d(-\d+)?)?{suffix}\.[a-z0-9_]{{8}}"):
            if path.is_file() and (not path.stat().st_size or _is_journal(path)):
                yield path

    def _named(self, pattern: str) -> Iterator[tuple[Path, re.Match[str]]]:
        name = pattern.format(stem=re.escape(self.current.stem), suffix=re.escape(self.current.suffix))
        with suppress(FileNotFoundError, NotADirectoryError):
            for path in self.current.parent.iterdir():
                if match := re.fullmatch(name, path.name):
                    yield path, match

    def _tidy(self, today: date, more: int = 0) -> None:
        """Put the current file aside where its time has come, and delete what is too old or was left over."""
        if self.current.is_file() and (size := self.current.stat().st_size):
            day = self._day_of_current()
            if day < today or size + more > self.largest:
                number = max((ended.number for ended in self._ended() if ended.day == day), default=0) + 1
                name = f"{self.current.stem}-{day}{f'-{number}' if number > 1 else ''}{self.current.suffix}"
                self.current.rename(self.current.with_name(name))
        for ended in self._ended():
            if ended.day < today - timedelta(days=self.kept_days) and _is_journal(ended.path):
                ended.path.unlink()
        for path in list(self._left_over()):
            path.unlink()

    def _day_of_current(self) -> date:
        with self.current.open("rb") as file:
            for line in file:
                if day := _day(str(_record(line).get("at"))[:10]):
                    return day
        return datetime.fromtimestamp(self.current.stat().st_mtime, UTC).date()


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(file: io.FileIO, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[file.write(rest) :]


def _ends_with_a_line(file: io.FileIO, end: int) -> bool:
    if end == 0:
        return True
    file.seek(end - 1)
    return file.read(1) == b"\n"


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _is_journal(path: Path) -> bool:
    """Tell whether a file begins as a journal does, be it half a line or blanks that a power failure left."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        block, start = b"", b""
        while not start and (block := file.read(_BLOCK)):
            start = block.lstrip(b"\0\n")
        lines = (start + file.read(_BLOCK)).split(b"\n")
        told = (line for part in lines if (line := part.strip(b"\0")) and not _BEGINNING.startswith(line))
        return file.tell() > 0 and next(told, _BEGINNING).startswith(_BEGINNING)


def _record(line: bytes) -> Record:
    """Read a line; what cannot be read, or not be told on as JSON, is an empty record."""
    if not line.startswith(_BEGINNING):
        return {}
    try:
        read: Any = json.loads(line)
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return {}
    return read


def _is_kept(line: bytes, is_erased: Callable[[Record], bool]) -> bool:
    record = _record(line)
    return bool(record) and not is_erased(record)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
