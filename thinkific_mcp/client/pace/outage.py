"""A shared store that may fail: until it is back, this process keeps to a safe part of the budget."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import anyio

from thinkific_mcp.client.pace.allowance import Allowance
from thinkific_mcp.client.pace.store import Change, ProcessStore, Store, T
from thinkific_mcp.errors import UnreachableError

PATIENCE = 0.5
"""Seconds that a change of a shared allowance may take; one in Redis takes a few thousandths."""

# As many processes stay within the limits together during an outage, whoever they are.
_PROCESSES = 6
_PAUSE = 2.0
# Clocks that differ by more were set meanwhile, or the store is another one.
_CLOCK_DRIFT = 1.0
_NOBODY = ""
_EPOCH = time.time() - time.monotonic()

_logger = logging.getLogger(__name__)


def _steady_time() -> float:
    return _EPOCH + time.monotonic()


class EnduringStore:
    """Keeps the allowances in a shared store, and in this process for as long as that one cannot be used.

    This process then uses a sixth of the limits, less a sixth of what was used when the shared store was last
    heard, and whatever a 429 taught still holds. The shared store is tried every two seconds while somebody asks,
    and nobody waits for that. What was used meanwhile is told to it afterwards.

    Args:
        shared: the store that others change too.
        patience: seconds that a change there may take.
        clock: returns seconds since the epoch that only ever grow, and are the same in all event loops.
        start: starts what nobody waits for; by default a task of asyncio.
    """

    is_shared: ClassVar[bool] = True

    def __init__(
        self,
        shared: Store,
        patience: float = PATIENCE,
        clock: Callable[[], float] = _steady_time,
        start: Callable[[Callable[[], Coroutine[Any, Any, object]]], object] | None = None,
    ) -> None:
        self._shared = shared
        self._patience = patience
        self._clock = clock
        self._ahead = 0.0  # the shared store's clock, of ours
        self._own = ProcessStore(self._shared_time, _PROCESSES)
        self._start = start or self._start_task
        self._tasks: set[asyncio.Task[object]] = set()
        self._failed_at: str | None = None  # the site whose change showed that the shared store cannot be used
        self._try_at = 0.0

    async def change(self, site: str, change: Change[T]) -> T:
        """Carry out a change of a site's allowance.

        One that took too long in the shared store is carried out here; if it was carried out there too, the site
        is thought to have used more than it did, for a minute.

        Raises:
            SettingsError: the shared store cannot be used in this event loop.
        """
        if self._failed_at is None:
            try:
                return await self._change_shared(site, change)
            except UnreachableError as failure:
                self._begin_outage(site, failure)
        elif self._clock() >= self._try_at:
            self._try_at = self._clock() + _PAUSE
            self._start(self.is_reachable)
        return await self._own.change(site, change)

    async def is_reachable(self) -> bool:
        """Try the shared store; from then on it is used if it can be, and left alone if not."""
        site = _NOBODY if self._failed_at is None else self._failed_at
        try:
            await self._ask_shared(site, lambda allowance, now: None)
        except UnreachableError as failure:
            self._begin_outage(site, failure)
            return False
        if self._failed_at is not None:
            self._failed_at = None
            _logger.warning("The shared request budget can be used again.")
        return True

    async def aclose(self) -> None:
        """Close the shared store; the allowances here hold for whoever calls next."""
        await self._shared.aclose()

    async def _change_shared(self, site: str, change: Change[T]) -> T:
        """Carry out a change in the shared store, after what was used here unknown to it."""
        used_here = await self._own.change(site, lambda allowance, _: allowance.hand_over())
        done: list[tuple[T, Allowance, float]] = []

        def join_and_change(allowance: Allowance, now: float) -> None:
            if abs(now - self._shared_time()) <= _CLOCK_DRIFT:
                allowance.join(used_here)
            outcome = change(allowance, now)
            done[:] = [(outcome, allowance.part(_PROCESSES), now - self._clock())]

        try:
            await self._ask_shared(site, join_and_change)
        except BaseException:  # cancelled too
            await self._own.change(site, lambda allowance, _: allowance.join(used_here))
            raise
        ((outcome, known, self._ahead),) = done
        if self._failed_at is None:
            self._own.forget(site)
        await self._own.change(site, lambda allowance, _: allowance.join(known))
        return outcome

    async def _ask_shared(self, site: str, change: Change[T]) -> T:
        with anyio.move_on_after(self._patience):
            return await self._shared.change(site, change)
        raise UnreachableError("The shared request budget cannot be used: no answer in time.", sent=False)

    def _begin_outage(self, site: str, failure: UnreachableError) -> None:
        self._try_at = self._clock() + _PAUSE
        if self._failed_at is None:
            self._failed_at = site
            _logger.log(
                logging.ERROR if failure.lasting else logging.WARNING,
                "%s Until it can be used, this process keeps to a sixth of each site's budget.",
                failure,
            )

    def _shared_time(self) -> float:
        return self._clock() + self._ahead

    def _start_task(self, job: Callable[[], Coroutine[Any, Any, object]]) -> None:
        task = asyncio.create_task(job())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
