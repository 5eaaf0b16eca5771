"""What is remembered of the API keys that callers bring: under a hash, and never the key."""

from contextlib import suppress
from typing import Literal, cast

from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.guard.memory import Memory, ProcessMemory

Verdict = Literal["good", "wrong"]

_SECONDS: dict[Verdict, float] = {"good": 3600, "wrong": 300}
_SECONDS_HERE = 300.0
_PROVEN_SECONDS = 7 * 86_400.0


class KnownKeys:
    """Remembers verdicts on keys: an hour that one is good, five minutes that it is wrong.

    Args:
        memory: what all processes share. Where it cannot be reached, each remembers for itself.
    """

    def __init__(self, memory: Memory) -> None:
        self._everywhere = memory
        self._here = ProcessMemory()

    async def verdict(self, digest: str) -> Verdict | None:
        """Return what is known of a key; None where it has to be tried."""
        found = await self._here.get(_key(digest))
        if found is None:
            with suppress(UnreachableError):
                found = await self._everywhere.get(_key(digest))
            if found not in _SECONDS:
                return None
            # What is wrong is not to be held here for longer than elsewhere.
            if found == "good":
                await self._here.put(_key(digest), found, _SECONDS_HERE)
        return cast(Verdict, found)

    async def note(self, digest: str, verdict: Verdict) -> None:
        """Remember what came of trying a key."""
        await self._here.put(_key(digest), verdict, _SECONDS_HERE)
        for memory in (self._here, self._everywhere):
            with suppress(UnreachableError):
                if verdict == "good":
                    await memory.put(_proven(digest), "yes", _PROVEN_SECONDS)
                else:
                    await memory.take(_proven(digest))
        with suppress(UnreachableError):
            await self._everywhere.put(_key(digest), verdict, _SECONDS[verdict])

    async def is_proven(self, digest: str) -> bool:
        """Tell whether a key was good in the past week, and not found wrong since."""
        if await self._here.get(_proven(digest)):
            return True
        with suppress(UnreachableError):
            return await self._everywhere.get(_proven(digest)) is not None
        return False

    async def forget(self, digest: str) -> None:
        """Let a key be tried again before it is used once more."""
        for memory in (self._here, self._everywhere):
            with suppress(UnreachableError):
                await memory.take(_key(digest))

    async def count_try(self, site: str) -> int:
        """Return how many new keys of a site came in the past minute, this one included."""
        tries = f"key-tries:{site}"
        try:
            return await self._everywhere.count(tries, 60)
        except UnreachableError:
            return await self._here.count(tries, 60)


def _key(digest: str) -> str:
    return f"key:{digest}"


def _proven(digest: str) -> str:
    return f"key-proven:{digest}"
