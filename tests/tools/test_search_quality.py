import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "search_quality.py"
ROW = re.compile(r"^\| (\w+) \| (\d+) \| ([\d.]+)% \| ([\d.]+)% \| (\d+) of (\d+) \| (\d+) \|$", re.MULTILINE)


def evaluated(*flags: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *flags], capture_output=True, check=False, encoding="utf-8", timeout=60
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def quiet() -> tuple[int, str]:
    return evaluated()


def test_requests_that_were_kept_aside_are_found_as_well_as_demanded(quiet: tuple[int, str]) -> None:
    code, out = quiet
    for name, requests, first, among_five, told, impossible, _ in ROW.findall(out):
        assert int(told) <= int(impossible) < int(requests)
        if name == "kept_aside":
            assert (int(requests) >= 30, float(first) >= 85, float(among_five) >= 98) == (True, True, True)
    assert code == 0


def test_the_figures_of_every_set_are_printed(quiet: tuple[int, str]) -> None:
    sets = sorted(path.stem for path in (SCRIPT.parent / "search_requests").glob("*.tsv"))
    assert sorted(row[0] for row in ROW.findall(quiet[1])) == sets


def test_failures_are_told_on_demand() -> None:
    out = evaluated("--failures")[1]
    (requests, share), *_ = ((int(row[1]), float(row[2])) for row in ROW.findall(out) if row[0] == "tuning")
    assert len(re.findall("^- ", out, re.MULTILINE)) == round(requests * (1 - share / 100))
