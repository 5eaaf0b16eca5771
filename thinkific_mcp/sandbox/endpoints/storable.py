"""What a record can hold: integers of 64 bits, finite numbers, text that UTF-8 can write."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, cast

from thinkific_mcp.sandbox.endpoints.refusals import INVALID, refuse
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

Handler = Callable[[School, Call], Answer]

LARGEST = 2**63 - 1


def storable(handler: Handler) -> Handler:
    """Keep from a handler what its database cannot hold.

    In a path or a query such a value can match no record, so it is replaced by one that the database
    understands and that matches none either. In a body it is refused with a 422.
    """

    @wraps(handler)
    def answer(school: School, call: Call) -> Answer:
        refuse({name: [INVALID] for name, value in call.body.items() if not _fits(value)})
        return handler(school, replace(call, path=_searchable(call.path), query=_searchable(call.query)))

    return answer


def whole_number(text: str) -> int | None:
    """Read a number from its decimal digits; None when they are anything else or too many."""
    if text.isascii() and text.isdecimal() and len(text) < len(str(LARGEST)):
        return int(text)
    return None


def _fits(value: Any) -> bool:
    match value:
        case int():
            return abs(value) <= LARGEST
        case float():
            return math.isfinite(value)
        case str():
            return value == _written(value)
        case list():
            return all(map(_fits, cast(list[Any], value)))
        case dict():
            return all(map(_fits, cast(dict[str, Any], value).values()))
        case _:
            return True


def _searchable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _nearest(value) for name, value in values.items()}


def _nearest(value: Any) -> Any:
    if isinstance(value, int):
        return max(-LARGEST, min(value, LARGEST))
    return _written(value) if isinstance(value, str) else value


def _written(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
