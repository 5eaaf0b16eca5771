"""Text that strangers wrote: it may hold characters that command a terminal, reverse the text or hide in it."""

import json
import re
from typing import Any

# Joiners (U+200C and U+200D) stay: Persian, Indic scripts and emoji need them.
_BEYOND_ASCII = r"\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
_DECEPTIVE = re.compile(rf"[\x00-\x1f{_BEYOND_ASCII}]+")
# JSON escapes the others by itself.
_DECEPTIVE_IN_JSON = re.compile(f"[{_BEYOND_ASCII}]")


def cleaned(text: str) -> str:
    """Put a space in the place of all that is not there to be read."""
    return _DECEPTIVE.sub(" ", text)


def escaped_json(data: Any) -> str:
    """Write data as indented JSON in which nothing is lost, and nothing but the readable stands unescaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _DECEPTIVE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
