"""Write constraints.txt: the versions of everything installed here, which is what was tested.

Run it in a virtual environment that holds `thinkific-mcp[dev]` and nothing else.
"""

import sys
from importlib.metadata import distributions
from pathlib import Path

_NOT_OURS_TO_PIN = {"pip", "setuptools", "wheel", "thinkific-mcp"}


def main() -> int:
    """Write the file."""
    pins = sorted(
        {
            f"{found.name}=={found.version}"
            for found in distributions()
            if found.name.lower().replace("_", "-") not in _NOT_OURS_TO_PIN
        },
        key=str.lower,
    )
    path = Path(__file__).resolve().parent.parent / "constraints.txt"
    path.write_text("\n".join(pins) + "\n", "utf-8")
    print(f"wrote {path.name}: {len(pins)} versions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
