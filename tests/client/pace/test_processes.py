"""Processes that share a site's budget in one Redis, against a sandbox that enforces the limit."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from thinkific_mcp.sandbox import Limit, Sandbox
from thinkific_mcp.sandbox.serve import running

from ...redis_server import RedisServer

SCRIPT = Path(__file__).parent / "process.py"


class Process:
    """A process that reads when it is told to."""

    def __init__(self, *arguments: str | float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def await_ready(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def start(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def failures(self) -> list[str]:
        return json.loads(self._process.communicate(timeout=60)[0])

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def processes(sandbox: Sandbox, redis: RedisServer, limit: Limit, *reads: int) -> Generator[list[Process]]:
    """Run processes that are to read so often: the first the first course, the second the second."""
    with running(sandbox) as address, ExitStack() as stack:
        started: list[Process] = []
        for course_id, times in enumerate(reads, start=1):
            process = Process(address, redis.url, limit.requests, limit.at_once, limit.seconds, course_id, times)
            stack.callback(process.kill)
            started.append(process)
        for process in started:
            process.await_ready()
        yield started


def lines(redis: RedisServer) -> int:
    """Return how many processes have calls that wait."""
    return sum(len(json.loads(redis.ask("GET", key))["lines"]) for key in redis.ask("KEYS", "*"))


def await_that(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_two_processes_use_the_budget_up_and_meet_no_429(empty_redis: RedisServer) -> None:
    limit = Limit(requests=60, seconds=3)
    with closing(Sandbox(students=1, limit=limit)) as sandbox:
        with processes(sandbox, empty_redis, limit, 50, 50) as both:
            for process in both:
                process.start()
            assert [process.failures() for process in both] == [[], []]
        assert {request.status for request in sandbox.requests} == {200}
        seconds = sandbox.requests[-1].arrived - sandbox.requests[0].arrived
        assert len(sandbox.requests) / (limit.requests * seconds / limit.seconds) >= 0.9


def test_calls_of_several_processes_are_served_in_the_order_they_came(empty_redis: RedisServer) -> None:
    limit = Limit(requests=1000, at_once=1)
    with closing(Sandbox(students=1, limit=limit)) as sandbox:
        sandbox.faults.add("slow", seconds=4)  # long enough for all to come meanwhile
        with processes(sandbox, empty_redis, limit, 6, 6, 6) as all_three:
            for begun, process in enumerate(all_three, start=1):
                process.start()
                await_that(lambda begun=begun: lines(empty_redis) == begun)
            assert [process.failures() for process in all_three] == [[], [], []]
        paths = [request.path for request in sandbox.requests]
        assert paths == ["/courses/1"] * 6 + ["/courses/2"] * 6 + ["/courses/3"] * 6


def test_several_processes_together_have_no_more_under_way_than_allowed(empty_redis: RedisServer) -> None:
    limit = Limit(requests=1000, at_once=3)
    with closing(Sandbox(students=1, limit=limit)) as sandbox:
        sandbox.faults.add("slow", seconds=0.3, times=24)
        with processes(sandbox, empty_redis, limit, 12, 12) as both:
            for process in both:
                process.start()
            assert [process.failures() for process in both] == [[], []]
        assert [request.status for request in sandbox.requests] == [200] * 24
        seconds = sandbox.requests[-1].arrived - sandbox.requests[0].arrived
        assert seconds < 24 * 0.3 * 0.9


def test_a_process_that_is_killed_delays_others_by_seconds_only(empty_redis: RedisServer) -> None:
    limit = Limit(requests=36, seconds=2)
    with closing(Sandbox(students=1, limit=limit)) as sandbox:
        with processes(sandbox, empty_redis, limit, 1000, 1) as (killed, other):
            killed.start()
            await_that(lambda: len(sandbox.requests) >= 10)
            other.start()
            killed.kill()
            since = time.monotonic()
            assert other.failures() == []
            assert time.monotonic() - since < 10
        assert sandbox.requests[-1].path == "/courses/2"
