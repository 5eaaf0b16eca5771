"""From a change in the journal to the writes that take it back."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.api.lookups import witness
from thinkific_mcp.api.undoing import what_does_not_fit
from thinkific_mcp.change import State, Step, Undoing
from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.guard.journal import Change
from thinkific_mcp.operation import Operation

WHY_NOT: Mapping[str, str] = {
    "delete_user": "A deleted user never comes back, nor do the enrollments and the progress.",
    "create_enrollment": "The API cannot unenroll. To end the access, call update_enrollment with today's date as "
    "expiry_date.",
    "create_bundle_enrollment": "The API cannot unenroll. To end the access, call update_bundle_enrollment with "
    "today's date as expiry_date.",
    "create_course_review": "The API cannot delete a review: an admin does it in Thinkific itself.",
    "approve_publish_request": "A publish request is answered once. An admin can unpublish the product in "
    "Thinkific itself.",
    "deny_publish_request": "A publish request is answered once. An admin can publish the product in Thinkific "
    "itself.",
    "create_external_order": "The API cannot delete an order. To cancel what it booked, call "
    "refund_external_order.",
    "purchase_external_order": "The API cannot delete a transaction. To cancel what it booked, call "
    "refund_external_order.",
    "refund_external_order": "The API cannot delete a transaction. To book the amount again, call "
    "purchase_external_order.",
    "delete_group": "The API does not tell all that belonged to it. create_group makes an empty one of this name, "
    "add_user_to_groups fills it.",
    "add_user_to_groups": "The API cannot take a user out of a group: an admin does it in Thinkific itself.",
    "add_groups_to_analyst": "The API does not tell which groups the analyst had before. To take one away, call "
    "remove_group_from_analyst.",
}
"""Why a write cannot be taken back, and the nearest way."""


def operation_of(change: Change) -> Operation[Any]:
    """Return the write that a change was; a password is replaced by what the journal holds instead.

    Raises:
        ArgumentError: the journal tells of a tool or of arguments that there are not.
    """
    kind = OPERATIONS.get(change.intent.tool)
    if kind is None:
        raise ArgumentError(f"{change.id} was made by a tool that is not there any more.")
    return _valid(kind, change.intent.arguments, f"{change.id} cannot be read: {kind.spec.name} does not take")


def undoing_of(change: Change) -> Undoing:
    """Plan how to take a change back.

    Raises:
        ArgumentError: it was taken back already, was refused, may not have happened, or cannot be taken back.
    """
    if change.undone_by:
        raise ArgumentError(f"{change.id} was already undone, by {change.undone_by}.")
    if change.outcome == "refused":
        raise ArgumentError(f"{change.id} was refused and changed nothing: there is nothing to undo.")
    operation = operation_of(change)
    if change.outcome != "applied":
        lookup = witness(operation)
        look = f"Look with {lookup} first" if lookup else "Ask who keeps the school's books"
        raise ArgumentError(f"It is not known whether {change.id} was carried out. {look}, and change it by hand.")
    if not operation.spec.undo:
        why = WHY_NOT.get(operation.spec.name, "Reads change nothing.")
        raise ArgumentError(f"{change.id} cannot be undone. {why}")
    try:
        undoing = operation.undoing(change.intent.before, change.made)
    except ValidationError as error:
        does_not_fit = what_does_not_fit(error)
        raise ArgumentError(f"{change.id} cannot be undone: the journal lacks {does_not_fit}.") from None
    except ValueError as error:
        raise ArgumentError(f"{change.id} cannot be undone. {error}") from None
    for step in undoing.steps:
        step_operation(step, [{"id": 1}] * len(undoing.steps))
    return undoing


def step_operation(step: Step, made: Sequence[State]) -> Operation[Any]:
    """Return the write of a step.

    Args:
        step: the step.
        made: what each step before it answered, as plain data.

    Raises:
        ArgumentError: an earlier step did not tell the id of what it made, or a value is not one that can be sent.
    """
    arguments = {**step.arguments, **{name: made[index].get("id") for name, index in step.made.items()}}
    return _valid(step.operation, arguments, f"It cannot be undone: {step.operation.spec.name} does not take")


def _valid(kind: type[Operation[Any]], arguments: Mapping[str, Any], problem: str) -> Operation[Any]:
    try:
        return kind.model_validate(dict(arguments))
    except ValidationError as error:
        raise ArgumentError(f"{problem} this {what_does_not_fit(error)}.") from None
