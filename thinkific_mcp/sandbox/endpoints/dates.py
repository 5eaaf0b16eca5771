"""Dates and times: how requests write them, how they are stored, how lists are filtered by them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from thinkific_mcp.sandbox.endpoints.refusals import INVALID, bad_request, unprocessable
from thinkific_mcp.sandbox.endpoints.resource import Condition
from thinkific_mcp.sandbox.school import timestamp

COMPARISONS = {"on": "=", "before": "<", "on_or_before": "<=", "after": ">", "on_or_after": ">="}
DATE_LENGTH = len("2021-04-27")


def times(body: Mapping[str, Any], names: Sequence[str]) -> dict[str, str | None]:
    """Return the named times of a body as they are stored; null stays null, a date is its midnight in UTC.

    Raises:
        Refusal: if one of them is no time.
    """
    return {name: _sent_time(name, body[name]) for name in names if name in body}


def date_conditions(query: Mapping[str, Any]) -> list[Condition]:
    """Return the conditions of the filters by the times of creation and of the last update.

    A date means that whole day in UTC: before it starts, after it has ended, on or before its end. A
    date-time means that moment, save in the filters for `on`, where it stands for its day in UTC.
    """
    return [
        _condition(f"{event}_at", name, comparison, query[parameter])
        for event in ("created", "updated")
        for name, comparison in COMPARISONS.items()
        if (parameter := f"query[{event}_{name}]") in query
    ]


def _condition(column: str, name: str, comparison: str, text: str) -> Condition:
    try:
        moment = _moment(text)
    except (ValueError, OverflowError) as error:
        raise bad_request("A filter by date takes a date or a date-time.") from error
    if name == "on" or len(text) == DATE_LENGTH:
        return Condition(f"substr({column}, 1, {DATE_LENGTH}) {comparison} ?", (moment[:DATE_LENGTH],))
    return Condition(f"{column} {comparison} ?", (moment,))


def _sent_time(name: str, text: str | None) -> str | None:
    try:
        return None if text is None else _moment(text)
    except (ValueError, OverflowError) as error:
        raise unprocessable({name: [INVALID]}) from error


def _moment(text: str) -> str:
    parsed = datetime.fromisoformat(text.upper())
    return timestamp(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
