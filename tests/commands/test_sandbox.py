import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from .conftest import Outcome, Run

KEYS = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox", "User-Agent": "tests/1"}


@dataclass
class Served:
    """A sandbox that was started from the command line."""

    address: str
    announced: str
    process: subprocess.Popen[str]

    def interrupted(self) -> Outcome:
        """Press Ctrl-C, and return what came after the announcement."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        return Outcome(self.process.returncode, out, err)


@contextmanager
def served(*flags: str) -> Generator[Served]:
    command = [sys.executable, "-m", "thinkific_mcp", "sandbox", "--port", "0", "--students", "5", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stderr is not None
        try:
            announced = "".join(process.stderr.readline() for _ in range(4))
            address = re.search(r"http://127\.0\.0\.1:\d+/api/public/v1", announced)
            assert address is not None, announced
            yield Served(address[0], announced, process)
        finally:
            process.kill()


def test_the_sandbox_tells_its_address_and_how_to_use_it() -> None:
    with served() as sandbox:
        assert sandbox.announced == (
            f"The demo school is at {sandbox.address}. To use it:\n"
            f"  export THINKIFIC_BASE_URL={sandbox.address}\n"
            "  export THINKIFIC_SUBDOMAIN=sandbox THINKIFIC_API_KEY=sandbox THINKIFIC_CLIENT_SECRET=sandbox\n"
            "Ctrl-C ends it.\n"
        )


def test_the_sandbox_answers_to_its_key_only() -> None:
    with served() as sandbox:
        courses = f"{sandbox.address}/courses"
        wrong = KEYS | {"X-Auth-API-Key": "guessed"}
        answers = [httpx2.get(courses, headers=headers).status_code for headers in (KEYS, wrong)]
    assert answers == [200, 401]


def test_the_sandbox_has_as_many_students_as_asked() -> None:
    with served() as sandbox:
        users = httpx2.get(f"{sandbox.address}/users?limit=1", headers=KEYS).json()
        few = users["meta"]["pagination"]["total_items"]
    with served("--students", "30") as sandbox:
        users = httpx2.get(f"{sandbox.address}/users?limit=1", headers=KEYS).json()
        assert users["meta"]["pagination"]["total_items"] - few == 25


def test_the_command_line_can_be_pointed_at_the_sandbox(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_SUBDOMAIN", "sandbox")
    environment.setenv("THINKIFIC_API_KEY", "sandbox")
    with served() as sandbox:
        environment.setenv("THINKIFIC_BASE_URL", sandbox.address)
        assert run("call", "get_course", '{"course_id": 1}').out.splitlines()[1].endswith("Sourdough Foundations")


def test_a_data_file_keeps_a_change_between_runs(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "school.db"))
    with served(*data) as sandbox:
        created = httpx2.post(f"{sandbox.address}/groups", headers=KEYS, json={"name": "Night bakers"}).json()
        sandbox.interrupted()
    with served(*data) as sandbox:
        group = httpx2.get(f"{sandbox.address}/groups/{created['id']}", headers=KEYS).json()
    assert group["name"] == "Night bakers"


def test_ctrl_c_ends_the_sandbox_in_silence() -> None:
    with served() as sandbox:
        httpx2.get(f"{sandbox.address}/courses", headers=KEYS)
        assert sandbox.interrupted() == Outcome(0, "", "")


def test_a_limit_is_enforced() -> None:
    with served("--limit", "2") as sandbox:
        answers = [httpx2.get(f"{sandbox.address}/courses", headers=KEYS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_without_a_limit_none_is_enforced() -> None:
    with served() as sandbox, httpx2.Client(headers=KEYS) as client:
        assert {client.get(f"{sandbox.address}/courses/1").status_code for _ in range(121)} == {200}


def test_a_limit_may_count_the_minutes_of_the_clock() -> None:
    with served("--limit", "1", "--window", "fixed") as sandbox:
        # Three requests meet at most one new minute.
        answers = [httpx2.get(f"{sandbox.address}/courses", headers=KEYS) for _ in range(3)]
    resets = [int(answer.headers["RateLimit-Reset"]) for answer in answers if answer.status_code == 429]
    assert resets and all(reset % 60 == 0 for reset in resets)


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (("--limit=0",), "--limit: should be greater than or equal to 1"),
        (("--limit=-5",), "--limit: should be greater than or equal to 1"),
        (("--limit=many",), "--limit: should be a valid integer, unable to parse string as an integer"),
        (("--limit=5", "--window=hourly"), "--window: should be 'sliding' or 'fixed'"),
        (("--window=fixed",), "--window needs --limit"),
    ],
)
def test_a_limit_that_there_is_not_is_refused_in_one_line(
    run: Run, flags: tuple[str, ...], complaint: str
) -> None:
    assert run("sandbox", *flags) == Outcome(2, "", f"thinkific-mcp: {complaint}\n")


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_there_is_not_is_refused(run: Run, port: str) -> None:
    assert run("sandbox", f"--port={port}") == Outcome(2, "", "thinkific-mcp: --port should be from 0 to 65535\n")


def test_a_taken_port_is_refused_in_one_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("sandbox", "--port", str(port), "--students", "1")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith(f"thinkific-mcp: Port {port} cannot be used: ")
