"""Questions that wait for an answer, each under the seal of the round that it went out in.

A question is taken when its answer comes, so that an answer acts once however often it is sent: the second finds
no question any more. Nothing of this stands in the question itself, which has to be the same in each round.
"""

import hashlib
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from thinkific_mcp.guard.memory import Memory
from thinkific_mcp.guard.preview import Preview

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

    async def keep(self, seal: str, previews: Sequence[Preview]) -> None:
        """Remember what was shown in a call, under the seal that its answer will come with.

        Raises:
            UnreachableError: the memory cannot be reached.
        """
        await self._memory.put(_key(seal), _PREVIEWS.dump_json(list(previews)).decode(), PATIENCE)

    async def take(self, seal: str) -> list[Preview]:
        """Return what was shown, once; nothing where it was taken already, or the answer took too long.

        Raises:
            UnreachableError: the memory cannot be reached.
        """
        kept = await self._memory.take(_key(seal))
        try:
            return _PREVIEWS.validate_json(kept or "[]")
        except ValidationError:  # kept by another version of this server
            return []


def _key(seal: str) -> str:
    return f"question:{hashlib.sha256(seal.encode()).hexdigest()}"
