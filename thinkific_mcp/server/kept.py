"""Long answers, whole, for a host that saves them to a file."""

import secrets
from typing import Any, Protocol

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp_types import Annotations, ResourceLink

_PLACE = "thinkific://results/"
_MIME_TYPE = "text/csv"
_MOST = 8
_MOST_BYTES = 32_000_000


class Kept:
    """The latest long answers as CSV: some 32 MB of them at most, or one that is larger."""

    def __init__(self) -> None:
        self._answers: dict[str, bytes] = {}

    def keep(self, name: str, csv: str) -> ResourceLink:
        """Keep an answer, and return a link to it; the oldest ones make room for it.

        Args:
            name: the tool that gave it.
            csv: all of it.
        """
        # Not by number: a link of a conversation that outlives this process must not find another's answer.
        file = f"{name}-{secrets.token_hex(4)}.csv"
        self._answers[file] = csv.encode()
        while len(self._answers) > 1 and not self._is_small():
            del self._answers[next(iter(self._answers))]
        return ResourceLink(
            uri=_PLACE + file,
            name=file,
            description="All that was read, to save as a file.",
            mime_type=_MIME_TYPE,
            size=len(self._answers[file]),
            annotations=Annotations(audience=["user"]),
        )

    def read(self, file: str) -> str | None:
        """Return an answer by the name in its link; None where it is not kept any more."""
        answer = self._answers.get(file)
        return None if answer is None else answer.decode()

    def _is_small(self) -> bool:
        return len(self._answers) <= _MOST and sum(map(len, self._answers.values())) <= _MOST_BYTES


class _Keeping(Protocol):
    """What a server serves with, where it keeps answers."""

    @property
    def kept(self) -> Kept | None: ...


def add_kept(server: MCPServer[Any]) -> None:
    """Let the client read what is kept for it."""

    async def kept_answer(file: str, context: Context[_Keeping, object]) -> str:
        kept = context.request_context.lifespan_context.kept
        text = kept.read(file) if kept else None
        if text is None:
            raise ResourceNotFoundError("This answer is no longer kept: call the tool again.")
        return text

    server.resource(
        f"{_PLACE}{{file}}",
        name="results",
        description="All rows of a long answer, by the link that came with it.",
        mime_type=_MIME_TYPE,
        annotations=Annotations(audience=["user"]),
    )(kept_answer)
