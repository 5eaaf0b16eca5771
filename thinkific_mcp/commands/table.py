"""Results for a person at a terminal: a table for a list, a record for one thing."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, cast

from thinkific_mcp.foreign_text import cleaned

_WIDEST_CELL = 40


def table(rows: Sequence[Mapping[str, Any]], width: int) -> str:
    """Lay rows out in columns, as many as fit.

    Args:
        rows: the rows; their keys are the columns.
        width: how many characters fit on a line.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: [_cell(row.get(name)) for row in rows] for name in columns}
    widths = {name: max(_width(cell) for cell in [name, *cells[name]]) for name in columns}
    shown: list[str] = []
    for name in columns:
        if shown and sum(widths[each] + 2 for each in shown) + widths[name] > width:
            break
        shown.append(name)
    lines = [map(cleaned, shown), *([cells[name][index] for name in shown] for index in range(len(rows)))]
    text = "\n".join(
        "  ".join(_padded(cell, widths[name]) for name, cell in zip(shown, line, strict=True)).rstrip()
        for line in lines
    )
    left_out = [cleaned(name) for name in columns[len(shown) :]]
    return f"{text}\n(not shown: {', '.join(left_out)}; --json shows all)" if left_out else text


def record(data: Mapping[str, Any]) -> str:
    """Lay one thing out, a field a line."""
    widest = max(map(len, data), default=0)
    return "\n".join(f"{cleaned(name).ljust(widest)}  {_text(value)}" for name, value in data.items())


def _cell(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= _WIDEST_CELL else text[: _WIDEST_CELL - 1] + "…"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in cast(list[Any], value)):
        return cleaned(", ".join(str(part) for part in cast(list[Any], value)))
    return cleaned(json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value))


def _width(text: str) -> int:
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
