"""Further reads for a preview: what an id that an operation names is called."""

from collections.abc import Sequence
from typing import Any, TypeGuard, cast

from thinkific_mcp.change import Look
from thinkific_mcp.operation import Operation
from thinkific_mcp.result import Page
from thinkific_mcp.values import LARGEST_ID
from thinkific_mcp.wording import enumerated, named


def is_id(value: Any) -> TypeGuard[int]:
    """Tell whether a value that Thinkific answered can be asked for as an id."""
    return isinstance(value, int) and 0 < value <= LARGEST_ID


async def looked_up(read: type[Operation[Any]], value: Any, look: Look) -> str:
    """Name something by its id: one request.

    Args:
        read: reads one of its kind, such as `GetCourse`.
        value: its id, or what Thinkific answered in its place.
        look: reads it.
    """
    argument = f"{read.spec.name.removeprefix('get_')}_id"
    kind = _kind(read)
    if not is_id(value):
        return f"{kind} unknown"
    return named(kind, await look(read.model_validate({argument: value})), value)


async def first_looked_up(read: type[Operation[Any]], ids: Sequence[int], look: Look, most: int = 2) -> str:
    """Name several things of a kind by their ids: the first with names, the rest by number."""
    distinct = list(dict.fromkeys(ids))
    names = [await looked_up(read, value, look) for value in distinct[:most]]
    return enumerated(names + [f"{_kind(read)} {value}" for value in distinct[most:]])


def items_of(value: Any) -> list[Any]:
    """Return a list that Thinkific answered; an empty one where it answered something else."""
    return cast(list[Any], value) if isinstance(value, list) else []


def total_of(page: Page[Any]) -> int:
    """Return how many items a list has in all, as far as it tells."""
    return max(page.total_items or 0, len(page.items))


def _kind(read: type[Operation[Any]]) -> str:
    return read.spec.name.removeprefix("get_").replace("_", " ")
