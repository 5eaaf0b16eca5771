import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "http_load.py"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="It reads /proc.")


@pytest.fixture(scope="module")
def run() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), "--seconds", "1", "--callers", "20", "--processes", "2"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )


def figure(run: subprocess.CompletedProcess[str], name: str) -> tuple[str, str]:
    found = re.search(rf"^\| {name} \| (.*) \| (.*) \|$", run.stdout, re.MULTILINE)
    assert found is not None, run.stderr
    return found[1], found[2]


def test_under_load_no_call_fails_or_gets_a_wrong_answer(run: subprocess.CompletedProcess[str]) -> None:
    assert figure(run, "calls that failed or got a wrong answer") == ("0", "0")
    assert run.stderr == ""


def test_under_load_each_call_is_one_request_to_thinkific(run: subprocess.CompletedProcess[str]) -> None:
    made, wanted = figure(run, "requests to Thinkific, with warm-up")
    assert made == wanted


def test_each_side_answers_calls(run: subprocess.CompletedProcess[str]) -> None:
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \| 0 \| \d+ \| \d+–\d+ \| [\d.]+ \| \d+ \| \d+ \|$", run.stdout, re.M)
    assert [name for name, calls in rows if int(calls) > 0] == [
        "thinkific-mcp, without a pause",
        "thinkific-mcp",
        "one-tool server",
        "thinkific-mcp, 2 processes",
    ]
