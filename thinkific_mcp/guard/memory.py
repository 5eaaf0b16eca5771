"""What the guard remembers for minutes: in this process, or for all replicas in Redis (`redis.py`)."""

import math
import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

_MOST = 10_000


class Memory(Protocol):
    """Keeps short texts for a while, each under a key.

    Values may hold students' names, keys must not: whoever makes a key of such things hashes them.
    """

    async def put(self, key: str, value: str, seconds: float) -> None:
        """Remember a text, in place of what was under its key.

        Raises:
            UnreachableError: the memory cannot be reached.
        """
        ...

    async def get(self, key: str) -> str | None:
        """Return what is under a key, a count as its number; None where nothing is, or no longer.

        Raises:
            UnreachableError: the memory cannot be reached.
        """
        ...

    async def take(self, key: str) -> str | None:
        """Return what is under a key, and forget it: of many who take it at once, one gets it.

        Raises:
            UnreachableError: the memory cannot be reached; what was to be taken may be gone all the same.
        """
        ...

    async def count(self, key: str, seconds: float) -> int:
        """Add one to the number under a key, and return it; all of it is forgotten so long after the first.

        Raises:
            UnreachableError: the memory cannot be reached; it may have counted all the same.
        """
        ...

    async def aclose(self) -> None:
        """Close what the memory holds open."""
        ...


class ProcessMemory:
    """Remembers in this process, ten thousand texts at most: for more, those that would be forgotten first go.

    Args:
        clock: returns seconds that only ever grow, and are the same in all event loops.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._soonest = math.inf

    async def put(self, key: str, value: str, seconds: float) -> None:
        """Remember a text."""
        with self._one_at_a_time:
            self._forget()
            self._keep(key, _Kept(value, self._clock() + seconds))

    async def get(self, key: str) -> str | None:
        """Return what is under a key."""
        with self._one_at_a_time:
            self._forget()
            found = self._kept.get(key)
            return found.value if found else None

    async def take(self, key: str) -> str | None:
        """Return what is under a key, and forget it."""
        with self._one_at_a_time:
            self._forget()
            found = self._kept.pop(key, None)
            return found.value if found else None

    async def count(self, key: str, seconds: float) -> int:
        """Add one to the number under a key."""
        with self._one_at_a_time:
            self._forget()
            found = self._kept.get(key) or _Kept("0", self._clock() + seconds)
            number = int(found.value) + 1
            self._keep(key, found._replace(value=str(number)))
            return number

    async def aclose(self) -> None:
        """Keep everything: it holds for whoever calls next."""

    def _forget(self) -> None:
        now = self._clock()
        if now >= self._soonest:
            self._kept = {key: kept for key, kept in self._kept.items() if now < kept.until}
            self._soonest = min((kept.until for kept in self._kept.values()), default=math.inf)

    def _keep(self, key: str, kept: "_Kept") -> None:
        if key not in self._kept and len(self._kept) >= _MOST:
            del self._kept[min(self._kept, key=lambda other: self._kept[other].until)]
        self._kept[key] = kept
        self._soonest = min(self._soonest, kept.until)


class _Kept(NamedTuple):
    """A text, and the moment from which it is forgotten."""

    value: str
    until: float
