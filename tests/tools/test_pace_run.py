import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "pace_run.py"


@pytest.mark.parametrize("processes", [1, 2])
def test_a_short_run_meets_no_429_and_says_so(processes: int) -> None:
    if processes > 1 and shutil.which("redis-server") is None and not os.environ.get("CI"):
        pytest.skip("NOT TESTED, there is no redis-server: apt install redis-server")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--processes", str(processes), "--reads", "12"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    row = done.stdout.splitlines()[-1]
    assert done.stderr == ""
    redis = "0.0" if processes == 1 else r"\d+\.\d"
    assert re.fullmatch(rf"\| {processes} \| sliding \| \d+ \| 12 \| [\d.]+% \| 0 \| 0 \| {redis} \|", row)
