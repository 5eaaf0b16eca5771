"""How well `search_tools` finds what admins ask for.

Each file under search_requests is a table (TSV): the request, the tools that are right (any of them, by commas),
and the key of what is impossible about it, if anything; `other:` and a word is any impossible thing. What is
possible is right first when a right tool comes first and nothing is called impossible. What is impossible is told
truthfully when it is called so, by the right key, and well when a tool of the nearest way is among the first five.

Neither is among the requests that the search learns from. tuning.tsv was at hand when its few numbers were chosen,
kept_aside.tsv was not. It ends with 1 when the latter is below what is demanded.
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
FIRST, AMONG_FIVE, TOLD = 0.85, 0.98, 0.8


@dataclass(frozen=True)
class Request:
    """What an admin asks, and what is right."""

    text: str
    tools: Sequence[str]
    why_impossible: str


@dataclass(frozen=True)
class Answer:
    """A request, and what was found."""

    request: Request
    found: Found

    @property
    def is_told(self) -> bool:
        """Whether it is called impossible for the right reason, or not at all where it is possible."""
        why, keys = self.request.why_impossible, [thing.key for thing in self.found.impossible]
        if why.startswith("other:"):
            return bool(keys)
        return keys == ([why] if why else [])

    def is_found(self, among: int) -> bool:
        """Tell whether a right tool is among the first few."""
        return any(tool in self.request.tools for tool in self.found.tools[:among])

    @property
    def is_right(self) -> bool:
        """Whether nothing is left to be wished for."""
        return self.is_told and (bool(self.request.why_impossible) or self.is_found(1))


class Figures:
    """What was found of one file's requests."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = answers
        self._possible = [answer for answer in answers if not answer.request.why_impossible]
        self._impossible = [answer for answer in answers if answer.request.why_impossible]

    @property
    def are_enough(self) -> bool:
        """Whether they are as demanded."""
        first, five, told, _ = self._shares()
        return first >= FIRST and five >= AMONG_FIVE and told >= TOLD

    def row(self, name: str) -> str:
        """Return the figures as a row of the table."""
        shares = " | ".join(f"{share:.1%}" for share in self._shares())
        wrongly = sum(not answer.is_told for answer in self._possible)
        return f"| {name} | {len(self._possible)} | {len(self._impossible)} | {shares} | {wrongly} |"

    def _shares(self) -> tuple[float, float, float, float]:
        return (
            _share(answer.is_right for answer in self._possible),
            _share(answer.is_found(5) for answer in self._possible),
            _share(answer.is_told for answer in self._impossible),
            _share(answer.is_found(5) for answer in self._impossible),
        )


def main() -> int:
    """Search for all, print, and tell whether the requests that were kept aside are found well enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--failures", action="store_true", help="print the tuning requests that are not right")
    parser.add_argument("--all", action="store_true", help="with --failures: also those that were kept aside")
    options = parser.parse_args()
    files = {name: REQUESTS / f"{name}.tsv" for name in (TUNING, KEPT_ASIDE)}
    if missing := [path.name for path in files.values() if not path.is_file()]:
        print(f"There is no {' and no '.join(missing)} in {REQUESTS}.", file=sys.stderr)
        return 1
    search = Search(select(changes=True))
    figures = {
        name: Figures([Answer(request, search(request.text)) for request in requests(path)])
        for name, path in files.items()
    }

    print("| set | possible | impossible | right first | among five | told truthfully | with the way | false |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, found in figures.items():
        print(found.row(name))
    if options.failures:
        shown = [name for name in figures if name == TUNING or options.all]
        print("", *failures(figures[name] for name in shown), sep="\n")
    return 0 if figures[KEPT_ASIDE].are_enough else 1


def requests(path: Path) -> Iterable[Request]:
    """Read a file of requests."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            tools = [name for name in row["tools"].split(",") if name]
            yield Request(row["request"], tools, row["why_impossible"] or "")


def failures(figures: Iterable[Figures]) -> Iterable[str]:
    """Say of each request that is not right what was wanted, and what was found."""
    for answer in (answer for each in figures for answer in each.answers if not answer.is_right):
        request, found = answer.request, answer.found
        why = [f"impossible: {request.why_impossible}"] if request.why_impossible else []
        told = [f"impossible: {thing.key}" for thing in found.impossible]
        yield f"- {request.text}\n  wanted: {', '.join([*why, *request.tools])}"
        yield f"  found: {', '.join([*told, *found.tools])}"


def _share(right: Iterable[bool]) -> float:
    answers = list(right)
    return sum(answers) / max(1, len(answers))


if __name__ == "__main__":
    sys.exit(main())
