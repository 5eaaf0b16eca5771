"""Processes that log all they can, in Python's development mode, before a Thinkific that repeats every request."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from threading import Thread

import pytest

from ..leaks import CALLS, CLIENT_SECRET, KEY, PERSONAL, TOKEN, leaked, repeated
from .talking import ROOT, talk, tool_call

STATUSES = [200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503]


SHOWN = [f": {status} in " for status in STATUSES]
"""What is logged of answers with all of these."""

MODULES = {
    "thinkific_mcp": [],
    "tests.wire.traced": ['"name": "tools/call create_user"', '"error.type": "tool_error"'],
}
"""The command line without spans and with them, of which these are a part."""

ACCOUNTS = {
    "key": {"THINKIFIC_SUBDOMAIN": "my-school", "THINKIFIC_API_KEY": KEY},
    "token": {"THINKIFIC_ACCESS_TOKEN": TOKEN},
}


class Parrot(BaseHTTPRequestHandler):
    """Answers with one status after the other, and with all of the request."""

    statuses: Iterator[int]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = repeated(dict(self.headers), self.path, body)
        status = next(self.statuses)
        answer = said.encode() if status == 200 else json.dumps({"error": said}).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(answer)), "Location": "/", "RateLimit-Reset": "0"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' own output short."""


@contextmanager
def parrot(statuses: Iterable[int]) -> Generator[str]:
    """Serve it, and yield its address."""
    Parrot.statuses = iter(statuses)
    with ThreadingHTTPServer(("127.0.0.1", 0), Parrot) as server:
        thread = Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def settings(address: str) -> Mapping[str, str]:
    return {
        "THINKIFIC_BASE_URL": address,
        "THINKIFIC_CLIENT_SECRET": CLIENT_SECRET,
        "THINKIFIC_REQUESTS_PER_MINUTE": "10000",
        "THINKIFIC_LOG_LEVEL": "DEBUG",
    }


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("module", MODULES)
def test_the_server_shows_neither_secrets_nor_students_in_logs_and_spans(module: str, account: str) -> None:
    said = [tool_call(number, *call) for number, call in enumerate([*CALLS.items()] * len(STATUSES), start=2)]
    with parrot(cycle(STATUSES)) as address:
        ended = talk(module, *said, environment={**settings(address), **ACCOUNTS[account]})
    assert [words for words in (*MODULES[module], *SHOWN) if words not in ended.log] == []
    assert (ended.code, leaked(ended.log)) == (0, [])
    # What the caller sent itself may stand in what Thinkific says.
    assert leaked(json.dumps(ended.answers), but=PERSONAL) == []


@pytest.mark.parametrize("module", MODULES)
def test_a_call_from_the_terminal_shows_neither_secrets_nor_students_in_logs_and_spans(module: str) -> None:
    with parrot([422]) as address:
        ended = subprocess.run(
            [sys.executable, "-X", "dev", "-m", module, "call", "list_users", json.dumps(CALLS["list_users"])],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            cwd=ROOT,
            encoding="utf-8",
            env={**os.environ, **settings(address), **ACCOUNTS["key"]},
            timeout=60,
        )
    (told,) = [line for line in ended.stderr.splitlines() if line.startswith("Thinkific refuses the values (422)")]
    log = ended.stderr.replace(told, "")
    assert (ended.returncode, leaked(told, but=PERSONAL)) == (1, [])
    assert ("GET /users: 422 in " in log, leaked(log)) == (True, [])
