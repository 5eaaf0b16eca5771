"""Rows as CSV: compact for a model to read, and whole for a spreadsheet."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from thinkific_mcp.result import Result
from thinkific_mcp.results.fields import below, fields_of, record_kind
from thinkific_mcp.results.text import compact

# All that a program may take for the end of a line, or a terminal for a command.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SIGNS = "=+@＝＋－＠﹦﹢﹣﹫-"
_FORMULA = re.compile(rf"\s*[{_SIGNS}]|[\t\r\n]")
# Where semicolons part cells, as in much of Europe, commas and quotes do not, and lines end within quotes.
_LATER_FORMULA = re.compile(rf"(?<![;\s])(?=[^\S\t\r\n]*[;\t\r\n])([;\s]+)(?=[{_SIGNS}])")
_NO_FORMULA = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?|\+\d[\d ().-]{5,}\d", re.ASCII)

_SEPARATOR = "; "

Column = tuple[str, Sequence[str]]
"""A column's name and its cells."""


@dataclass(frozen=True)
class Table:
    """Rows as lines of CSV.

    Attributes:
        header: the names of the columns; empty where there are none.
        lines: a line for each row.
        empty: the columns that are left out, as no row has anything there.
    """

    header: str
    lines: Sequence[str]
    empty: Sequence[str]


def table(rows: Sequence[Any], kind: Any, fields: Sequence[str] = ()) -> Table:
    """Lay rows out with a line for each, whatever they hold.

    Args:
        rows: plain data.
        kind: the type of a row, or of a page of them.
        fields: exactly these columns; by default all that hold something, in the order of the type.
    """
    columns = [
        (_on_one_line(name), list(map(_on_one_line, cells))) for name, cells in _columns(rows, kind, fields)
    ]
    shown = columns if fields else [column for column in columns if any(column[1])]
    empty = [] if fields else [name for name, cells in columns if not any(cells)]
    if not shown:
        return Table("", ["" for _ in rows], empty)
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="")
    writer.writerow([name for name, _ in shown])
    writer.writerows(zip(*(cells for _, cells in shown), strict=True))
    return Table(lines[0], lines[1:], empty)


def csv_file(rows: Sequence[Mapping[str, Any]], kind: Any, fields: Sequence[str] = ()) -> str:
    """Write all rows, and every column that one of them has, for a spreadsheet.

    What a spreadsheet would take for a formula gets an apostrophe in front, save numbers and phone numbers; within
    a cell, too, where some spreadsheets would begin another. Line breaks stay as they are.

    Args:
        rows: plain data.
        kind: the type of a row, or of a page of them.
        fields: exactly these columns.
    """
    columns = _columns(rows, kind, fields)
    shown = columns if fields or not rows else [column for column in columns if any(column[1])]
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)  # a spreadsheet may part cells at semicolons, too
    writer.writerow([_harmless(name) for name, _ in shown])
    writer.writerows(zip(*(map(_harmless, cells) for _, cells in shown), strict=True))
    return file.getvalue()


class _Lines(list[str]):
    """Keeps each line that is written."""

    def write(self, line: str) -> None:
        self.append(line)


def _on_one_line(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def _harmless(text: str) -> str:
    seen = _UNSEEN.sub("", text)
    if _NO_FORMULA.fullmatch(seen):
        return seen
    return ("'" if _FORMULA.match(seen) else "") + _LATER_FORMULA.sub(r"\1'", seen)


def _columns(rows: Sequence[Any], kind: Any, fields: Sequence[str]) -> list[Column]:
    record = record_kind(kind)
    if fields:
        return [_asked_for(name, rows, record) for name in fields]
    objects = [_object(row) for row in rows]
    return _by_name(objects, record, "", list(record.shown_fields()) if fields_of(record) else [])


def _object(row: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], row) if isinstance(row, dict) else {"answer": row}


def _by_name(objects: Sequence[Mapping[str, Any]], kind: Any, above: str, first: Sequence[str]) -> list[Column]:
    """Return the columns of objects; those of objects within them are named `outer.inner`."""
    columns: list[Column] = []
    for name in dict.fromkeys([*first, *(name for each in objects for name in each)]):
        values = [each.get(name) for each in objects]
        inner = below(kind, name)
        if _are_alike(values):
            parts = [cast(Mapping[str, Any], value or {}) for value in values]
            columns += _by_name(parts, inner, f"{above}{name}.", [])
        else:
            columns.append((above + name, [_cell(value, inner) for value in values]))
    return columns


def _are_alike(values: Sequence[Any]) -> bool:
    """Tell whether values are objects of which most have most of their fields, so that columns of them fill."""
    objects = [cast(Mapping[str, Any], value) for value in values if value is not None]
    if not all(isinstance(value, dict) for value in objects):
        return False
    names = {name for each in objects for name in each}
    return bool(names) and 2 * sum(map(len, objects)) >= len(names) * len(objects)


def _asked_for(name: str, rows: Sequence[Any], kind: Any) -> Column:
    path = name.split(".")
    for part in path:
        kind = below(kind, part)
    return name, [_cell(_at(row, path), kind) for row in rows]


def _at(value: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path; of a list's objects, a list of it."""
    for place, part in enumerate(path):
        if isinstance(value, list):
            found = [_at(each, path[place:]) for each in cast(list[Any], value)]
            return None if all(each is None for each in found) else found
        value = cast(Mapping[str, Any], value).get(part) if isinstance(value, dict) else None
    return value


def _cell(value: Any, kind: Any) -> str:
    if isinstance(value, list):
        return _SEPARATOR.join(_part(each, kind) for each in cast(list[Any], value))
    return _telling(cast(Mapping[str, Any], value), kind) if isinstance(value, dict) else _scalar(value)


def _part(value: Any, kind: Any) -> str:
    return _telling(cast(Mapping[str, Any], value), kind) if isinstance(value, dict) else _quoted(value)


def _telling(thing: Mapping[str, Any], kind: Any) -> str:
    """Write an object as what tells most of it, such as `Region=EU`; one of no known type with all of it."""
    names = kind.told_by if isinstance(kind, type) and issubclass(kind, Result) else ()
    if any(thing.get(name) is not None for name in names):
        first, *rest = (_quoted(thing.get(name)) for name in names)
        told = " ".join(filter(None, rest))
        return f"{first}={told}" if first and rest else first or told
    return _SEPARATOR.join(f"{name}={_quoted(value)}" for name, value in thing.items())


def _quoted(value: Any) -> str:
    """Write a part of a cell, so that it cannot pass for two."""
    text = _scalar(value)
    return compact(text) if isinstance(value, str) and (";" in text or text.startswith('"')) else text


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else compact(value)
