"""One thing as a text to be read: a title, a line for each field, and no more bytes than wanted.

What strangers wrote stays on its line, so that none of it can pass for a title or a field of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.wording import enumerated

_LONGEST_NAME = 60
_LONGEST_NOTE = 500

Part = tuple[str, str]
"""A part of a text, after what it is called where it has to be left out."""


def fields(data: Mapping[str, Any]) -> list[Part]:
    """Write the fields of something, in the order given; nested ones indented, a list of objects as a list.

    Args:
        data: as `readable` gives it. Empty texts are left out.
    """
    return [
        (_cut(name), "\n".join(_item(_field(name, value))))
        for name, value in data.items()
        if value not in ("", {})
    ]


def document(title: str, parts: Sequence[Part], limit: int, elsewhere: str) -> str:
    """Put a text together from a title and the parts that fit; the others are named.

    Args:
        title: what stands first, whatever its length.
        parts: in order; each is shown whole or not at all.
        limit: how many bytes the text may have, if that is more than the title and some 500; 0 is any number.
        elsewhere: where the others can be read, such as `get_course with fields`.
    """
    whole = "\n".join([title, "", *(text for _, text in parts)])
    if not limit or len(whole.encode()) <= limit:
        return whole
    room = limit - len(title.encode()) - _LONGEST_NOTE
    kept: list[str] = []
    left: list[str] = []
    for name, text in parts:
        size = len(text.encode()) + 1
        if size > room:
            left.append(name)
            continue
        kept.append(text)
        room -= size
    return "\n".join([title, "", *kept, "", f"Left out to be short: {enumerated(left)}. See {elsewhere}."])


def _field(name: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{_cut(name)}:", *_indented(_lines(cast(Mapping[str, Any], value)))]
    if isinstance(value, list):
        parts = cast(list[Any], value)
        if any(isinstance(part, dict | list) for part in parts):
            return [f"{_cut(name)}:", *(line for part in parts for line in _item(_row(part)))]
        return [f"{_cut(name)}: {', '.join(map(_text, parts)) or 'none'}"]
    return [f"{_cut(name)}: {_text(value)}"]


def _lines(data: Mapping[str, Any]) -> list[str]:
    return [line for name, value in data.items() for line in _field(name, value)]


def _row(value: Any) -> list[str]:
    if isinstance(value, dict):
        return _lines(cast(Mapping[str, Any], value)) or ["none"]
    if isinstance(value, list):
        return [line for part in cast(list[Any], value) for line in _item(_row(part))] or ["none"]
    return [_text(value)]


def _item(lines: Sequence[str]) -> list[str]:
    return [f"- {lines[0]}", *_indented(lines[1:])]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else cleaned(str(value)).strip()


def _cut(name: str) -> str:
    return cleaned(name)[:_LONGEST_NAME]
