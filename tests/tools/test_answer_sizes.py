import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "answer_sizes.py"
LISTS = ("250 students", "250 enrollments", "25 orders")
HAS_CONVERTER = bool(find_spec("fastmcp") or os.environ.get("CI"))

Rows = dict[str, list[str]]


def rows_of(table: str) -> Rows:
    """Return the cells of each row: ours, ours with three fields, Thinkific's and the converter's."""
    rows = re.findall(r"^\| (.+?) \| (.*) \|$", table, re.MULTILINE)
    return {about: [cell.strip() for cell in cells.split("|")] for about, cells in rows[1:]}


def count(cell: str) -> int:
    return int(cell.partition(" ")[0].rstrip("%").replace(",", ""))


def measure(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *flags], capture_output=True, check=False, encoding="utf-8", timeout=60
    )


@pytest.fixture(scope="module")
def run() -> subprocess.CompletedProcess[str]:
    return measure()


@pytest.fixture(scope="module")
def measured(run: subprocess.CompletedProcess[str]) -> Rows:
    return rows_of(run.stdout)


@pytest.fixture(scope="module")
def readme() -> Rows:
    text = (ROOT / "README.md").read_text("utf-8")
    return rows_of(text.partition("<!-- sizes:")[2].partition("<!-- /sizes -->")[0])


def test_all_answers_are_within_their_limits(run: subprocess.CompletedProcess[str]) -> None:
    assert (run.returncode, run.stderr) == (0, "")


def test_answers_over_their_limits_are_told_and_end_with_1(measured: Rows) -> None:
    limits = {"": 0.4, ", three fields": 0.11}
    over = {
        about + kind
        for about in LISTS
        for (kind, limit), cell in zip(limits.items(), measured[about], strict=False)
        if count(cell) > limit * count(measured[about][2])
    }
    run = measure("--limits", *map(str, limits.values()))
    told = re.findall("^over its limit: (.+): ", run.stderr, re.MULTILINE)
    assert (run.returncode, set(told)) == (1, over)
    assert 0 < len(over) < 2 * len(LISTS)


@pytest.mark.parametrize("about", LISTS)
def test_a_list_is_at_most_45_percent_of_thinkific_s_json(measured: Rows, about: str) -> None:
    ours, _, thinkific, _ = measured[about]
    assert count(ours) <= 0.45 * count(thinkific)


@pytest.mark.parametrize("about", LISTS)
def test_three_fields_of_a_list_are_at_most_15_percent_of_thinkific_s_json(measured: Rows, about: str) -> None:
    _, projected, thinkific, _ = measured[about]
    assert count(projected) <= 0.15 * count(thinkific)


def test_the_readme_shows_the_sizes_of_today(measured: Rows, readme: Rows) -> None:
    assert [*readme] == [*measured]
    has_tokens = "tokens" in str(measured)
    for about, shown in readme.items():
        expected = shown if has_tokens else [re.sub(r" \([\d,]+ tokens\)", "", cell) for cell in shown]
        assert measured[about][:3] == expected[:3], "run: python tools/answer_sizes.py --write"


@pytest.mark.skipif(not HAS_CONVERTER, reason="NOT TESTED, needs fastmcp, which is in thinkific-mcp[dev]")
def test_the_readme_s_sizes_of_the_converter_are_of_the_same_run(measured: Rows, readme: Rows) -> None:
    for about, (*_, shown) in readme.items():
        assert count(measured[about][3]) == count(shown), "run: python tools/answer_sizes.py --write"
