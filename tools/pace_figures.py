"""How well the client spends a site's requests, simulated on a virtual clock.

Each figure is taken against a sandbox that enforces 120 requests a minute and 10 at once, counted over a sliding
window and in fixed ones, with answers that take 0.1 to 0.8 seconds and no deadline:

- alone: one process with a backlog of 1,000 reads;
- four processes that share one store, as they share a Redis, with 250 reads each;
- with a neighbour that takes 60 requests a minute and tells nobody, evenly or all at once, 1,000 reads.

It prints a table in Markdown, and ends with 1 when a figure misses what it should be.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import anyio
import httpx2
import trio
from trio.testing import MockClock

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Budgets
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.sandbox import Limit, Sandbox

START = datetime(2026, 1, 31, 9, 0, 17, tzinfo=UTC).timestamp()
PER_MINUTE = 120
READS = 1000
NEIGHBOUR_PER_MINUTE = 60
FIRST_MINUTE = 60.0

Window = Literal["sliding", "fixed"]
Neighbour = Literal["none", "even", "all at once"]


def now() -> float:
    """Return the virtual time, as seconds since the epoch."""
    return START + trio.current_time()


class Distant(httpx2.AsyncBaseTransport):
    """Takes requests to the sandbox over a way that takes its time, and counts what comes back."""

    def __init__(self, sandbox: Sandbox, dice: random.Random) -> None:
        self._inner = httpx2.ASGITransport(sandbox)
        self._dice = dice
        self.sent: list[tuple[float, int]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request there, and its answer back."""
        sent = trio.current_time()
        await anyio.sleep(self._dice.uniform(0.05, 0.4))
        response = await self._inner.handle_async_request(request)
        self.sent.append((sent, response.status_code))
        await anyio.sleep(self._dice.uniform(0.05, 0.4))
        return response


@dataclass(frozen=True)
class Figures:
    """What a simulation came to.

    Args:
        seconds: from the first request to the last answer.
        requests: how many we sent.
        refused: how many of them met a 429.
        late: how many were sent after the first minute.
        late_refused: how many of those met a 429.
        failed: how many reads failed.
    """

    seconds: float
    requests: int
    refused: int
    late: int
    late_refused: int
    failed: int

    @property
    def used(self) -> float:
        """The part of the whole site's budget that we used."""
        return self.requests / (PER_MINUTE * self.seconds / 60)


async def simulate(window: Window, processes: int, neighbour: Neighbour) -> Figures:
    """Let the processes read, and return the figures."""
    dice = random.Random(2026)
    sandbox = Sandbox(
        students=1, now=lambda: datetime.fromtimestamp(now(), UTC), limit=Limit(window=window, requests=PER_MINUTE)
    )
    transport = Distant(sandbox, dice)
    store = ProcessStore(anyio.current_time)
    failed, seconds = 0, 0.0

    async def read(thinkific: Thinkific) -> None:
        nonlocal failed
        try:
            await thinkific(GetCourse(course_id=1))
        except Exception as error:
            failed += 1
            print(error, file=sys.stderr)

    async def read_all() -> None:
        async with anyio.create_task_group() as reading:
            for _ in range(processes):
                thinkific = Thinkific(
                    ApiKey("sandbox", "sandbox"),
                    budgets=Budgets(store=store),
                    deadline=0,
                    transport=transport,
                    now=now,
                    random=dice.random,
                )
                for _ in range(READS // processes):
                    reading.start_soon(read, thinkific)

    async with anyio.create_task_group() as tasks:
        if neighbour != "none":
            tasks.start_soon(live_next_door, Distant(sandbox, dice), neighbour)
        await read_all()
        seconds = trio.current_time()
        tasks.cancel_scope.cancel()
    sandbox.close()
    late = [status for sent, status in transport.sent if sent >= FIRST_MINUTE]
    return Figures(
        seconds=seconds,
        requests=len(transport.sent),
        refused=[status for _, status in transport.sent].count(429),
        late=len(late),
        late_refused=late.count(429),
        failed=failed,
    )


async def live_next_door(transport: httpx2.AsyncBaseTransport, manner: Neighbour) -> None:
    """Send half the site's requests, whatever comes of them."""
    headers = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox", "User-Agent": "neighbour/1"}
    apart = 60 / NEIGHBOUR_PER_MINUTE if manner == "even" else 0.1
    async with (
        httpx2.AsyncClient(base_url="http://sandbox", headers=headers, transport=transport) as http,
        anyio.create_task_group() as tasks,
    ):
        while True:
            for _ in range(NEIGHBOUR_PER_MINUTE):
                tasks.start_soon(http.get, "/courses/1")
                await anyio.sleep(apart)
            await anyio.sleep(60 - NEIGHBOUR_PER_MINUTE * apart)


SCENARIOS: Sequence[tuple[str, int, Neighbour]] = [
    ("alone", 1, "none"),
    ("four processes", 4, "none"),
    ("a neighbour, evenly", 1, "even"),
    ("a neighbour, all at once", 1, "all at once"),
]


def main() -> int:
    """Simulate, print, and tell whether every figure is as it should be."""
    print("| who | window | seconds | requests | of the site's budget | 429 | after the first minute | failed |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    all_well = True
    for name, processes, neighbour in SCENARIOS:
        for window in ("sliding", "fixed"):
            figures = trio.run(
                partial(simulate, window, processes, neighbour), clock=MockClock(autojump_threshold=0)
            )
            share = figures.late_refused / figures.late
            print(
                f"| {name} | {window} | {figures.seconds:.0f} | {figures.requests} | {figures.used:.1%} "
                f"| {figures.refused} | {share:.2%} | {figures.failed} |"
            )
            if neighbour == "none":
                all_well &= figures.used >= 0.97 and figures.refused == 0
            all_well &= share < 0.02 and figures.failed == 0
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
