"""Processes of `thinkific-mcp http`, alike as behind a load balancer."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

STATE_KEY = "the-same-in-all-processes-of-these-tests"
"""What questions are sealed with."""

_LONGEST_START = 60
_LONGEST_END = 40


@dataclass
class Replica:
    """A process of the server.

    Attributes:
        process: the process.
        log: the file with what it wrote to standard error.
        address: where it is called.
    """

    process: subprocess.Popen[bytes]
    log: Path
    address: str = ""

    def kill(self) -> None:
        """End it as a power failure would."""
        self.process.kill()
        self.process.wait(_LONGEST_END)

    def stop(self) -> int:
        """End it as an operator would, and return its exit code."""
        self.process.terminate()
        return self.process.wait(_LONGEST_END)

    def said(self) -> str:
        """Return what it wrote to standard error so far."""
        return self.log.read_text("utf-8", errors="replace")

    def await_start(self) -> None:
        """Wait until it takes requests."""
        until = time.monotonic() + _LONGEST_START
        while time.monotonic() < until and self.process.poll() is None:
            if found := re.search(r"Listening on (http://127\.0\.0\.1:\d+)", self.said()):
                self.address = found[1]
                return
            time.sleep(0.02)
        pytest.fail(f"thinkific-mcp http did not start: {self.said()}")


@contextmanager
def running_replicas(count: int, environment: Mapping[str, str], folder: Path) -> Generator[list[Replica]]:
    """Start so many processes with these settings, and end those that are left in the end.

    Args:
        count: how many.
        environment: their settings.
        folder: where they log to.
    """
    with ExitStack() as stack:
        replicas = [stack.enter_context(_started(environment, folder)) for _ in range(count)]
        for replica in replicas:
            replica.await_start()
        yield replicas


@contextmanager
def _started(environment: Mapping[str, str], folder: Path) -> Generator[Replica]:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"replica-{len(list(folder.glob('replica-*')))}.log"
    command = [sys.executable, "-m", "thinkific_mcp", "http", "--port", "0"]
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, **environment}
        ) as process,
    ):
        replica = Replica(process, log)
        try:
            yield replica
            if process.poll() is None:
                replica.stop()
        finally:
            process.kill()


def many_sites(upstream: str, redis: str, **more: str) -> dict[str, str]:
    """Return the settings of processes that serve any school, alike on each.

    Args:
        upstream: where the schools are.
        redis: the Redis that they share; empty for none.
        more: further settings, by the variable's name.
    """
    shared = {"THINKIFIC_REDIS_URL": redis} if redis else {}
    return {
        "THINKIFIC_SITES": "any",
        "THINKIFIC_BASE_URL": upstream,
        "THINKIFIC_STATE_KEYS": STATE_KEY,
        "THINKIFIC_LOG_LEVEL": "INFO",
        **shared,
        **more,
    }
