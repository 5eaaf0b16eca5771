"""Things in sentences for a person who is asked: their names in quotes, counts, lists.

What the school's pages, its students or the model wrote is foreign: it comes on one line, within quotes that it
cannot close, and bounded in length. Nothing here raises, whatever type Thinkific answers.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, cast

from thinkific_mcp.foreign_text import cleaned, quoted

LONGEST_NAME = 80
LONGEST_TEXT = 200
_MOST_READ = 2000
_NAMES = ("full_name", "name", "code")
_PLAIN_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,64}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)(?:\.\d{1,9})?Z", re.ASCII)


def shown(value: Any, longest: int = LONGEST_TEXT, most: int = 10) -> str:
    """Write a value; a moment as `2026-11-23, 14:05 UTC`, without fractions of a second.

    Args:
        value: whatever came.
        longest: how many characters of a text are shown.
        most: how many items of a list are shown.
    """
    if isinstance(value, list):
        items = cast(list[Any], value)
        texts = ["several values" if isinstance(item, list) else shown(item, longest) for item in items]
        return enumerated(list(dict.fromkeys(texts)), most=most) or "none"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _cut(f"{value:.15g}" if isinstance(value, float) else str(value), LONGEST_NAME)
    if not isinstance(value, str):
        return "several values"
    if at := _TIME.fullmatch(value):
        date, minute, second = at.groups()
        return f"{date}, {minute}{second.removesuffix(':00')} UTC"
    text = cleaned(value)
    count = f" ({len(value)} characters)" if len(text) > longest else ""
    return quoted(_cut(text, longest)) + count


def is_time(value: Any) -> bool:
    """Tell whether a value is a moment in UTC as Thinkific stores it."""
    return isinstance(value, str) and bool(_TIME.fullmatch(value))


def name(text: Any) -> str:
    """Write a name in quotes; "" where there is none to be read."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return ""
    read = readable(text)
    return quoted(_cut(read, LONGEST_NAME)) if read else ""


def readable(text: Any) -> str:
    """Return what can be read of a name, on one line; of an endless one its beginning."""
    return cleaned(str(text)[:_MOST_READ]).strip()


def name_of(thing: Any) -> str:
    """Return what a result is called, as it came; "" where it does not say."""
    for field in _NAMES:
        if name(getattr(thing, field, None)):
            return str(getattr(thing, field))
    parts = (getattr(thing, field, None) for field in ("first_name", "last_name"))
    return " ".join(str(part) for part in parts if name(part))


def label(thing: Any, *details: str) -> str:
    """Name a result with details in parentheses, such as `"Ada Lovelace" (id 12, ada@example.com)`.

    An enrollment has no name: it is `of "Ada Lovelace" in "Drawing" (id 3)`.
    """
    student, course = name(getattr(thing, "user_name", None)), name(getattr(thing, "course_name", None))
    title = name(name_of(thing)) or " ".join(
        f"{word} {part}" for word, part in (("of", student), ("in", course)) if part
    )
    email = getattr(thing, "email", None)
    known = [*details, _email(email)] if isinstance(email, str) and email else details
    return f"{title} ({', '.join(known)})".lstrip() if known else title


def named(kind: str, thing: Any, thing_id: Any) -> str:
    """Name something by kind, name and id, or by kind and id where it could not be read.

    Args:
        kind: such as `course`.
        thing: what was read; may be None.
        thing_id: its id.
    """
    return f"{kind} {label(thing, f'id {thing_id}')}" if name(name_of(thing)) else f"{kind} {thing_id}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write a number of things, such as `1 coupon` or `3 enrollments`."""
    return f"{shown(number)} {noun if number == 1 else plural or f'{noun}s'}"


def enumerated(parts: Sequence[str], total: int = 0, most: int = 5) -> str:
    """Write the first parts of a list, and how many more there are.

    Args:
        parts: ready to be shown.
        total: how many there are, should that be more than the parts.
        most: how many are shown.
    """
    first = parts[:most]
    rest = max(total, len(parts)) - len(first)
    return ", ".join(first) + (f" and {rest} more" if rest and first else "")


def script_text(content: str) -> str:
    """Describe a script by its length and the first 16 hexadecimal digits of its SHA-256."""
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{counted(len(content), 'character')}, sha256 {digest}"


def _email(email: str) -> str:
    return email if _PLAIN_EMAIL.fullmatch(email) else name(email) or "an email that cannot be read"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest].rstrip()}…"
