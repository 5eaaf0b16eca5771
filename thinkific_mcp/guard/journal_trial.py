"""Trying whether the journal could be written, without leaving anything behind."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryFile

from thinkific_mcp.guard.journal_files import JournalFiles


def try_journal(path: Path) -> None:
    """Try whether a journal can be written.

    Args:
        path: its file or folder, as `Journal` takes it.

    Raises:
        OSError: it cannot.
    """
    files = JournalFiles.at(path, largest=0, kept_days=0)
    for file in (files.current, files.lock):
        if file.exists():
            if not file.is_file():
                raise OSError(errno.EINVAL, "It is not a file")
            file.open("ab").close()
    folder = next(parent for parent in files.current.parents if parent.exists())
    with TemporaryFile(dir=folder) as trial:
        trial.write(b"\n")
        trial.flush()
        os.fsync(trial.fileno())
