"""`thinkific-mcp journal`: what is written down of changes."""

import sys
from datetime import UTC, datetime

import anyio

from thinkific_mcp.errors import ArgumentError, JournalError, SettingsError
from thinkific_mcp.guard.journal import Journal
from thinkific_mcp.guard.journal_path import journal_path
from thinkific_mcp.settings import Settings


def forget(settings: Settings, student: str) -> int:
    """Erase all that is written down about a student, and print how many changes that were.

    Args:
        settings: where the journal is.
        student: Thinkific's id, or an email.

    Returns:
        0 when it is done, if there was anything to erase or not; 1 when the journal cannot be used.

    Raises:
        SettingsError: the journal is off, or the student is named by neither.
    """
    path = journal_path(settings)
    if path is None:
        raise SettingsError("The journal is off: set THINKIFIC_JOURNAL to the file to erase from.")
    journal = Journal(path, now=lambda: datetime.now(UTC))
    try:
        erased = anyio.run(journal.forget, student)
    except ArgumentError as error:
        raise SettingsError(str(error)) from None
    except JournalError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{erased} {'change' if erased == 1 else 'changes'} erased.")
    return 0
