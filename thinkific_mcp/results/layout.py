"""A list as text: its rows, in a form of which any first part can be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thinkific_mcp.results.fields import fields_of, record_kind
from thinkific_mcp.results.form import Form
from thinkific_mcp.results.table import table
from thinkific_mcp.results.text import compact


@dataclass(frozen=True)
class Layout:
    """The text of a list.

    Attributes:
        lines: the text of each row.
        first: what stands before them.
        between: what stands between two.
        last: what stands behind them.
        note: what is left out of all rows; empty where nothing is.
    """

    lines: Sequence[str]
    first: str
    between: str
    last: str
    note: str = ""

    def text(self, count: int) -> str:
        """Return the text of as many rows, from the first."""
        return self.first + self.between.join(self.lines[:count]) + self.last


def laid_out(rows: Sequence[Any], kind: Any, form: Form, fields: Sequence[str], unseen: Sequence[str]) -> Layout:
    """Lay out a list.

    Args:
        rows: plain data.
        kind: the type of the list.
        form: how it is written.
        fields: the names of the columns; by default all that hold something.
        unseen: further fields that hold something, and are only shown by name.
    """
    if form.text == "json":
        return Layout([compact(row) for row in rows], '{"items":[', ",", "]}")
    if not rows:
        return Layout([], "", "", "")
    laid = table(rows, kind, fields)
    told = {"empty": laid.empty, "by name in fields": unseen}
    note = "; ".join(f"{words}: {', '.join(names)}" for words, names in told.items() if names)
    if not laid.header:
        return Layout(laid.lines, "", "", "", note)
    return Layout(laid.lines, f"{laid.header}\n", "\n", "", note)


def unseen_fields(kind: Any, rows: Sequence[Any]) -> Sequence[str]:
    """Return the fields that only old themes use and that hold something all the same.

    Args:
        kind: the type of the list.
        rows: its rows as they came.
    """
    record = record_kind(kind)
    hidden = [name for name in fields_of(record) if name not in record.shown_fields()]
    return [name for name in hidden if any(getattr(row, name, None) not in (None, "") for row in rows)]
