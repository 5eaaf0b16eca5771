"""A school: its database and its clock."""

import json
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """Write a moment as the API does: ISO 8601, UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


class SchoolInUseError(Exception):
    """The data file cannot be written now."""


class School:
    """The state of one school in SQLite, in memory or in a file.

    Args:
        data: the file that keeps the school between runs; None keeps it in memory.
        now: the clock by which enrollments expire and new records are dated.
        fill: fills the school if it is new, all of it or nothing, before another process sees it.
    """

    def __init__(
        self, data: Path | None = None, now: Clock = utc_now, fill: Callable[["School"], None] | None = None
    ) -> None:
        self.now = now
        self.db = sqlite3.connect(data or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA foreign_keys = ON")
        with self.transaction():
            if self.value("SELECT count(*) FROM sqlite_master") == 0:
                schema = files("thinkific_mcp.sandbox").joinpath("schema.sql").read_text("utf-8")
                for statement in schema.split(";\n"):
                    self.db.execute(statement)
                if fill is not None:
                    fill(self)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Keep other processes out until what is done within is kept, or undone should it fail.

        Raises:
            SchoolInUseError: another process keeps this one out, or the file cannot be written.
        """
        try:
            self.db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise SchoolInUseError(str(error)) from error
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query as dictionaries."""
        return [dict(row) for row in self.db.execute(sql, parameters)]

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> dict[str, Any] | None:
        """Return the first row of a query, or None."""
        found = self.db.execute(sql, parameters).fetchone()
        return None if found is None else dict(found)

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the first column of the first row of a query, or None."""
        found = self.db.execute(sql, parameters).fetchone()
        return None if found is None else found[0]

    def values(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Return the first column of every row of a query."""
        return [row[0] for row in self.db.execute(sql, parameters)]

    def insert(self, table: str, **columns: Any) -> int:
        """Insert a row and return its id. Lists are stored as JSON."""
        names = ", ".join(columns)
        marks = ", ".join("?" for _ in columns)
        cursor = self.db.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", [_stored(value) for value in columns.values()]
        )
        return int(cursor.lastrowid or 0)

    def update(self, table: str, row_id: int | str, **columns: Any) -> None:
        """Change columns of the row with this id. Lists are stored as JSON."""
        if columns:
            assignments = ", ".join(f"{name} = ?" for name in columns)
            values = [_stored(value) for value in columns.values()]
            self.db.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", [*values, row_id])

    def stamp(self) -> str:
        """Write the present moment as the API does."""
        return timestamp(self.now())

    def close(self) -> None:
        """Close the database."""
        self.db.close()


def _stored(value: Any) -> Any:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list | dict) else value
