"""How well the client spends a site's requests, in a real run: processes, sockets, and Redis if there are several.

It starts a sandbox that enforces Thinkific's limit and, for several processes, a redis-server of its own, lets the
processes read, and prints a table in Markdown: among others how much of the budget was used, how many processes
failed, and how often Redis was asked or told something for each request. It ends with 1 when a read fails or meets
a 429, or when less than 97 % of the budget is used. 1,000 reads at 120 requests a minute take some eight and a
half minutes.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import anyio
import httpx2
from redis import Redis

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Thinkific
from thinkific_mcp.server import open_upstream
from thinkific_mcp.settings import load_settings

PER_MINUTE = 120
WANTED = 0.97


def main() -> int:
    """Run, print, and tell whether the figures are as they should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--reads", type=int, default=1000, help="in all")
    parser.add_argument("--window", choices=("sliding", "fixed"), default="sliding")
    parser.add_argument("--worker", type=int, metavar="READS", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        return anyio.run(work, given.worker)
    with ExitStack() as stack:
        address = stack.enter_context(sandbox(given.window))
        environment = clean_environment() | {
            "THINKIFIC_SUBDOMAIN": "sandbox",
            "THINKIFIC_API_KEY": "sandbox",
            "THINKIFIC_BASE_URL": address,
            "THINKIFIC_DEADLINE": "0",
        }
        if given.processes > 1:
            environment["THINKIFIC_REDIS_URL"] = stack.enter_context(redis())
        started = time.monotonic()
        command = [sys.executable, __file__, "--worker", str(given.reads // given.processes)]
        workers = [subprocess.Popen(command, env=environment) for _ in range(given.processes)]
        failed = sum(worker.wait() != 0 for worker in workers)
        seconds = time.monotonic() - started
        requests = httpx2.get(address.removesuffix("/api/public/v1") + "/_sandbox/requests").json()["items"]
        scripts = scripts_run(environment["THINKIFIC_REDIS_URL"]) if given.processes > 1 else 0
    refused = [request["status"] for request in requests].count(429)
    used = len(requests) / (PER_MINUTE * seconds / 60)
    print("| processes | window | seconds | requests | of the site's budget | 429 | failed | Redis, a request |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    who = f"| {given.processes} | {given.window} | {seconds:.0f}"
    print(f"{who} | {len(requests)} | {used:.1%} | {refused} | {failed} | {scripts / len(requests):.1f} |")
    return 0 if used >= WANTED and not refused and not failed else 1


async def work(reads: int) -> int:
    """Read so often, all at once; one process of several."""

    async def read(thinkific: Thinkific) -> None:
        await thinkific(GetCourse(course_id=1))

    async with open_upstream(load_settings({})) as thinkific, anyio.create_task_group() as tasks:
        for _ in range(reads):
            tasks.start_soon(read, thinkific)
    return 0


@contextmanager
def sandbox(window: str) -> Generator[str]:
    """Serve a sandbox that enforces the limit in a process of its own, and yield the address of its API."""
    command = [sys.executable, "-m", "thinkific_mcp", "sandbox", "--port", "0", "--students", "1"]
    command += ["--limit", str(PER_MINUTE), "--window", window]
    with subprocess.Popen(command, env=clean_environment(), stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            address = re.search(r"http://\S+/v1", process.stderr.readline())
            if address is None:
                raise SystemExit("The sandbox did not start.")
            yield address[0]
        finally:
            process.terminate()


@contextmanager
def redis() -> Generator[str]:
    """Run a redis-server on a free port, and yield its address."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("Several processes need a redis-server: apt install redis-server.")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", ""]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                await_port(port)
                yield f"redis://127.0.0.1:{port}/0"
            finally:
                process.terminate()


def scripts_run(redis_url: str) -> int:
    """Return how often Redis was asked or told something of the budget."""
    with cast(Any, Redis).from_url(redis_url) as client:
        return client.info("commandstats")["cmdstat_evalsha"]["calls"]


def await_port(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("redis-server did not start.")


def clean_environment() -> dict[str, str]:
    """Return this process's environment without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("THINKIFIC_")}


if __name__ == "__main__":
    sys.exit(main())
