"""How a write is taken back: an update puts back, a creation is taken away, what was deleted is made anew."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from pydantic import ValidationError

from thinkific_mcp.change import State, Step, Undoing
from thinkific_mcp.operation import Operation
from thinkific_mcp.values import moment

MOST_STEPS = 20
"""How many writes an undo takes at most."""

CHANGED_NOTHING = "It changed nothing."
"""Why there is nothing to take back."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT")


def put_back(
    update: Operation[Any], before: State, *, lost: Mapping[str, str] | None = None, along: Sequence[str] = ()
) -> Undoing:
    """Plan to send an update once more, with the former values of what it was given.

    Args:
        update: the write.
        before: the record before it.
        lost: arguments that never come back, and nobody can look at: the name, and the sentence that says so.
        along: arguments that depend on each other: their former values go along, given or not, and where one
            was empty it is left out.

    Raises:
        ValueError: nothing is known of what was before, or nothing of it can be put back.
    """
    if before.get("id") is None:
        raise ValueError("What was there before was not read, so it cannot be put back.")
    lost = lost or {}
    given, places = _given(update), type(update).places()
    changed = [name for name in given if places[name].where == "body"]
    former = {name: before.get(name) for name in changed if name not in lost and name not in along}
    former |= {name: before[name] for name in along if before.get(name) is not None}
    which = {name: given[name] for name in given if name not in changed}
    arguments, refused = _accepted(type(update), which | former, otherwise=given)
    losses = [sentence for name, sentence in lost.items() if name in given and sentence]
    losses += [_loss(name, before) for name in refused if name in given]
    if all(name in refused or former[name] == given.get(name) for name in former):
        raise ValueError(" ".join(losses) or CHANGED_NOTHING)
    seen = {name: given[name] for name in changed if name not in lost}
    return Undoing([Step(type(update), arguments)], look_of(update), lambda now: shows(now, seen), losses)


def take_away(delete: type[Operation[Any]], made: State, *losses: str) -> Undoing:
    """Plan to delete what a creation made, as long as it is as it was made; a coupon that was used is not.

    Args:
        delete: the operation that deletes such a thing.
        made: what the creation answered.
        losses: sentences on what goes with it.

    Raises:
        ValueError: the answer did not tell the id.
    """
    argument = next(name for name, place in delete.places().items() if place.where == "path")
    try:
        deletion = delete.model_validate({argument: made.get("id")})
    except ValidationError:
        raise ValueError("Thinkific did not tell the id of what was made, so it cannot be deleted here.") from None
    told = {name: value for name, value in made.items() if name != "updated_at"}
    step = Step(delete, {argument: made["id"]})
    return Undoing([step], look_of(deletion), lambda now: shows(now, told), losses)


def make_anew(deletion: Operation[Any], create: type[Operation[Any]], before: State, *losses: str) -> Undoing:
    """Plan to create again what was deleted, from what was read of it before.

    Args:
        deletion: the write.
        create: the operation that creates such a thing.
        before: the record before it was deleted.
        losses: sentences on what does not come back, beside the id.

    Raises:
        ValueError: what a new one needs is not known.
    """
    if before.get("id") is None:
        raise ValueError("What was there before was not read, so it cannot be made anew.")
    former = {name: before[name] for name in create.model_fields if name in before}
    arguments, refused = _accepted(create, former)
    return Undoing(
        [Step(create, arguments)],
        look_of(deletion),
        lambda now: now is None,
        ["It gets a new id.", *losses, *(_loss(name, before) for name in refused)],
    )


def look_of(write: Operation[Any]) -> Operation[Any]:
    """Return the read that shows what a write acted upon.

    Raises:
        ValueError: there is none.
    """
    if (target := write.target()) is None:
        raise ValueError("Nothing shows whether it still is as it was left.")
    return target


def shows(now: State | None, told: State) -> bool:
    """Tell whether a record has the values that it was told to have.

    Times are compared as moments, lists without their order, emails without case; an empty text or list is as
    good as none.
    """
    return now is not None and all(
        _canonical(now.get(name), name) == _canonical(told[name], name) for name in told
    )


def members_changed(before: State, name: str, ids: Sequence[int], *, were_there: bool) -> list[int]:
    """Return those of some ids that a field of the record listed before, or those that it did not.

    Args:
        before: the record before the write.
        name: the field.
        ids: what the write added or removed.
        were_there: which of both.

    Raises:
        ValueError: there are none of them, or what was listed is not known.
    """
    if not isinstance(before.get(name), list):
        raise ValueError(f"Which {name} there were before was not read.")
    there = listed(before, name, ids)
    changed = [each for each in dict.fromkeys(ids) if (each in there) == were_there]
    if not changed:
        raise ValueError(CHANGED_NOTHING)
    return changed


def listed(state: State, name: str, ids: Sequence[int]) -> list[int]:
    """Return those of some ids that a field of a record lists, each once."""
    found: object = state.get(name)
    there = cast(list[Any], found) if isinstance(found, list) else []
    return [each for each in dict.fromkeys(ids) if each in there]


def rows_in(state: State, name: str = "items") -> list[Mapping[str, Any]]:
    """Return the records that a field of a record lists; none where it lists none."""
    found: object = state.get(name)
    rows = cast(list[Any], found) if isinstance(found, list) else []
    return [cast(Mapping[str, Any], row) for row in rows if isinstance(row, Mapping)]


def what_does_not_fit(error: ValidationError) -> str:
    """Name the arguments that an operation does not take, or the rule that they break together."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    named = dict.fromkeys(str(problem["loc"][0]) for problem in problems if problem["loc"])
    return ", ".join(named) or problems[0]["msg"]


def _given(operation: Operation[Any]) -> dict[str, Any]:
    return operation.model_dump(mode="json", warnings=False)


def _accepted(
    operation: type[Operation[Any]], arguments: dict[str, Any], otherwise: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Replace, or leave out, the values that an operation does not take; return the rest and their names."""
    refused: list[str] = []
    while True:
        try:
            operation.model_validate(arguments)
        except ValidationError as error:
            names = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
            wrong = [name for name in arguments if name in names and name not in refused]
            if not wrong:
                told = what_does_not_fit(error)
                raise ValueError(f"What was before cannot be sent to Thinkific again: {told}.") from None
            refused += wrong
            required = {name for name, field in operation.model_fields.items() if field.is_required()}
            instead = {name: otherwise[name] for name in wrong if name in required} if otherwise else {}
            arguments = {name: value for name, value in arguments.items() if name not in wrong} | instead
        else:
            return arguments, refused


def _loss(name: str, before: State) -> str:
    if before.get(name) is None:
        return f"{name} was empty before and cannot be emptied again."
    return f"The former {name} cannot be set again."


def _canonical(value: Any, name: str) -> Any:
    if isinstance(value, str):
        text = value.strip()
        if _TIME.match(text):
            with suppress(ValueError):
                return moment(text).replace(microsecond=0)
        return (text.casefold() if "email" in name else text) or None
    if isinstance(value, list):
        return frozenset(_canonical(each, name) for each in cast(list[Any], value)) or None
    if isinstance(value, Mapping):
        parts = cast(Mapping[str, Any], value).items()
        return frozenset((key, part) for key, each in parts if (part := _canonical(each, key)) is not None) or None
    return value
