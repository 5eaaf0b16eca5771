"""How well `search_tools` finds what admins ask for.

Each file under search_requests is a table (TSV): the request, the tools that are right (any of them, by commas),
and the key of what is impossible about it, if anything; `other:` and a word is any impossible thing. What is
possible is right when a right tool comes and nothing is called impossible; what is impossible is right when it is
told so and a tool of the nearest way comes.

tuning.tsv was at hand when the vocabulary was written, kept_aside.tsv was not. It ends with 1 when the latter is
below what is demanded.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from thinkific_mcp.knowledge.search import Found, Search
from thinkific_mcp.server import select

REQUESTS = Path(__file__).parent / "search_requests"
TUNING, KEPT_ASIDE = "tuning", "kept_aside"
FIRST, AMONG_FIVE = 0.85, 0.98


@dataclass(frozen=True)
class Request:
    """What an admin asks, and what is right."""

    text: str
    tools: Sequence[str]
    why_impossible: str

    def is_told_truly(self, found: Found) -> bool:
        """Tell whether it is called impossible for the right reason, or not at all where it is possible."""
        if not self.why_impossible:
            return not found.impossible
        keys = [thing.key for thing in found.impossible]
        return bool(keys) and (self.why_impossible.startswith("other:") or self.why_impossible in keys)

    def is_right(self, found: Found, among: int) -> bool:
        """Tell whether a right tool is among the first few, and what is impossible is told truly."""
        tools = found.tools[:among]
        return self.is_told_truly(found) and (not self.tools or any(tool in self.tools for tool in tools))


@dataclass(frozen=True)
class Figures:
    """What was found of one file's requests."""

    answers: Sequence[tuple[Request, Found]]

    def share(self, among: int) -> float:
        """Return the share of requests that are right among the first few."""
        return sum(request.is_right(found, among) for request, found in self.answers) / len(self.answers)

    def row(self, name: str) -> str:
        """Return the figures as a row of the table."""
        impossible = [(request, found) for request, found in self.answers if request.why_impossible]
        told = sum(request.is_told_truly(found) for request, found in impossible)
        wrongly_told = sum(bool(found.impossible) for request, found in self.answers if not request.why_impossible)
        return (
            f"| {name} | {len(self.answers)} | {self.share(1):.1%} | {self.share(5):.1%} "
            f"| {told} of {len(impossible)} | {wrongly_told} |"
        )


def main() -> int:
    """Search for all, print, and tell whether the requests that were kept aside are found well enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument(
        "--failures", action="store_true", help="print the tuning requests that are not right first"
    )
    parser.add_argument("--all", action="store_true", help="with --failures: also those that were kept aside")
    options = parser.parse_args()
    search = Search(select(changes=True))
    figures = {
        name: Figures([(request, search(request.text)) for request in requests(path)])
        for name in (TUNING, KEPT_ASIDE)
        if (path := REQUESTS / f"{name}.tsv").exists()
    }

    print("| set | requests | right first | among first five | impossible told truthfully | false impossibles |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, found in figures.items():
        print(found.row(name))
    if options.failures:
        shown = [name for name in figures if name == TUNING or options.all]
        print("", *failures(figures[name] for name in shown), sep="\n")
    demanded = [found for name, found in figures.items() if name == KEPT_ASIDE]
    return 0 if all(found.share(1) >= FIRST and found.share(5) >= AMONG_FIVE for found in demanded) else 1


def requests(path: Path) -> Iterable[Request]:
    """Read a file of requests."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            tools = [name for name in row["tools"].split(",") if name]
            yield Request(row["request"], tools, row["why_impossible"] or "")


def failures(figures: Iterable[Figures]) -> Iterable[str]:
    """Say of each request that is not right first what was wanted, and what was found."""
    for request, found in (answer for each in figures for answer in each.answers):
        if not request.is_right(found, 1):
            why = [f"impossible: {request.why_impossible}"] if request.why_impossible else []
            told = [f"impossible: {thing.key}" for thing in found.impossible]
            yield f"- {request.text}\n  wanted: {', '.join([*why, *request.tools])}"
            yield f"  found: {', '.join([*told, *found.tools])}"


if __name__ == "__main__":
    sys.exit(main())
