"""Results as plain data: no nulls, no fields that only old themes use, nothing nested beyond reading."""

import re
from collections.abc import Callable
from typing import Any, cast

from thinkific_mcp.result import Result

# Thinkific's answers are five levels deep; what writes JSON for a host gives up at some 250.
_DEEPEST = 50
_FRACTION = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def plain(value: Any) -> Any:
    """Turn a result into dictionaries and lists, its own fields first, unknown ones after them."""
    return _parts(value, _as_it_is, False, 0)


def readable(value: Any, *, all_fields: bool = False) -> Any:
    """Turn a result into plain data as a model reads it: times have whole seconds.

    Args:
        value: the result.
        all_fields: with the fields that only old themes use.
    """
    return _parts(value, _in_seconds, all_fields, 0)


def _parts(value: Any, text: Callable[[str], str], all_fields: bool, depth: int) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Result):
        names = type(value).model_fields if all_fields else value.shown_fields()
        shown = {name: getattr(value, name) for name in names}
        return _parts(shown | (value.model_extra or {}), text, all_fields, depth)
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        parts = cast(dict[str, Any], value)
        return {
            name: _parts(part, text, all_fields, depth + 1) for name, part in parts.items() if part is not None
        }
    if isinstance(value, list):
        return [_parts(part, text, all_fields, depth + 1) for part in cast(list[Any], value)]
    return value


def _as_it_is(text: str) -> str:
    return text


def _in_seconds(text: str) -> str:
    time = _FRACTION.fullmatch(text)
    return time[1] + (time[2] or "") if time else text
