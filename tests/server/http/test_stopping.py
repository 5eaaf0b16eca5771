import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from .connections import PATIENCE

SCRIPT = Path(__file__).with_name("stopping.py")
GET_STREAM = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF_A_POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf "
REST = b"done."


@dataclass
class Served:
    """A process that is busy with one request.

    Attributes:
        process: the process.
        out: what it says.
        port: where it listens.
        client: the connection of the request.
    """

    process: subprocess.Popen[str]
    out: IO[str]
    port: int
    client: socket.socket

    def told_to_stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal, and wait until no more connections are taken."""
        self.process.send_signal(number)
        for _ in range(PATIENCE * 100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE).close()
            except OSError:
                return
            time.sleep(0.01)
        pytest.fail("connections are still taken")

    def answer(self) -> bytes:
        """Return what comes until the connection is closed."""
        return b"".join(iter(lambda: self.client.recv(65_536), b""))

    def end(self) -> int:
        """Wait for the end of the process, and return its exit code."""
        return self.process.wait(PATIENCE)


@contextmanager
def busy(request: bytes = HALF_A_POST, drain_seconds: float = 30) -> Generator[Served]:
    command = [sys.executable, str(SCRIPT), str(drain_seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
                client.sendall(request)
                assert process.stdout.readline() == "begun\n"
                yield Served(process, process.stdout, port, client)
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_a_running_request_finish_and_takes_no_new_ones(number: signal.Signals) -> None:
    with busy() as served:
        served.told_to_stop(number)
        served.client.sendall(REST)
        answer = served.answer()
        assert served.end() == 0
        assert served.out.read() == "closed\n"
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"done")


def test_an_answer_while_the_server_stops_says_that_its_connection_ends() -> None:
    with busy() as served:
        served.told_to_stop()
        served.client.sendall(REST)
        assert b"\r\nconnection: close\r\n" in served.answer()


def test_idle_connections_do_not_keep_the_server_from_stopping() -> None:
    with busy() as served:
        served.client.sendall(REST)
        assert served.client.recv(65_536).startswith(b"HTTP/1.1 200 ")
        with socket.create_connection(("127.0.0.1", served.port)):
            served.told_to_stop()
            assert served.end() == 0


def test_a_stream_of_2025_goes_on_to_its_end_while_the_server_stops() -> None:
    with busy(GET_STREAM) as served:
        served.told_to_stop()
        assert b"data: done" in served.answer()
        assert served.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_server_at_once(number: signal.Signals) -> None:
    with busy() as served:
        served.told_to_stop()
        served.process.send_signal(number)
        assert served.end() == -number
        assert served.out.read() == ""


def test_a_request_that_takes_too_long_is_cancelled_and_notes_how_it_ended() -> None:
    with busy(drain_seconds=0.2) as served:
        served.told_to_stop()
        assert served.end() == 0
        assert served.out.read() == "noted\nclosed\n"


def test_what_is_shielded_is_not_broken_into_when_a_request_is_cancelled() -> None:
    with busy(HALF_A_POST.replace(b"/", b"/write", 1), drain_seconds=0.2) as served:
        served.told_to_stop()
        assert served.end() == 0
        assert served.out.read() == "noted\nnoted\nclosed\n"
