"""Questions that wait for an answer, each under the seal of the round that it went out in.

A question is taken when its answer comes, so that an answer acts once however often it is sent: the second finds
no question any more. Nothing of this stands in the question itself, which has to be the same in each round.
"""

import hashlib
import json
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from thinkific_mcp.guard.memory import Memory
from thinkific_mcp.guard.preview import Preview
from thinkific_mcp.telemetry import traced

PATIENCE = 300.0
"""Seconds that an answer may take."""

_PREVIEWS = TypeAdapter(list[Preview])


class Questions:
    """Remembers what was asked.

    Args:
        memory: where; shared by all processes that may get the answer.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @traced("guard keep question")
    async def keep(self, asked: str, seal: str, previews: Sequence[Preview]) -> None:
        """Remember what was shown in a call.

        Args:
            asked: who was asked.
            seal: what the answer will come with.
            previews: what was shown.

        Raises:
            UnreachableError: the memory cannot be reached.
        """
        await self._memory.put(_key(asked, seal), _PREVIEWS.dump_json(list(previews)).decode(), PATIENCE)

    @traced("guard take question")
    async def take(self, asked: str, seal: str) -> list[Preview]:
        """Return what was shown, once; nothing where it was taken already, or the answer took too long.

        Args:
            asked: who answers; what others were asked stays.
            seal: what the answer came with.

        Raises:
            UnreachableError: the memory cannot be reached.
        """
        kept = await self._memory.take(_key(asked, seal))
        try:
            return _PREVIEWS.validate_json(kept or "[]")
        except ValidationError:  # kept by another version of this server
            return []


def _key(asked: str, seal: str) -> str:
    return f"question:{hashlib.sha256(json.dumps([asked, seal]).encode()).hexdigest()}"
