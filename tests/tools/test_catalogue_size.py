import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "catalogue_size.py"


def counted(*flags: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *flags], capture_output=True, check=False, encoding="utf-8", timeout=60
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def totals() -> dict[str, tuple[int, int]]:
    """Return each total with its limit."""
    rows = re.findall(r"^\| ([a-z ]+) \| ([\d,]+) \| ([\d,]+) \|$", counted()[1], re.MULTILINE)
    return {name: (int(total.replace(",", "")), int(limit.replace(",", ""))) for name, total, limit in rows}


@pytest.mark.parametrize(("name", "limit"), [("bytes", 40_000), ("output schema bytes", 24_000)])
def test_the_catalogue_is_within_its_bytes(totals: dict[str, tuple[int, int]], name: str, limit: int) -> None:
    total, stated = totals[name]
    assert total <= limit == stated


def test_the_catalogue_is_within_its_tokens(totals: dict[str, tuple[int, int]]) -> None:
    if "tokens" not in totals and not os.environ.get("CI"):
        pytest.skip("Node or gpt-tokenizer is missing: see tools/catalogue_size.py --help")
    total, stated = totals["tokens"]
    assert total <= 9_500 == stated


def test_every_tool_is_listed_on_demand_the_largest_first() -> None:
    code, out = counted("--all")
    sizes = [
        int(size.replace(",", "")) for size in re.findall(r"^\| [a-z]+_[a-z_]+ \| ([\d,]+) \|", out, re.MULTILINE)
    ]
    assert (code, len(sizes), sizes) == (0, 79, sorted(sizes, reverse=True))
