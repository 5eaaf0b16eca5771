import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "search_quality.py"
ROW = re.compile(r"^\| (\w+) \| (\d+) \| (\d+) \|" + r" ([\d.]+)% \|" * 4 + r" (\d+) \|$", re.MULTILINE)


def run(script: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script), *flags], capture_output=True, check=False, encoding="utf-8", timeout=60
    )


def evaluated(*flags: str) -> tuple[int, str]:
    done = run(SCRIPT, *flags)
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def quiet() -> tuple[int, str]:
    return evaluated()


def test_requests_that_were_kept_aside_are_found_as_well_as_demanded(quiet: tuple[int, str]) -> None:
    code, out = quiet
    for name, possible, _, first, among_five, told, *_ in ROW.findall(out):
        if name == "kept_aside":
            assert int(possible) >= 30
            assert (float(first) >= 85, float(among_five) >= 98, float(told) >= 80) == (True, True, True)
    assert code == 0


def test_the_figures_of_every_set_are_printed(quiet: tuple[int, str]) -> None:
    assert [row[0] for row in ROW.findall(quiet[1])] == ["tuning", "kept_aside"]


def test_without_the_requests_that_were_kept_aside_nothing_is_claimed(tmp_path: Path) -> None:
    shutil.copy(SCRIPT, tmp_path)
    (tmp_path / "search_requests").mkdir()
    shutil.copy(SCRIPT.parent / "search_requests" / "tuning.tsv", tmp_path / "search_requests")
    done = run(tmp_path / SCRIPT.name)
    words = f"There is no kept_aside.tsv in {tmp_path / 'search_requests'}.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", words)


def test_failures_are_told_on_demand() -> None:
    out = evaluated("--failures")[1]
    ((_, possible, impossible, first, _, told, _, _),) = [row for row in ROW.findall(out) if row[0] == "tuning"]
    wrong = int(possible) * (1 - float(first) / 100) + int(impossible) * (1 - float(told) / 100)
    assert len(re.findall("^- ", out, re.MULTILINE)) == round(wrong)
