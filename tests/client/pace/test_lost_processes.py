"""Processes that share a site's budget, on a virtual clock: who is served first, and what if one is killed."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from typing import Any, ClassVar

import anyio
import httpx2
import pytest
import trio

from thinkific_mcp import Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.client.pace.store import Change, T
from thinkific_mcp.errors import DeadlineError, UnreachableError

from .virtual import ACCOUNT, Site, virtual

READ = GetCourse(course_id=1)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


class SharedStore(ProcessStore):
    """A store that other processes change too, as they do Redis."""

    is_shared: ClassVar[bool] = True


class Processes:
    """Processes that share a store.

    Attributes:
        killed: whether those that are to be lost are lost.
    """

    def __init__(self, site: Site, limits: Limits) -> None:
        self.store = SharedStore(anyio.current_time)
        self.limits = limits
        self.killed = False
        self._site = site

    def client(self, **options: Any) -> Thinkific:
        """Return a client in a process of its own."""
        return self._site.client(budgets=Budgets(self.limits, self.store), **options)

    @asynccontextmanager
    async def lost(self, reads: int) -> AsyncGenerator[None]:
        """Let a process send as many reads as it may, wait with the others, and be killed."""

        async def never(request: httpx2.Request) -> httpx2.Response:
            await anyio.sleep_forever()
            raise AssertionError

        budgets = Budgets(self.limits, Severed(self))
        doomed = Thinkific(ACCOUNT, budgets=budgets, transport=httpx2.MockTransport(never), deadline=0)

        async def read() -> None:
            with suppress(UnreachableError):
                await doomed(READ)

        async with anyio.create_task_group() as tasks:
            for _ in range(reads):
                tasks.start_soon(read)
            await anyio.sleep(0.01)
            self.killed = True
            yield
            tasks.cancel_scope.cancel()


class Severed(SharedStore):
    """The store, for a process that reaches it no more once it is killed."""

    def __init__(self, processes: Processes) -> None:
        super().__init__()
        self._processes = processes

    async def change(self, site: str, change: Change[T]) -> T:
        if self._processes.killed:
            raise UnreachableError("the process is dead", sent=False)
        return await self._processes.store.change(site, change)


async def read(thinkific: Thinkific, times: int) -> None:
    """Read so often, all at once."""
    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(thinkific, READ)


async def test_the_turns_of_a_killed_process_are_free_again_after_15_seconds() -> None:
    site = Site()
    processes = Processes(site, Limits(at_once=10))
    async with processes.lost(10):
        await processes.client()(READ)
    assert 15 <= site.arrivals[0] < 16


async def test_the_requests_of_a_killed_process_count_for_a_minute_all_the_same() -> None:
    site = Site()
    processes = Processes(site, Limits(requests=60, at_once=10))
    async with processes.lost(10):
        await read(processes.client(), 10)
    assert [later - earlier > 0.7 for earlier, later in pairwise(site.arrivals)] == [True] * 9


async def test_the_line_of_a_killed_process_is_forgotten_after_seconds() -> None:
    site = Site()
    processes = Processes(site, Limits(requests=12, at_once=10))
    async with processes.lost(1000):
        await processes.client()(READ)
    assert 5 <= site.arrivals[0] < 12


async def test_a_process_keeps_its_turn_for_as_long_as_its_request_is_under_way() -> None:
    site = Site(delay=lambda: 40)
    processes = Processes(site, Limits(at_once=1))
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(processes.client(), READ)
    assert site.way.most_under_way == 1
    assert 120 <= site.arrivals[1] < 121


async def test_a_call_that_would_wait_too_long_for_other_processes_fails_at_once() -> None:
    site = Site()
    processes = Processes(site, Limits(requests=120, at_once=10))
    other = processes.client()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read, other, 500)
        await anyio.sleep(1)
        with pytest.raises(DeadlineError) as caught:
            await processes.client(deadline=45)(READ)
        assert trio.current_time() == 1
        assert caught.value.retry_after == pytest.approx(240, rel=0.25)
        tasks.cancel_scope.cancel()


async def test_those_who_come_later_to_other_processes_do_not_count() -> None:
    site = Site()
    site.sandbox.faults.add("rate_limit", retry_in=5)
    processes = Processes(site, Limits(requests=120, at_once=1))
    budgets = Budgets(processes.limits, processes.store)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(site.client(budgets=budgets), READ)
        await anyio.sleep(0.05)
        tasks.start_soon(read, site.client(budgets=budgets, deadline=45), 5)
        await anyio.sleep(0.05)
        # The 429 lets all who wait look again how long it will take.
        tasks.start_soon(read, processes.client(), 500)
