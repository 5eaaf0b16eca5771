"""Requests as administrators put them, and which tool is the right one."""

from collections.abc import Collection, Sequence
from pathlib import Path

from search_quality import Request, requests

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.knowledge.search import Search
from thinkific_mcp.server import select


def served_requests(file: Path) -> Sequence[Request]:
    """Read the requests that Thinkific's API can serve: all but those to which the answer is that it cannot."""
    possible = [request for request in requests(file) if not request.why_impossible]
    return [request for request in possible if set(request.tools) <= OPERATIONS.keys()]


def found_first(requests: Sequence[Request]) -> int:
    """Count for how many our search puts a right tool first."""
    search = Search(select(changes=True))
    return sum(any(tool in request.tools for tool in search(request.text).tools[:1]) for request in requests)


def converted(tools: Collection[str]) -> Collection[str]:
    """Return the converter's names of the same tools."""
    return [_converted(tool) for tool in tools]


def _converted(tool: str) -> str:
    spec = OPERATIONS[tool].spec
    return spec.operation_id or f"{spec.method}_{spec.path}".translate({ord(sign): None for sign in "/{}"})
