"""Where the journal is."""

import os
from pathlib import Path

from thinkific_mcp.settings import Settings


def journal_path(settings: Settings) -> Path | None:
    """Return the journal's file, or the folder that it is in; None where it is off."""
    given = settings.journal.strip()
    if given.lower() == "off":
        return None
    if not given:
        from platformdirs import user_state_path

        return user_state_path("thinkific-mcp", appauthor=False) / "journal.jsonl"
    path = Path(os.path.expanduser(given))
    return path / "journal.jsonl" if given.endswith(("/", os.sep)) else path
