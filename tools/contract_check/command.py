"""The command line of the contract check."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path

from thinkific_mcp.sandbox.contract import amended_as_far_as_possible, load_amendments, published_contract

from .description import DescriptionError, read
from .differences import changes, compare

HELP = """\
Check a newer description of the Thinkific Admin API against this project. Prints

  1. what changed upstream since the copy that we carry (thinkific_mcp/sandbox/contract.json):
     operations, parameters, properties, types, enums, bounds; prose and examples do not count;
  2. the amendments (thinkific_mcp/sandbox/amendments.json) that no longer apply to it;
  3. what our operation classes (thinkific_mcp/api/) do differently, with the other amendments applied.
"""
EPILOG = "Exit status: 0 nothing to report, 1 something to report, 2 FILE cannot be used."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check, print what it finds, and return the exit status."""
    parser = ArgumentParser(
        prog="check_contract.py", description=HELP, epilog=EPILOG, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="an OpenAPI 3 document, as JSON or YAML (YAML needs PyYAML)"
    )
    file = parser.parse_args(arguments).file
    try:
        newer = read(file)
    except DescriptionError as error:
        print(f"check_contract.py: {error}", file=sys.stderr)
        return 2
    amended, stale = amended_as_far_as_possible(newer, load_amendments())
    findings = {
        "Changed upstream": changes(published_contract(), newer),
        "Amendments that no longer apply": stale,
        "Differences with our operation classes": compare(amended),
    }
    for title, lines in findings.items():
        print(f"{title}: {len(lines) or 'none'}")
        for line in lines:
            print(f"  {line}")
    return 1 if any(findings.values()) else 0
