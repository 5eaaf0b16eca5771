"""A school whose budget is in a store that goes away, hangs and comes back, on a virtual clock."""

from bisect import bisect_left
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Literal

import anyio
from anyio.abc import TaskGroup

from thinkific_mcp import Thinkific
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.client.pace.outage import EnduringStore
from thinkific_mcp.client.pace.store import Change, T
from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.sandbox import Limit

from .reading import LIMIT, READ
from .virtual import Site

State = Literal["there", "away", "locked", "hanging"]
STATES: tuple[State, ...] = ("there", "away", "locked", "hanging")
SITE = "api.thinkific.com/sandbox"


class Unsteady(ProcessStore):
    """A store that other processes change too, as they do Redis, and that goes away."""

    is_shared: ClassVar[bool] = True
    state: State = "there"
    asked = 0

    async def change(self, site: str, change: Change[T]) -> T:
        self.asked += 1
        if self.state == "hanging":
            await anyio.sleep_forever()
        if self.state != "there":
            raise UnreachableError("Redis is away.", sent=False, lasting=self.state == "locked")
        return await super().change(site, change)


class School:
    """A site whose budget is in an unsteady store."""

    def __init__(self, tasks: TaskGroup, limit: Limit, delay: float) -> None:
        self.store = Unsteady(anyio.current_time)
        self.site = Site(limit, delay=lambda: delay)
        self._limits = Limits(limit.requests, limit.at_once, limit.seconds)
        self._tasks = tasks

    def budgets(self) -> Budgets:
        """Return the budgets of a process of its own."""
        store = EnduringStore(self.store, clock=anyio.current_time, start=self._tasks.start_soon)
        return Budgets(self._limits, store)

    def client(self, **options: Any) -> Thinkific:
        """Return a client in a process of its own."""
        return self.site.client(**{"budgets": self.budgets(), **options})

    def most_in_a_minute(self) -> int:
        """Return how many requests arrived in the fullest minute."""
        arrivals = self.site.arrivals
        return max(bisect_left(arrivals, first + 60) - place for place, first in enumerate(arrivals))


@asynccontextmanager
async def school(limit: Limit = LIMIT, delay: float = 0.1) -> AsyncGenerator[School]:
    async with anyio.create_task_group() as tasks:
        yield School(tasks, limit, delay)


async def end_outage(school: School, *clients: Thinkific) -> None:
    """Let the store be there again, and processes notice."""
    school.store.state = "there"
    await anyio.sleep(2)
    for thinkific in clients:
        await thinkific(READ)
