"""The programs that take part, each in a process of its own."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_TOOLS = Path(__file__).parents[1]
_UPSTREAM = [sys.executable, str(_TOOLS / "load" / "upstream.py")]
_ONE_TOOL = [sys.executable, str(_TOOLS / "one_tool_http_server.py")]
_OURS = [sys.executable, "-m", "thinkific_mcp", "http", "--port", "0"]
_SECONDS_TO_START = 30.0


@dataclass(frozen=True)
class Program:
    """A server that runs.

    Attributes:
        pid: the id of its process.
        port: where it listens, on this machine.
    """

    pid: int
    port: int

    def memory(self) -> float:
        """Return the megabytes of memory that it holds; Linux only."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    def work(self) -> float:
        """Return the seconds of a core that it has used so far; Linux only."""
        # After the program's name, which can hold anything: its state, ten more, then user and system time.
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def upstream() -> Generator[Program]:
    """Run the Thinkific."""
    with _running(_UPSTREAM, {}) as program:
        yield program


@contextmanager
def one_tool_server(thinkific: Program) -> Generator[Program]:
    """Run the server that ours is compared with."""
    with _running(_ONE_TOOL, _settings(thinkific)) as program:
        yield program


@contextmanager
def our_server(thinkific: Program, tokens: Sequence[str]) -> Generator[Program]:
    """Run `thinkific-mcp http`, for callers with these tokens."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tokens"
        lines = [f"caller-{n} {sha256(token.encode()).hexdigest()} read" for n, token in enumerate(tokens)]
        file.write_text("\n".join(lines), "utf-8")
        with _running(_OURS, _settings(thinkific) | {"THINKIFIC_HTTP_TOKENS_FILE": str(file)}) as program:
            yield program


def _settings(thinkific: Program) -> dict[str, str]:
    return {
        "THINKIFIC_SUBDOMAIN": "load",
        "THINKIFIC_API_KEY": "load",
        "THINKIFIC_BASE_URL": f"http://127.0.0.1:{thinkific.port}/api/public/v1",
        # What a call costs, not how long it waits for its turn.
        "THINKIFIC_REQUESTS_PER_MINUTE": "1000000",
        "THINKIFIC_MAX_CONCURRENCY": "1000",
        "THINKIFIC_HTTP_REQUESTS_PER_MINUTE": "1000000",
    }


@contextmanager
def _running(command: Sequence[str], settings: Mapping[str, str]) -> Generator[Program]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("THINKIFIC_", "OTEL_"))}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env={**kept, **settings}, stderr=log, stdout=subprocess.DEVNULL) as process,
    ):
        try:
            yield Program(process.pid, _port(process, log.fileno(), " ".join(command)))
        finally:
            process.terminate()


def _port(process: subprocess.Popen[bytes], log: int, command: str) -> int:
    """Wait until a program says where it listens."""
    until = time.monotonic() + _SECONDS_TO_START
    while True:
        has_ended = process.poll() is not None or time.monotonic() > until
        said = os.pread(log, 100_000, 0).decode(errors="replace")
        if found := re.search(r"http://127\.0\.0\.1:([1-9]\d*)", said):
            return int(found[1])
        if has_ended:
            raise SystemExit(f"{command} did not start:\n{said}")
        time.sleep(0.05)
