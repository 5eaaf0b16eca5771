"""Journals to write into, and what to write."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from thinkific_mcp.guard.journal import Change, Intent, Journal, Outcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = "my-school"
APPLIED = Outcome("applied", "Done.", {})


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


def intent(
    tool: str = "update_coupon",
    arguments: Mapping[str, Any] | None = None,
    *,
    site: str = SITE,
    preview: str = "",
    before: Mapping[str, Any] | None = None,
    undoes: str = "",
) -> Intent:
    """Return the intent of a write."""
    return Intent(site, "", "tests 1", tool, arguments or {}, preview, before or {}, undoes)


async def note(journal: Journal, intent: Intent, outcome: Outcome = APPLIED) -> str:
    """Note a write from beginning to end, and return its id."""
    change = await journal.intend(intent)
    await journal.conclude(change, outcome)
    return change


async def ids(journal: Journal) -> list[str]:
    """Return the ids of all changes, newest first."""
    return [change.id for change in await journal.changes(SITE)]


async def only(journal: Journal) -> Change:
    """Return the only change of a journal."""
    (change,) = await journal.changes(SITE)
    return change


def content(path: Path) -> bytes:
    """Return what a file holds."""
    return path.read_bytes()


def is_there(path: Path) -> bool:
    """Tell whether there is such a file."""
    return path.exists()


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def names(folder: Path) -> list[str]:
    """Return the journal's files in a folder, without the lock."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")
