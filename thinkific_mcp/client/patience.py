"""How long a call may take, and who is told while it waits."""

import math
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import anyio

T = TypeVar("T")

Report = Callable[[float, float | None, str], Awaitable[None]]
"""Is told how far a call is, of how much, and what it waits for. The first number only ever grows."""

REPORT_EVERY = 2.0
"""Seconds before the first report, and between reports."""

# Of the deadline, or a ninth of it where that is less. A write sent later would most likely end without an answer.
_FOR_AN_ANSWER = 5.0


@dataclass(frozen=True)
class _Wait:
    what: str
    since: float
    until: float | None = None

    def told(self, now: float) -> str:
        """Say what is waited for and how much longer; for how long already, where nobody knows."""
        if self.until is None:
            return f"{self.what}, for {now - self.since:.0f} s now"
        return f"{self.what}, about {max(1, round(self.until - now))} s more"


class Patience:
    """What one call has left of its deadline, and what it is waiting for.

    Args:
        deadline: seconds that the call may take; 0 for as long as it needs.

    Attributes:
        deadline: the same.
        until: when the call has to be over, on the event loop's clock.
    """

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self._for_an_answer = min(_FOR_AN_ANSWER, deadline / 9)
        self._started = anyio.current_time()
        self.until = self._started + deadline if deadline else math.inf
        self._waiting = _Wait("waiting for Thinkific", self._started)
        self._done: float | None = None
        self._total: float | None = None

    def left(self) -> float:
        """Return the seconds that may be waited before a request is sent, so that time is left for its answer."""
        return self.until - self._for_an_answer - anyio.current_time()

    @contextmanager
    def waiting_for(self, words: str, seconds: float | None = None) -> Generator[None]:
        """Say what is waited for inside this block, and for how many seconds where that is known."""
        now = anyio.current_time()
        before, self._waiting = self._waiting, _Wait(words, now, None if seconds is None else now + seconds)
        try:
            yield
        finally:
            self._waiting = before

    def fetched(self, rows: int, expected: int | None) -> None:
        """Take note of how many rows of a list have come, of how many."""
        self._done, self._total = rows, expected

    async def telling(self, report: Report | None, work: Callable[[], Awaitable[T]]) -> T:
        """Do the work, and report every two seconds meanwhile."""
        if report is None:
            return await work()
        done: list[T] = []
        failure: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_telling, report)
            try:
                done.append(await work())
            except Exception as error:  # out of the task group, which would wrap it
                failure = error
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure
        return done[0]

    async def _keep_telling(self, report: Report) -> None:
        told = 0.0
        while True:
            await anyio.sleep(REPORT_EVERY)
            now = anyio.current_time()
            done, total, words = now - self._started, None, self._waiting.told(now)
            if self._done is not None:
                of_how_many = "" if self._total is None else f" of {self._total:.0f}"
                done, total, words = self._done, self._total, f"{self._done:.0f}{of_how_many} rows; {words}"
            told = max(done, told + 0.001)
            # Whoever asked for reports may have gone; the call goes on.
            with suppress(Exception):
                await report(told, total, words)
