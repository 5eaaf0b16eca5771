"""The line in which a process's calls to one site wait for their turn."""

import logging
import math
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import anyio

from thinkific_mcp.client.pace.allowance import RENEW_EVERY, Allowance, Limits
from thinkific_mcp.client.pace.store import Change, Store
from thinkific_mcp.client.patience import Patience
from thinkific_mcp.errors import DeadlineError, UnreachableError
from thinkific_mcp.telemetry import budget_wait, set_budget_left

_logger = logging.getLogger(__name__)

# The shortest wait of who is not first in line, in seconds: none would be a turn.
_SOON = 0.01


@dataclass
class Turn:
    """The right to send one request, held until the request is over.

    Attributes:
        is_held: whether it is, or may be, ours.
        sent: whether the request may have reached Thinkific. Set it before the request leaves.
        was_refused: whether the request met a 429.
    """

    limits: Limits
    lease: str = field(default_factory=lambda: uuid4().hex)
    is_held: bool = False
    sent: bool = False
    was_refused: bool = False
    _lifted_in: float | None = None

    def refused(self, lifted_in: float | None) -> None:
        """Take note that the request met a 429, lifted in so many seconds where Thinkific said so."""
        self.was_refused, self._lifted_in = True, lifted_in

    def renew(self, allowance: Allowance, now: float) -> None:
        """Keep the turn."""
        allowance.renew(self.lease, now)

    def end(self, allowance: Allowance, now: float) -> None:
        """Give the turn back."""
        if self.was_refused:
            allowance.refuse(self.limits, self.lease, self._lifted_in, now)
        elif self.sent:
            allowance.finish(self.limits, self.lease, now)
        else:
            allowance.give_back(self.lease)


@dataclass(eq=False)
class _Waiter:
    turn: Turn
    arrived: float | None = None
    woken: anyio.Event = field(default_factory=anyio.Event)
    was_given: bool = False


class Line:
    """Serves the calls of this process to one site, first come, first served.

    Only the first of them asks the store for its turn, so that a shared store hears one voice of each process.

    Args:
        site: the site.
        limits: what Thinkific allows it.
        store: where its allowance is kept.
    """

    def __init__(self, site: str, limits: Limits, store: Store) -> None:
        self._site = site
        self._limits = limits
        self._store = store
        self._name = uuid4().hex
        self._waiting: deque[_Waiter] = deque()
        self._is_known = False  # whether the store knows of anybody who waits here

    @asynccontextmanager
    async def turn(self, patience: Patience) -> AsyncGenerator[Turn]:
        """Wait for a turn, and hold it inside this block.

        Raises:
            DeadlineError: the turn would come after the call's deadline.
            UnreachableError: the store of the budget cannot be reached.
        """
        turn = Turn(self._limits)
        try:
            with budget_wait():
                await self._wait(turn, patience)
            async with self._kept(turn) if self._store.is_shared else nullcontext():
                yield turn
        finally:
            if turn.is_held:
                await self._return(turn)

    @asynccontextmanager
    async def _kept(self, turn: Turn) -> AsyncGenerator[None]:
        """Let the other processes know inside this block that a turn is still held."""
        failure: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep, turn)
            try:
                yield
            except Exception as error:  # out of the task group, which would wrap it
                failure = error
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def _wait(self, turn: Turn, patience: Patience) -> None:
        waiter = _Waiter(turn)
        self._waiting.append(waiter)
        try:
            while True:
                waiter.woken = anyio.Event()
                again, wait = await self._ask(waiter)
                if wait > patience.left():
                    raise DeadlineError(_too_long(wait, patience.deadline), retry_after=wait)
                if turn.is_held:
                    return
                with (
                    patience.waiting_for("waiting for the site's request budget", wait),
                    anyio.move_on_after(min(again, patience.left())),
                ):
                    await waiter.woken.wait()
        finally:
            self._waiting.remove(waiter)
            if self._waiting:
                self._waiting[0].woken.set()
            elif self._is_known:
                self._is_known = False
                await self._tell(lambda allowance, _: allowance.leave(self._name))

    async def _ask(self, waiter: _Waiter) -> tuple[float, float]:
        """Take the turn, and return (0, 0); or return when to ask again and when it may come, in seconds."""

        def ask(allowance: Allowance, now: float) -> tuple[float, float]:
            if waiter not in self._waiting:  # it was cancelled before it was heard
                if not self._waiting:
                    allowance.leave(self._name)
                return math.inf, 0
            if waiter.arrived is None:
                waiter.arrived = now
            waiter.was_given = False
            # Of those who ask together, the next is heard as soon as the one before it has its turn.
            queue = [each for each in self._waiting if not each.was_given]
            before = queue.index(waiter)
            again = math.inf  # who is not the first is woken when it becomes so
            if not before:
                arrivals = [each.arrived for each in queue if each.arrived is not None]
                again = allowance.take(self._limits, self._name, waiter.turn.lease, arrivals, now)
                self._is_known = again > 0 or len(arrivals) > 1
                waiter.was_given = again <= 0
                if again <= 0:
                    if self._store.is_shared:
                        allowance.renew(waiter.turn.lease, now)
                    set_budget_left(self._site.partition("/")[2], allowance.left(self._limits, now))
                    return 0, 0
            wait = allowance.seconds_for(self._limits, self._name, before, waiter.arrived, now)
            return again, max(wait, _SOON if before else again)

        # Who is cancelled while asking does not hear whether the turn was given.
        waiter.turn.is_held = True
        try:
            again, wait = await self._store.change(self._site, ask)
        except UnreachableError:
            waiter.turn.is_held = waiter.was_given = False
            raise
        waiter.turn.is_held = again <= 0
        return again, wait

    async def _keep(self, turn: Turn) -> None:
        """Say again and again that a request is still under way, which others cannot know."""
        while True:
            await anyio.sleep(RENEW_EVERY)
            with suppress(UnreachableError):
                await self._store.change(self._site, turn.renew)

    async def _return(self, turn: Turn) -> None:
        await self._tell(turn.end)
        for waiter in list(self._waiting)[: None if turn.was_refused else 1]:
            waiter.woken.set()

    async def _tell(self, change: Change[None]) -> None:
        with anyio.CancelScope(shield=True):
            try:
                await self._store.change(self._site, change)
            except UnreachableError:
                _logger.warning("A turn could not be given back to the shared budget; it is forgotten by itself.")


def _too_long(wait: float, deadline: float) -> str:
    seconds = round(wait)
    if seconds < 1:
        return (
            "The site is busy with as many requests as may run at once: no turn came within this call's deadline "
            f"of {deadline:g} seconds. Nothing was sent. Try again."
        )
    in_time = f"in {seconds} second{'s' * (seconds > 1)}"
    return (
        f"The site's requests of this minute are used up: the next free turn comes {in_time}, too late for this "
        f"call's deadline of {deadline:g} seconds. Nothing was sent. Try again {in_time}."
    )
