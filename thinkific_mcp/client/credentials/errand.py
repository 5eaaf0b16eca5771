"""Work that goes on to its end, though whoever asked for it may leave."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import anyio
import httpx2

from thinkific_mcp.errors import UnreachableError

T = TypeVar("T")

_LONGEST_FAREWELL = 15.0


class Errand(Generic[T]):
    """Work in a task of its own, which begins at once and which any number of calls may wait for.

    It ends early with the event loop only; `finish` keeps the loop for it.

    Args:
        work: what to do.
        http: what the work sends requests with.
    """

    def __init__(self, work: Callable[[], Awaitable[T]], http: httpx2.AsyncClient) -> None:
        self._work = work
        self._results: list[T] = []
        self._error: Exception | None = None
        self._end = anyio.Event()
        self._others = _under_way.setdefault(http, set())
        self._others.add(self)
        _start(self._run, self._ended)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self._end.is_set()

    async def result(self) -> T:
        """Wait for the end, and return what the work gave; a call that is cancelled meanwhile just leaves.

        Raises:
            UnreachableError: the event loop ended before.
            Exception: what the work raised.
        """
        await self._end.wait()
        if self._error is not None:
            raise self._error
        if not self._results:
            raise UnreachableError(
                "The program ended while the access token was renewed.", sent=False, lasting=True
            )
        return self._results[0]

    async def wait(self) -> None:
        """Wait for the end, whatever it is."""
        await self._end.wait()

    async def _run(self) -> None:
        try:
            self._results.append(await self._work())
        except Exception as error:
            self._error = error
        finally:
            self._ended()

    def _ended(self) -> None:
        self._others.discard(self)
        self._end.set()


_under_way: WeakKeyDictionary[httpx2.AsyncClient, set[Errand[Any]]] = WeakKeyDictionary()


async def finish(http: httpx2.AsyncClient) -> None:
    """Wait for all errands that send requests with a client, before it is closed; 15 seconds at most.

    A cancelled call waits too: a refresh token whose answer is not heard is lost.
    """
    with anyio.move_on_after(_LONGEST_FAREWELL, shield=True):
        for errand in list(_under_way.get(http, ())):
            await errand.wait()


_tasks: set[asyncio.Task[None]] = set()


def _start(run: Callable[[], Awaitable[None]], ended: Callable[[], None]) -> None:
    """Start a task that belongs to nobody, which anyio has no way for."""
    if not _is_asyncio():
        import trio

        trio.lowlevel.spawn_system_task(run)
        return

    async def work() -> None:
        await run()

    def forget(task: asyncio.Task[None]) -> None:
        _tasks.discard(task)
        ended()  # also where it was cancelled before its first step

    task = asyncio.create_task(work())
    _tasks.add(task)  # the loop alone would not keep it
    task.add_done_callback(forget)


def _is_asyncio() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False
