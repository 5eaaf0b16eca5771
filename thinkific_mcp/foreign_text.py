"""Text that strangers wrote: it may hold characters that command a terminal, reverse the text or hide in it."""

import json
import re
import unicodedata
from typing import Any

_BEYOND_ASCII = re.compile(r"[^\n -~]")

# Persian, Indic scripts and emoji need joiners, between two letters of their own; elsewhere they only hide.
_JOINERS = "\u200c\u200d"
_JOINED = rf"[^\x00-\x7f{_JOINERS}]"

# Unicode counts some of these among letters and marks; none of them is seen, and some stand in ordinary words.
_UNSEEN = (
    r"\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\U000e0000-\U000e0fff"
)
_LEFT_OUT = re.compile(rf"[{_UNSEEN}]+")
_STRAY_JOINER = re.compile(rf"[{_JOINERS}](?!{_JOINED})|(?<!{_JOINED})[{_JOINERS}]")

_SINGLE_QUOTES = str.maketrans(
    dict.fromkeys('"\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u301d\u301e\uff02', "'")
)


def cleaned(text: str) -> str:
    """Put text on one line, without what is not there to be read.

    Fillers, tags, variation selectors and the like are left out; any run of controls, line ends, and of format,
    private and unassigned characters becomes a space.
    """
    seen = _STRAY_JOINER.sub("", _LEFT_OUT.sub("", text))
    return re.sub("\n+", " ", _BEYOND_ASCII.sub(lambda match: match[0] if _is_readable(match[0]) else "\n", seen))


def quoted(text: str) -> str:
    """Put text into double quotes that nothing in it closes, however similar it looks."""
    return f'"{text.translate(_SINGLE_QUOTES)}"'


def escaped_json(data: Any) -> str:
    """Write data as indented JSON in which nothing is lost, and nothing but the readable stands unescaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _BEYOND_ASCII.sub(lambda match: match[0] if _is_readable(match[0]) else _escaped(match[0]), text)


def _is_readable(character: str) -> bool:
    """Tell whether a character is seen: all but Unicode's other, separator and invisible ones, spaces aside."""
    if character in _JOINERS or unicodedata.category(character) == "Zs":
        return True
    return character.isprintable() and not _LEFT_OUT.match(character)


def _escaped(character: str) -> str:
    return re.sub("(....)", r"\\u\1", character.encode("utf-16-be", "surrogatepass").hex())
