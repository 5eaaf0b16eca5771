"""The journal: what was about to be changed, and what came of it."""

import json
import math
import re
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

import anyio
from anyio.to_thread import run_sync

from thinkific_mcp.change import State
from thinkific_mcp.errors import ArgumentError, JournalError
from thinkific_mcp.file_lock import locked
from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.guard.journal_files import JournalFiles, Record

_LONGEST_WAIT = 10
_OUTCOMES = ("applied", "refused", "unknown")
_LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True)
class Intent:
    """What is noted of a write before it is sent.

    Attributes:
        site: where.
        caller: who called; empty where the server serves one person.
        client: which program called.
        tool: its name.
        arguments: its arguments; a password among them is not noted.
        preview: what the person was shown.
        before: what was there before.
        undoes: the id of the change that it takes back.
    """

    site: str
    caller: str
    client: str
    tool: str
    arguments: Mapping[str, Any]
    preview: str
    before: State
    undoes: str = ""


@dataclass(frozen=True)
class Outcome:
    """What is noted of a write after it was sent.

    Attributes:
        outcome: whether it was carried out, as far as is known.
        receipt: what the caller was told.
        made: what Thinkific answered.
    """

    outcome: Literal["applied", "refused", "unknown"]
    receipt: str
    made: State


@dataclass(frozen=True)
class Change:
    """A write as the journal tells it.

    Attributes:
        id: its name in the journal.
        at: when it was about to be sent: ISO 8601, UTC, whole seconds.
        intent: what was noted before.
        outcome: whether it was carried out; unknown also where nothing was noted after.
        receipt: what the caller was told.
        made: what Thinkific answered.
        undone_by: the id of the applied change that took it back; empty where none did.
    """

    id: str
    at: str
    intent: Intent
    outcome: Literal["applied", "refused", "unknown"]
    receipt: str
    made: State
    undone_by: str


class Journal:
    """Two JSON lines for each write, in files that only their owner can read, kept for some time.

    Several processes of one user may share it. Beside it lies an empty file, `.lock`, that they lock while they
    use it; it may be deleted while none runs.

    Args:
        path: the file, which is made when it is needed, or a folder: `journal.jsonl` in it.
        now: tells the time.
        kept_days: days after which lines are deleted.
        largest: bytes after which a new file is begun; one is begun each day (UTC) too.
    """

    def __init__(
        self, path: Path, *, now: Callable[[], datetime], kept_days: int = 90, largest: int = 10_000_000
    ) -> None:
        self._path = path
        self._now = now
        self._kept_days = kept_days
        self._largest = largest
        self._turn = anyio.Lock()
        self._reading = anyio.Lock()

    async def intend(self, intent: Intent) -> str:
        """Note a write that is about to be sent; when this returns, the disk has it.

        Returns:
            The change's id.

        Raises:
            JournalError: it cannot be noted, so it must not be sent.
        """
        change = f"c-{''.join(secrets.choice(_LETTERS_AND_DIGITS) for _ in range(10))}"
        await self._append(change, vars(intent))
        return change

    async def conclude(self, change_id: str, outcome: Outcome) -> None:
        """Note what came of a write.

        Raises:
            JournalError: it cannot be noted; the journal goes on to call the outcome unknown.
        """
        await self._append(change_id, vars(outcome), "How a change ended is not in it.")

    async def changes(self, site: str) -> list[Change]:
        """Return the changes of a site, newest first.

        Raises:
            JournalError: the journal cannot be read.
        """
        records: list[Record] = []
        with self._explained("read"):
            files = self._files()
            if files.exist():
                # Of many who read, one at a time stands in the way of who writes.
                async with self._reading, self._turn, locked(files.lock, _LONGEST_WAIT):
                    records = await run_sync(files.records, self._moment().date())
        return _changes(records, site)

    async def forget(self, student: str) -> int:
        """Erase all that is noted about a student, of all sites.

        Args:
            student: Thinkific's id, or an email in any case.

        Returns:
            How many changes were erased.

        Raises:
            ArgumentError: it is neither.
            JournalError: a file cannot be read, or not written anew.
        """
        # Imported here, since every operation comes along.
        from thinkific_mcp.guard.journal_students import changes_about

        student = student.strip()
        if not re.fullmatch(r"[0-9]+|\S+@\S+", student):
            raise ArgumentError("A student should be named by Thinkific's id, a number, or by an email.")
        today = self._moment().date()

        def erase() -> int:
            about = changes_about(student, files.records(today))
            files.erase(lambda record: str(record.get("change")) in about)
            return len(about)

        with self._explained("written"):
            files = self._files()
            if not files.exist():
                return 0
            async with self._turn, locked(files.lock, _LONGEST_WAIT):
                return await run_sync(erase)

    async def _append(self, change: str, told: Record, meaning: str = "") -> None:
        moment = self._moment()
        record = {"change": change, "at": f"{moment:%Y-%m-%dT%H:%M:%SZ}", **_notable(told)}
        line = f"{json.dumps(record, default=str)}\n".encode()
        with self._explained("written", meaning):
            files = self._files()
            files.prepare()
            async with self._turn, locked(files.lock, _LONGEST_WAIT):
                await run_sync(files.append, line, moment.date())

    def _moment(self) -> datetime:
        return self._now().astimezone(UTC)

    def _files(self) -> JournalFiles:
        return JournalFiles.at(self._path, self._largest, self._kept_days)

    @contextmanager
    def _explained(self, done: str, meaning: str = "") -> Generator[None]:
        """Say in words what stands in the way."""
        try:
            yield
        except OSError as error:
            words = (
                f"The journal {cleaned(str(self._path))} cannot be {done}: {_reason(error)}.",
                meaning,
                "Set THINKIFIC_JOURNAL to another file, or to off.",
            )
            raise JournalError(" ".join(filter(None, words))) from error


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError) and error.errno is None:
        return f"another process has kept it locked for {_LONGEST_WAIT} seconds"
    words = error.strerror or type(error).__name__
    return words[0].lower() + words[1:]


def _notable(value: Any) -> Any:
    """Leave passwords out, and put what JSON cannot hold in words, so that the line can be read again."""
    if isinstance(value, Mapping):
        held = cast(Mapping[str, Any], value)
        return {
            _notable(str(name)): "(not shown)" if str(name).lower() == "password" else _notable(part)
            for name, part in held.items()
        }
    if isinstance(value, list | tuple):
        return [_notable(part) for part in cast(Sequence[Any], value)]
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _changes(records: Sequence[Record], site: str) -> list[Change]:
    """Put the two lines of each change of a site together."""
    outcomes = {str(record.get("change")): record for record in records if record.get("outcome") in _OUTCOMES}
    intents = {str(record.get("change")): record for record in records if record.get("site") == site}
    undone_by = {
        undone: change
        for change, record in intents.items()
        if (undone := _text(record, "undoes")) and outcomes.get(change, {}).get("outcome") == "applied"
    }
    return [
        _change(change, intents[change], outcomes.get(change, {}), undone_by.get(change, ""))
        for change in reversed(intents)
    ]


def _change(change: str, intent: Record, outcome: Record, undone_by: str) -> Change:
    return Change(
        id=change,
        at=_text(intent, "at"),
        intent=Intent(
            site=_text(intent, "site"),
            caller=_text(intent, "caller"),
            client=_text(intent, "client"),
            tool=_text(intent, "tool"),
            arguments=_record(intent, "arguments"),
            preview=_text(intent, "preview"),
            before=_record(intent, "before"),
            undoes=_text(intent, "undoes"),
        ),
        outcome=outcome.get("outcome", "unknown"),
        receipt=_text(outcome, "receipt"),
        made=_record(outcome, "made"),
        undone_by=undone_by,
    )


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _record(record: Record, name: str) -> Record:
    value = record.get(name)
    return cast(Record, value) if isinstance(value, dict) else {}
