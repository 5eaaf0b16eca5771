"""A kind of record: where it is stored and how it is answered, one by one and in pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from thinkific_mcp.sandbox.endpoints.pages import Page
from thinkific_mcp.sandbox.endpoints.refusals import not_found
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

Row = dict[str, Any]
Id = int | str


class Condition(NamedTuple):
    """A condition of a query, with a `?` for each parameter."""

    sql: str
    parameters: tuple[Any, ...] = ()


def chosen(filters: Mapping[str, str], query: Mapping[str, Any]) -> list[Condition]:
    """Return the conditions of those filters that a query uses."""
    return [Condition(sql, (query[name],)) for name, sql in filters.items() if name in query]


def changes(body: Mapping[str, Any], columns: Sequence[str]) -> Row:
    """Return those columns that a body sets; what was not sent stays as it is."""
    return {name: body[name] for name in columns if name in body}


def unknown_ids(school: School, table: str, ids: Sequence[int]) -> list[int]:
    """Return those ids that no record of a table has, each once."""
    return [each for each in dict.fromkeys(ids) if not _exists(school, table, each)]


def as_stored(_school: School, row: Row) -> Row:
    """Answer a row as the database returns it."""
    return row


@dataclass(frozen=True)
class Resource:
    """A kind of record.

    Args:
        table: the table that holds one row for each record.
        select: the query that reads the answered columns, up to its `WHERE`.
        present: turns such a row into the answer.
        order: by which columns of the table its lists are sorted.
    """

    table: str
    select: str
    present: Callable[[School, Row], Row] = as_stored
    order: str = "id"

    def exists(self, school: School, row_id: Id) -> bool:
        """Tell whether there is such a record."""
        return _exists(school, self.table, row_id)

    def require(self, school: School, row_id: Id) -> None:
        """Refuse with a 404 when there is no such record.

        Raises:
            Refusal: if there is none.
        """
        if not self.exists(school, row_id):
            raise not_found()

    def is_taken(self, school: School, column: str, value: Any, besides: Id | None = None) -> bool:
        """Tell whether a record other than the given one has this value already."""
        sql = f"SELECT 1 FROM {self.table} WHERE {column} = ? AND id IS NOT ?"
        return school.value(sql, [value, besides]) is not None

    def answers(self, school: School, ids: Sequence[Id]) -> list[Row]:
        """Return the answers for these ids, in their order."""
        marks = ", ".join("?" for _ in ids)
        rows = school.rows(f"{self.select} WHERE {self.table}.id IN ({marks})", ids)
        found = {row["id"]: self.present(school, row) for row in rows}
        return [found[row_id] for row_id in ids]

    def answer(self, school: School, row_id: Id) -> Row:
        """Return the answer for one record, or refuse with a 404.

        Raises:
            Refusal: if there is no such record.
        """
        self.require(school, row_id)
        return self.answers(school, [row_id])[0]

    def get(self, school: School, call: Call) -> Answer:
        """Answer the record that the path names."""
        return Answer(200, self.answer(school, call.path["id"]))

    def delete(self, school: School, call: Call) -> Answer:
        """Delete the record that the path names, with all that belongs to it."""
        self.require(school, call.path["id"])
        school.db.execute(f"DELETE FROM {self.table} WHERE id = ?", [call.path["id"]])
        return Answer(204)

    def page(self, school: School, call: Call, *conditions: Condition, join: str = "", order: str = "") -> Answer:
        """Answer the page that a call asks for.

        Args:
            school: where the records are.
            call: the request.
            conditions: what a record must fulfil.
            join: a join that conditions and order speak of, one row for each record.
            order: another order than the usual.
        """
        where = " AND ".join(f"({condition.sql})" for condition in conditions) or "TRUE"
        parameters = [value for condition in conditions for value in condition.parameters]
        source = f"FROM {self.table} {join} WHERE {where}"
        page = Page.asked(call.query, school.value(f"SELECT count(*) {source}", parameters))
        ids = school.values(
            f"SELECT {self.table}.id {source} ORDER BY {order or self.order} LIMIT ? OFFSET ?",
            [*parameters, page.limit, page.offset],
        )
        return Answer(200, {"items": self.answers(school, ids), "meta": page.meta()})


def _exists(school: School, table: str, row_id: Id) -> bool:
    return school.value(f"SELECT 1 FROM {table} WHERE id = ?", [row_id]) is not None
