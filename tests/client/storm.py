"""Calls of a site while faults strike, answers are late and connections are lost, on a virtual clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import anyio
import httpx2
import trio
from anyio.abc import TaskGroup
from trio.testing import MockClock

from thinkific_mcp import Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import DeleteGroup
from thinkific_mcp.api.promotions import CreatePromotion, UpdateCoupon
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Limit, Sandbox

from .ledger import Ledger
from .pace.virtual import ACCOUNT, now

MOST_CALLS = 16
"""As many as the sandbox has courses, since each call has a thing of its own."""

OPERATIONS: Mapping[str, Callable[[int], Operation[Any]]] = {
    "read": lambda number: GetCourse(course_id=number),
    "create": lambda number: CreatePromotion(name=f"Night {number}", discount_type="fixed", amount=5),
    "update": lambda number: UpdateCoupon(coupon_id=number, code=f"DAY{number}"),
    "delete": lambda number: DeleteGroup(group_id=number),
}

_ENTRIES = {"create": "promotions Night {}", "update": "coupons {}", "delete": "groups {}"}
_A_YEAR = 365 * 86_400


Fault = tuple[str, Mapping[str, Any]]
"""A kind and its options."""


@dataclass(frozen=True)
class Way:
    """How a request travels.

    Args:
        there: seconds until it reaches the sandbox.
        back: seconds until its answer is there.
        is_open: whether a connection comes about.
    """

    there: float
    back: float
    is_open: bool


@dataclass(frozen=True)
class Plan:
    """A call to be made.

    Args:
        effect: what it does.
        moment: when it is made, in seconds.
        cancelled_after: the seconds after which it is cancelled.
    """

    effect: str
    moment: float
    cancelled_after: float


@dataclass(frozen=True)
class Storm:
    """What happens.

    Args:
        plans: the calls.
        faults: what strikes the requests, in the order in which they arrive.
        ways: how one request after another travels, over and over.
        limit: what the sandbox enforces, and the client knows of.
        deadline: how long a call may take, in seconds; 0 for as long as it needs.
        random: which part of the longest pause each pause takes.
    """

    plans: Sequence[Plan]
    faults: Sequence[Fault]
    ways: Sequence[Way]
    limit: Limit
    deadline: float
    random: float


@dataclass
class Call:
    """A call, and what became of it.

    Attributes:
        plan: what it does.
        number: of the thing that it does it to.
        ends: what each of its requests ended with: a status, or a word.
        result: what it returned.
        error: what it raised.
        was_cancelled: whether it did neither.
        seconds: how long it took.
        times: how often it was carried out.
    """

    plan: Plan
    number: int
    ends: list[int | str] = field(default_factory=list[int | str])
    result: Any = None
    error: ThinkificError | None = None
    was_cancelled: bool = False
    seconds: float = 0.0
    times: int = 0

    @property
    def is_read(self) -> bool:
        return self.plan.effect == "read"

    @property
    def has_succeeded(self) -> bool:
        return self.error is None and not self.was_cancelled


@dataclass
class Aftermath:
    """What a storm leaves behind.

    Attributes:
        calls: what became of each.
        arrivals: when each request reached the sandbox, in seconds since the epoch.
        most_at_once: how many were under way at the same time.
        refused: how many of them the sandbox refused as one too many.
        violations: what the contract forbids in them.
    """

    calls: Sequence[Call]
    arrivals: Sequence[float] = ()
    most_at_once: int = 0
    refused: int = 0
    violations: Sequence[str] = ()


def weathered(storm: Storm) -> Aftermath:
    """Let a storm happen."""
    return trio.run(_weathered, storm, clock=MockClock(autojump_threshold=0))


async def _weathered(storm: Storm) -> Aftermath:
    calls = [Call(plan, number) for number, plan in enumerate(storm.plans, start=1)]
    aftermath = Aftermath(calls)
    with closing(_school(storm.limit)) as sandbox:
        ledger = Ledger(sandbox)
        for kind, options in storm.faults:
            sandbox.faults.add(kind, **options)
        with anyio.fail_after(_A_YEAR):
            async with anyio.create_task_group() as tasks:
                thinkific = Thinkific(
                    ACCOUNT,
                    transport=_Network(sandbox, cycle(storm.ways), tasks, aftermath),
                    budgets=Budgets(
                        Limits(storm.limit.requests, storm.limit.at_once, storm.limit.seconds),
                        ProcessStore(anyio.current_time),
                    ),
                    deadline=storm.deadline,
                    now=now,
                    random=lambda: storm.random,
                )
                for call in calls:
                    tasks.start_soon(_make, call, thinkific)
        for call in calls:
            call.times = ledger.entries.count(_ENTRIES.get(call.plan.effect, "").format(call.number))
        aftermath.arrivals = [request.arrived for request in sandbox.requests]
        aftermath.refused = sum(request.status == 429 and request.fault is None for request in sandbox.requests)
        aftermath.violations = sandbox.violations
    return aftermath


def _school(limit: Limit) -> Sandbox:
    """Return a sandbox with a coupon and a group for each call."""
    sandbox = Sandbox(students=1, now=lambda: datetime.fromtimestamp(now(), UTC), limit=limit)
    school = sandbox.school
    with school.transaction():
        for table in ("coupons", "groups"):
            school.db.execute(f"DELETE FROM {table}")
        for number in range(1, MOST_CALLS + 1):
            about = {"id": number, "created_at": school.stamp()}
            school.insert("coupons", promotion_id=1, code=f"NIGHT{number}", **about)
            school.insert("groups", name=f"Group {number}", token=str(number), **about)
    return sandbox


_current: ContextVar[Call] = ContextVar("the call that a request is sent for")


async def _make(call: Call, thinkific: Thinkific) -> None:
    _current.set(call)
    await anyio.sleep(call.plan.moment)
    started = anyio.current_time()
    with anyio.move_on_after(call.plan.cancelled_after) as scope:
        try:
            call.result = await thinkific(OPERATIONS[call.plan.effect](call.number))
        except ThinkificError as error:
            call.error = error
    call.was_cancelled = scope.cancelled_caught
    call.seconds = anyio.current_time() - started


@dataclass
class _Journey:
    """A request on its way.

    Attributes:
        waiting: is cancelled where nobody waits for the answer any more.
        over: is set when there is an answer, or none to be had.
        answer: the answer.
    """

    way: Way
    waiting: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    over: anyio.Event = field(default_factory=anyio.Event)
    answer: httpx2.Response | None = None


class _Network(httpx2.AsyncBaseTransport):
    """Carries requests to a sandbox. One that its sender gives up arrives all the same.

    Args:
        sandbox: the sandbox.
        ways: how one request after another travels.
        tasks: where requests are carried.
        aftermath: where it is noted how many requests were under way at the same time.
    """

    def __init__(self, sandbox: Sandbox, ways: Iterator[Way], tasks: TaskGroup, aftermath: Aftermath) -> None:
        self._inner = httpx2.ASGITransport(sandbox)
        self._ways = ways
        self._tasks = tasks
        self._aftermath = aftermath
        self._under_way = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Wait for the answer for as long as the client's time-out says."""
        self._under_way += 1
        self._aftermath.most_at_once = max(self._aftermath.most_at_once, self._under_way)
        try:
            return await self._answer(request, next(self._ways), _current.get().ends)
        finally:
            self._under_way -= 1

    async def _answer(self, request: httpx2.Request, way: Way, ends: list[int | str]) -> httpx2.Response:
        if not way.is_open:
            ends.append("refused")
            raise httpx2.ConnectError("refused")
        ends.append("given up")
        journey = _Journey(way)
        self._tasks.start_soon(self._carry, request, journey)
        try:
            with anyio.fail_after(request.extensions["timeout"]["read"]):
                await journey.over.wait()
        except TimeoutError:
            ends[-1] = "timed out"
            raise httpx2.ReadTimeout("timed out") from None
        finally:
            journey.waiting.cancel()
        if journey.answer is None:
            ends[-1] = "broken"
            raise ConnectionResetError
        ends[-1] = journey.answer.status_code
        return journey.answer

    async def _carry(self, request: httpx2.Request, journey: _Journey) -> None:
        await anyio.sleep(journey.way.there)
        with journey.waiting:
            try:
                journey.answer = await self._inner.handle_async_request(request)
            except ConnectionError:
                journey.answer = None
            await anyio.sleep(journey.way.back)
            journey.over.set()
