"""Text for a terminal: what strangers wrote may hold sequences that command it or reverse the text."""

import json
import re
from typing import Any

# Those that JSON escapes by itself are not among them.
_BEYOND_JSON = r"\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(rf"[\x00-\x1f{_BEYOND_JSON}]")
_UNPRINTABLE_IN_JSON = re.compile(f"[{_BEYOND_JSON}]")


def printable(text: str) -> str:
    """Put a space in the place of each character that a terminal would obey."""
    return _UNPRINTABLE.sub(" ", text)


def printable_json(data: Any) -> str:
    """Write data as indented JSON, with the characters escaped that a terminal would obey."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _UNPRINTABLE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
