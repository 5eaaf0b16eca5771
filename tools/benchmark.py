"""How quickly the server starts and answers, compared with the smallest server on the same SDK.

Two ratios, each measured in one run with the sides taking turns, so that a busy machine slows both alike:

- start-up: from spawn to the first answer to tools/list;
- overhead: get_course over stdio from a sandbox on this machine, against the one-tool server's call and a
  bare GET of the same address over a kept connection.

It prints a table in Markdown, and ends with 1 when a ratio is over its limit.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

LIMIT = 1.5
CALLS_PER_START = 20
WARM_UP = 2

OURS = [sys.executable, "-m", "thinkific_mcp"]
ONE_TOOL = [sys.executable, str(Path(__file__).with_name("one_tool_server.py"))]
SUBDOMAIN = KEY = "sandbox"

Milliseconds = float


class StdioServer:
    """An MCP server as a child process, spoken to in lines of JSON."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._last_id = 0
        client = {"name": "benchmark", "version": "1"}
        self.ask("initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo=client)
        self._write({"method": "notifications/initialized"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def ask(self, method: str, **params: Any) -> Any:
        """Send a request, wait for its answer, and return the result."""
        assert self._process.stdout is not None
        self._last_id += 1
        self._write({"id": self._last_id, "method": method, "params": params})
        while line := self._process.stdout.readline():
            answer = json.loads(line)
            if answer.get("id") == self._last_id:
                return answer["result"]
        raise SystemExit(f"The server ended before it answered {method}.")

    def get_course(self) -> None:
        """Call the tool, and make sure that it succeeded."""
        answer = self.ask("tools/call", name="get_course", arguments={"course_id": 1})
        if answer.get("isError"):
            raise SystemExit(f"get_course failed: {answer['content']}")

    def _write(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def main() -> int:
    """Measure, print, and tell whether both ratios are within their limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument(
        "-n",
        type=int,
        default=20,
        metavar="STARTS",
        help=f"how often each server is started; each call is made {CALLS_PER_START} times as often (20)",
    )
    starts: int = parser.parse_args().n
    with sandbox() as base_url:
        environment = environment_of(base_url)
        start_up = measured(
            starts,
            {
                "thinkific-mcp": lambda: start(OURS, environment),
                "one-tool server": lambda: start(ONE_TOOL, environment),
            },
        )
        calls = measured_calls(starts * CALLS_PER_START, base_url, environment)
    print("| measured | median ms | middle half ms |\n|---|---:|---:|")
    for name, times in [(f"start-up, {name}", times) for name, times in start_up.items()] + list(calls.items()):
        low, median, high = statistics.quantiles(times, n=4)
        print(f"| {name} | {median:.1f} | {low:.1f}–{high:.1f} |")
    ratios = {"start-up": ratio(*start_up.values()), "overhead": ratio(*calls.values())}
    print("\n| ratio | is | at most |\n|---|---:|---:|")
    for name, value in ratios.items():
        print(f"| {name} | {value:.2f} | {LIMIT} |")
    return 0 if all(value <= LIMIT for value in ratios.values()) else 1


def start(command: Sequence[str], environment: Mapping[str, str]) -> Milliseconds:
    """Start a server, measure until it has listed its tools, and end it."""
    begin = time.perf_counter()
    with StdioServer(command, environment) as server:
        server.ask("tools/list")
        return (time.perf_counter() - begin) * 1000


def timed(act: Callable[[], object]) -> Milliseconds:
    """Measure one call."""
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def measured_calls(rounds: int, base_url: str, environment: Mapping[str, str]) -> dict[str, list[Milliseconds]]:
    """Measure our call, the one-tool server's, and the bare GET."""
    headers = {"X-Auth-API-Key": KEY, "X-Auth-Subdomain": SUBDOMAIN, "User-Agent": "benchmark/1"}
    with ExitStack() as stack:
        ours = stack.enter_context(StdioServer(OURS, environment))
        one_tool = stack.enter_context(StdioServer(ONE_TOOL, environment))
        http = stack.enter_context(httpx2.Client(base_url=base_url, headers=headers))
        return measured(
            rounds,
            {
                "get_course, thinkific-mcp": lambda: timed(ours.get_course),
                "call, one-tool server": lambda: timed(one_tool.get_course),
                "bare GET with httpx2": lambda: timed(lambda: http.get("/courses/1").raise_for_status()),
            },
        )


def measured(rounds: int, sides: Mapping[str, Callable[[], Milliseconds]]) -> dict[str, list[Milliseconds]]:
    """Let the sides take turns, and return how long each took, without the rounds of warm-up."""
    times: dict[str, list[Milliseconds]] = {name: [] for name in sides}
    for _ in range(WARM_UP + rounds):
        for name, measure in sides.items():
            times[name].append(measure())
    return {name: taken[WARM_UP:] for name, taken in times.items()}


def ratio(ours: Sequence[Milliseconds], *others: Sequence[Milliseconds]) -> float:
    """Compare our median with the sum of the others'."""
    return statistics.median(ours) / sum(map(statistics.median, others))


@contextmanager
def sandbox() -> Generator[str]:
    """Serve the sandbox in a process of its own, and yield the address of its API."""
    command = [*OURS, "sandbox", "--port", "0"]
    with subprocess.Popen(command, env=environment_of(""), stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            address = re.search(r"http://\S+/v1", process.stderr.readline())
            if address is None:
                raise SystemExit("The sandbox did not start.")
            yield address[0]
        finally:
            process.terminate()


def environment_of(base_url: str) -> dict[str, str]:
    """Return this process's environment with settings of ours only."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THINKIFIC_")}
    return kept | {
        "THINKIFIC_SUBDOMAIN": SUBDOMAIN,
        "THINKIFIC_API_KEY": KEY,
        "THINKIFIC_BASE_URL": base_url,
        "THINKIFIC_REQUESTS_PER_MINUTE": "10000",  # what a call costs, not how long it waits for its turn
    }


if __name__ == "__main__":
    sys.exit(main())
