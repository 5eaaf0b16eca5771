"""A sandbox that enforces Thinkific's limit, some way off, on a virtual clock."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx2
import trio
from trio.testing import MockClock

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.sandbox import Limit, Sandbox

START = datetime(2026, 1, 31, 9, 0, 17, tzinfo=UTC).timestamp()
ACCOUNT = ApiKey("sandbox", "sandbox")


def virtual() -> tuple[str, dict[str, Any]]:
    """Return the backend on which time passes only while everybody sleeps."""
    return "trio", {"clock": MockClock(autojump_threshold=0)}


def now() -> float:
    """Return the virtual time, in seconds since the epoch."""
    return START + trio.current_time()


class Distant(httpx2.AsyncBaseTransport):
    """Carries requests to a sandbox over a way that takes its time.

    Args:
        sandbox: the sandbox.
        delay: returns the seconds that a request, or an answer, is on its way.
    """

    def __init__(self, sandbox: Sandbox, delay: Callable[[], float]) -> None:
        self._inner = httpx2.ASGITransport(sandbox)
        self._delay = delay
        self.under_way = 0
        self.most_under_way = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request there, and its answer back."""
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await anyio.sleep(self._delay())
            response = await self._inner.handle_async_request(request)
            await anyio.sleep(self._delay())
        finally:
            self.under_way -= 1
        return response


class Site:
    """A sandbox with a limit, and clients of it that share a budget.

    Args:
        limit: what the sandbox enforces; None is nothing.
        delay: returns the seconds of either way.
        students: how many the school has.
    """

    def __init__(
        self, limit: Limit | None = None, delay: Callable[[], float] = lambda: 0.1, students: int = 5
    ) -> None:
        self.sandbox = Sandbox(students=students, now=lambda: datetime.fromtimestamp(now(), UTC), limit=limit)
        self.way = Distant(self.sandbox, delay)
        limits = Limits(limit.requests, limit.at_once, limit.seconds) if limit else None
        self.budgets = Budgets(limits, ProcessStore(anyio.current_time))

    def client(self, **options: Any) -> Thinkific:
        """Return a client that waits for as long as it needs, unless told otherwise."""
        defaults: dict[str, Any] = {"budgets": self.budgets, "deadline": 0, "random": lambda: 0.5}
        return Thinkific(ACCOUNT, transport=self.way, now=now, **{**defaults, **options})

    @property
    def arrivals(self) -> list[float]:
        """When each request arrived, in seconds since the start."""
        return [round(request.arrived - START, 3) for request in self.sandbox.requests]

    @property
    def statuses(self) -> list[int | None]:
        """What each request was answered."""
        return [request.status for request in self.sandbox.requests]
