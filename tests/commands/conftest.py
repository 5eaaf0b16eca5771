import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from thinkific_mcp.__main__ import main
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

DEMO = ("--sandbox", "--students", "5")


@dataclass(frozen=True)
class Outcome:
    """What somebody at a terminal gets."""

    code: int
    out: str
    err: str


class Run(Protocol):
    """Runs the command line in this process."""

    def __call__(self, *arguments: str) -> Outcome: ...


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("COLUMNS", "120")
    return monkeypatch


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> Outcome:
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def school(tmp_path: Path) -> Sequence[str]:
    """Return the flags of a demo school that remembers."""
    return (*DEMO, "--data", str(tmp_path / "school.db"))


@pytest.fixture
def address() -> Generator[str]:
    """Serve a demo school, and yield its address."""
    sandbox = Sandbox(students=5)
    with running(sandbox) as address:
        yield address
    sandbox.close()


@pytest.fixture
def examined(run: Run, environment: pytest.MonkeyPatch, address: str) -> Any:
    def examined(*flags: str, **variables: str) -> Outcome:
        for name, value in {"THINKIFIC_BASE_URL": address, **variables}.items():
            environment.setenv(name, value)
        return run("doctor", *flags)

    return examined


@pytest.fixture
def journal(environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set a journal that is not there yet."""
    path = tmp_path / "state" / "journal.jsonl"
    environment.setenv("THINKIFIC_JOURNAL", str(path))
    return path


def in_a_process(*arguments: str, stdin: str | None = None, environment: dict[str, str] | None = None) -> Outcome:
    """Run the command line as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "thinkific_mcp", *arguments],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | (environment or {}),
        timeout=60,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
