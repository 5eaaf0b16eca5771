"""Which read tells: what finds an id, and what shows whether a change was made.

Both follow from the paths. `GET /courses` finds the id of `GET /courses/{id}`; the nearest path above a write
that can be read shows what became of it. The tables hold the exceptions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.operation import Operation


@dataclass(frozen=True)
class Lookup:
    """A read to turn to.

    Attributes:
        tool: its name.
        hint: which arguments to give it, or which field of its rows to read; may be empty.
    """

    tool: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.tool} ({self.hint})" if self.hint else self.tool


_FINDERS: Mapping[str, Lookup | None] = {
    "bundle_id": Lookup("list_products", "productable_id"),
    "chapter_id": Lookup("list_course_chapters"),
    "content_id": Lookup("list_chapter_contents"),
    "external_order_id": None,
}

_WITNESSES: Mapping[str, Lookup] = {
    "/collection_memberships/{id}": Lookup("list_category_products", "category_id"),
    "/group_analysts/{user_id}/groups": Lookup("list_group_analysts", "group_id"),
    "/group_users": Lookup("list_users", "group_id"),
}

_NO_WITNESS = "neither a tool nor a Thinkific report tells: ask who keeps the school's books"


def names_something(argument: str) -> bool:
    """Tell whether an argument names something at Thinkific, by an id, a coupon's code or a group's name."""
    return _id_of(argument) in _finders()


def finder(argument: str) -> Lookup | None:
    """Return the list that tells the right value of an argument that names something.

    None where no list does: external orders cannot be looked up.
    """
    return _finders().get(_id_of(argument))


def witness(operation: Operation[Any]) -> Lookup | None:
    """Return the read that shows whether a write was carried out; its hint is the arguments that both take.

    None where no read does: external orders cannot be looked up.
    """
    reads, path = _reads(), operation.spec.path
    while path:
        if path in _WITNESSES:
            return _WITNESSES[path]
        if path in reads:
            taken = [name for name, _, _ in operation.sent() if name in OPERATIONS[reads[path]].model_fields]
            return Lookup(reads[path], ", ".join(taken))
        path = path.rpartition("/")[0]
    return None


def may_have_been_made(operation: Operation[Any]) -> str:
    """Say of a write whose outcome is not known where to look, by the names of its arguments only."""
    lookup = witness(operation)
    look = f"look with {lookup}" if lookup else _NO_WITNESS
    return f"The change may have been made all the same: {look} before you try again."


@cache
def _reads() -> Mapping[str, str]:
    return {kind.spec.path: name for name, kind in OPERATIONS.items() if kind.spec.effect == "read"}


@cache
def _finders() -> Mapping[str, Lookup | None]:
    reads = _reads()
    found: dict[str, Lookup | None] = {}
    for path, name in reads.items():
        above, _, last = path.rpartition("/")
        if last == "{id}" and above in reads:
            (argument,) = (name for name, place in OPERATIONS[name].places().items() if place.where == "path")
            found[argument] = Lookup(reads[above])
    return {**found, **_FINDERS}


def _id_of(argument: str) -> str:
    return re.sub("_(ids|code|names)$", "_id", argument)
