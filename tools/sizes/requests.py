"""Requests as administrators put them, and which tool is the right one."""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from thinkific_mcp.knowledge.search import Search

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.server import select


@dataclass(frozen=True)
class Request:
    """What an administrator asks for, and the tools that are right."""

    words: str
    tools: Collection[str]

    @property
    def theirs(self) -> Collection[str]:
        """The converter's names of the same tools."""
        return [_converted(tool) for tool in self.tools]


def served_requests(file: Path) -> Sequence[Request]:
    """Read the requests that Thinkific's API can serve: all but those to which the answer is that it cannot."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    requests = [Request(row["request"], row["tools"].split(",")) for row in rows if not row["why_impossible"]]
    return [request for request in requests if set(request.tools) <= OPERATIONS.keys()]


def found_first(requests: Sequence[Request]) -> int:
    """Count for how many our search puts a right tool first."""
    search = Search(select(changes=True))
    return sum(any(tool in request.tools for tool in search(request.words).tools[:1]) for request in requests)


def _converted(tool: str) -> str:
    spec = OPERATIONS[tool].spec
    return spec.operation_id or f"{spec.method}_{spec.path}".translate({ord(sign): None for sign in "/{}"})
