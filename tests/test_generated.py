"""What is derived from the code is up to date."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import generate


@pytest.mark.parametrize("path", list(generate.generated()), ids=str)
def test_a_derived_file_is_what_the_code_says(path: Path) -> None:
    assert path not in generate.out_of_date(), "run: python tools/generate.py"


def test_no_snapshot_is_left_of_a_tool_that_is_gone() -> None:
    wanted = {path.name for path in generate.generated() if path.parent == generate.SNAPSHOTS}
    assert {path.name for path in (generate.ROOT / generate.SNAPSHOTS).iterdir()} == wanted


def test_a_changed_and_a_missing_snapshot_are_found_and_mended(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns(".git", "__pycache__", ".*_cache", ".hypothesis")
    copy = shutil.copytree(generate.ROOT, tmp_path / "copy", ignore=ignored)
    snapshots = copy / generate.SNAPSHOTS
    (snapshots / "get_course.json").write_text("{}", "utf-8")
    (snapshots / "get_user.json").unlink()
    (snapshots / "get_moon.json").write_text("{}", "utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(copy / "tools" / "generate.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    found = run("--check")
    assert found.returncode == 1
    assert {line.rpartition("/")[2] for line in found.stdout.splitlines()} == {
        "get_course.json",
        "get_user.json",
        "get_moon.json",
    }
    assert run().returncode == 0
    assert run("--check").returncode == 0
