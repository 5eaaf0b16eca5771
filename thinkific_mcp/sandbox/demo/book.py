"""Reading the hand-written data and writing rows whose times are days from now."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from thinkific_mcp.sandbox.school import School, timestamp


def read(name: str) -> Any:
    """Return the content of a data file.

    Args:
        name: its path below `data/`, without the ending.
    """
    return json.loads(
        files("thinkific_mcp.sandbox.demo").joinpath("data", *f"{name}.json".split("/")).read_text("utf-8")
    )


class Book:
    """Writes the school's rows.

    In every row that it is given, a column of time is a number of days from now: -0.5 is twelve hours ago.

    Args:
        school: the school to write into; its clock is read once.
    """

    def __init__(self, school: School) -> None:
        self._school = school
        self._now = school.now()
        # One moment often stands in several columns of a row: enrolled, activated, updated.
        self._stamp = lru_cache(maxsize=16)(self._written)

    def add(self, table: str, row: Mapping[str, Any]) -> int:
        """Write one row, given by column, and return its id."""
        return self._school.insert(table, **{name: self._stored(name, row[name]) for name in row})

    def add_tables(self, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Write the rows of several tables."""
        for table, rows in tables.items():
            for row in rows:
                self.add(table, row)

    def add_many(self, table: str, rows: Sequence[NamedTuple]) -> None:
        """Write many rows of one kind, whose fields are named as the columns."""
        if not rows:
            return
        columns = rows[0]._fields
        times = [_is_time(column) for column in columns]
        self._school.db.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            (
                [self._stamp(value) if time else value for value, time in zip(row, times, strict=True)]
                for row in rows
            ),
        )

    def next_id(self, table: str) -> int:
        """Return the id after the highest of a table."""
        return int(self._school.value(f"SELECT coalesce(max(id), 0) + 1 FROM {table}"))

    def coupon_uses(self) -> dict[int, int]:
        """Count the orders of every coupon that has any."""
        uses = "SELECT coupon_id, count(*) FROM orders WHERE coupon_id IS NOT NULL GROUP BY coupon_id"
        return dict(self._school.db.execute(uses).fetchall())

    def record_coupon_uses(self) -> None:
        """Set every coupon's `quantity_used` to the number of its orders."""
        for coupon_id, count in self.coupon_uses().items():
            self._school.update("coupons", coupon_id, quantity_used=count)

    def _stored(self, column: str, value: Any) -> Any:
        return self._stamp(value) if _is_time(column) else value

    def _written(self, days: float | None) -> str | None:
        return None if days is None else timestamp(self._now + timedelta(days=days))


def _is_time(column: str) -> bool:
    return column.endswith(("_at", "_date"))
