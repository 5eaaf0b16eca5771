"""The arguments of a write as a person reads them: what is given and, for a change, what it was before."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from thinkific_mcp.money import money
from thinkific_mcp.operation import Operation
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import moment
from thinkific_mcp.wording import counted, is_time, name, script_text, shown

_FIRST_LINES = 3
_UNKNOWN = " (what it was is not known)"


@dataclass(frozen=True)
class Room:
    """How much of the arguments is shown: characters of a text, items of a list."""

    characters: int = 200
    items: int = 20


def naming(operation: Operation[Any]) -> dict[str, Any]:
    """Return the arguments that say upon what a write acts: those of its path and of the read of its target."""
    read = operation.spec.target
    of_target = set(read.model_fields) if read else set[str]()
    return {
        argument: value
        for argument, place, value in operation.sent()
        if place.where == "path" or argument in of_target
    }


def argument_lines(operation: Operation[Any], target: Any, room: Room) -> Iterator[str]:
    """Yield a line for every argument that does not say upon what the write acts.

    Args:
        operation: the write.
        target: what its target was found to be; None where it is not known.
        room: how much of long values is shown.
    """
    named = naming(operation)
    given = {
        argument: value
        for argument, value in operation.model_dump(mode="json", warnings=False).items()
        if argument not in named
    }
    if "currency" in given:
        yield f"amount: {money(given.pop('amount'), given.pop('currency'))}"
    same: list[str] = []
    for argument, value in given.items():
        if argument == "password":
            yield "password: a new one (not shown)"
        elif argument == "custom_profile_fields":
            yield from _custom_fields(operation, value, target, room)
        elif argument == "transaction":
            yield f"transaction: {_transaction(value, room)}"
        elif operation.spec.effect != "update":
            yield from _given(argument, value, room)
        elif _is_known(target, argument) and _is_same(_before(target, argument), value):
            same.append(argument)
        else:
            yield from _changed(argument, value, target, room)
    if same:
        yield f"Stays as it is: {', '.join(same)}."
    if not given and operation.spec.effect == "update":
        yield "No change is given."


def _given(argument: str, value: Any, room: Room) -> Iterator[str]:
    if argument != "content":
        yield f"{argument}: {_shown(value, room)}"
        return
    yield f"content: {script_text(value)}, begins:"
    yield from _first_lines(value, room)


def _changed(argument: str, value: Any, target: Any, room: Room) -> Iterator[str]:
    is_known, before = _is_known(target, argument), _before(target, argument)
    if argument == "content":
        former = f"{script_text(before)} " if is_known and isinstance(before, str) else ""
        yield f"content: {former}→ {script_text(value)}, begins:{'' if is_known else _UNKNOWN}"
        yield from _first_lines(value, room)
    elif is_known:
        was, becomes = _shown(before, room), _shown(value, room)
        hidden = " (they differ in what is not shown)" if was == becomes else ""
        yield f"{argument}: {was} → {becomes}{hidden}"
    else:
        yield f"{argument}: → {_shown(value, room)}{_UNKNOWN}"


def _first_lines(content: str, room: Room) -> Iterator[str]:
    lines = [line for line in content.splitlines() if name(line)]
    for line in lines[:_FIRST_LINES]:
        yield f"  {shown(line, room.characters)}"
    if rest := len(lines[_FIRST_LINES:]):
        yield f"  and {counted(rest, 'more line')}"


def _transaction(value: Mapping[str, Any], room: Room) -> str:
    rest = {part: known for part, known in value.items() if part not in ("amount", "currency")}
    parts = [f"{part} {_shown(known, room)}" for part, known in rest.items()]
    return ", ".join([money(value["amount"], value["currency"]), *parts])


def _custom_fields(operation: Operation[Any], values: list[Any], target: Any, room: Room) -> Iterator[str]:
    there = {
        getattr(field, "custom_profile_field_definition_id", None): field
        for field in _items(getattr(target, "custom_profile_fields", None))
    }
    is_update, is_known = operation.spec.effect == "update", _is_known(target, "custom_profile_fields")
    for value in values[: room.items]:
        field = there.get(value["custom_profile_field_definition_id"])
        title = name(getattr(field, "label", None)) or str(value["custom_profile_field_definition_id"])
        becomes = _shown(value.get("value"), room)
        if not is_update:
            yield f"custom field {title}: {becomes}"
        elif is_known:
            yield f"custom field {title}: {_shown(getattr(field, 'value', None), room)} → {becomes}"
        else:
            yield f"custom field {title}: → {becomes}{_UNKNOWN}"
    if rest := len(values[room.items :]):
        yield f"and {counted(rest, 'custom field')} more"


def _shown(value: Any, room: Room) -> str:
    return shown(value, room.characters, room.items)


def _items(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def _is_known(target: Any, argument: str) -> bool:
    """Tell whether the target says what this was; where it is several records, whether they agree."""
    if isinstance(target, Page):
        rows = cast(Page[Any], target).items
        values = [_before(row, argument) for row in rows if _is_known(row, argument)]
        return bool(values) and len(values) == len(rows) and all(value == values[0] for value in values)
    return isinstance(target, Result) and (
        argument in target.model_fields_set or argument in (target.model_extra or {})
    )


def _before(target: Any, argument: str) -> Any:
    if isinstance(target, Page):
        rows = cast(Page[Any], target).items
        return _before(rows[0], argument) if rows else None
    return getattr(target, argument, None)


def _is_same(before: Any, after: Any) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return sorted(map(str, cast(list[Any], before))) == sorted(map(str, cast(list[Any], after)))
    if is_time(after):
        with suppress(ValueError):
            return moment(before) == moment(after)
    return before == after or (isinstance(before, int | float | str) and str(before) == str(after))
