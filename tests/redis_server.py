"""A redis-server of the tests' own; `conftest.py` has fixtures of it."""

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import redis


@dataclass(frozen=True)
class RedisServer:
    """A redis-server of the tests' own."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @contextmanager
    def frozen(self) -> Generator[None]:
        """Let it take connections and answer nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def ask(self, *words: str | int) -> Any:
        """Send it a command, and return its answer."""
        with redis.Redis(port=self.port, decode_responses=True) as client:
            return cast(Any, client).execute_command(*words)


@contextmanager
def running_redis(port: int = 0, password: str = "") -> Generator[RedisServer]:
    """Run a redis-server, on a free port unless one is given; for tests that use `redis_program`."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
        command += ["--unixsocket", f"{folder}/socket"]
        if password:
            command += ["--requirepass", password]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                _await(port)
                yield RedisServer(port, Path(folder), process)
            finally:
                process.kill()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("redis-server did not start")
