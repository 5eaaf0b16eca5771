"""An admin's ways of asking for each tool, and for what no tool does: in requests.tsv."""

from collections.abc import Iterator
from pathlib import Path

_FILE = Path(__file__).with_name("requests.tsv")


def known_requests() -> Iterator[tuple[str, str]]:
    """Yield what is asked for, a tool's name or the key of what is impossible, and a way of asking for it."""
    for line in _FILE.read_text("utf-8").splitlines()[1:]:
        what, _, request = line.partition("\t")
        yield what, request
