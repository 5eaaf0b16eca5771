"""Where the budgets of sites are kept: in this process, or with others in Redis (`redis.py`)."""

import threading
import time
from collections.abc import Callable
from typing import ClassVar, Protocol, TypeVar

from thinkific_mcp.client.pace.allowance import Allowance

T = TypeVar("T")

Change = Callable[[Allowance, float], T]
"""Reads or changes an allowance at a moment of the store's clock."""

_MANY_SITES = 1000


class Store(Protocol):
    """Keeps the allowance of each site, and changes one at a time."""

    is_shared: ClassVar[bool]
    """Whether other processes change it too."""

    async def change(self, site: str, change: Change[T]) -> T:
        """Carry out a change of a site's allowance as one step, and return what it returns.

        Changes are carried out in the order they are asked for, also those whose callers are cancelled meanwhile.

        Raises:
            UnreachableError: the store cannot be reached; nothing was changed.
        """
        ...

    async def is_reachable(self) -> bool:
        """Tell whether the store can be used at this moment."""
        ...

    async def aclose(self) -> None:
        """Close what the store holds open."""
        ...


class ProcessStore:
    """Keeps the allowances in this process.

    Args:
        clock: returns seconds that only ever grow, and are the same in all event loops.
        processes: how many processes may use a site's limits without knowing of each other.
    """

    is_shared: ClassVar[bool] = False

    def __init__(self, clock: Callable[[], float] = time.monotonic, processes: int = 1) -> None:
        self._clock = clock
        self._processes = processes
        self._one_at_a_time = threading.Lock()
        self._allowances: dict[str, Allowance] = {}

    async def change(self, site: str, change: Change[T]) -> T:
        """Carry out a change of a site's allowance."""
        with self._one_at_a_time:
            now = self._clock()
            if site not in self._allowances and len(self._allowances) >= _MANY_SITES:
                self._allowances = {name: kept for name, kept in self._allowances.items() if not kept.is_idle(now)}
            return change(self._allowances.setdefault(site, Allowance(processes=self._processes)), now)

    def forget(self, site: str) -> None:
        """Forget a site's allowance."""
        with self._one_at_a_time:
            self._allowances.pop(site, None)

    async def is_reachable(self) -> bool:
        """Tell that it is."""
        return True

    async def aclose(self) -> None:
        """Keep the allowances: they hold for whoever calls next."""
