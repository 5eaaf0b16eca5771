"""The refusals that endpoints share, in the shapes that Thinkific documents."""

from collections.abc import Mapping
from typing import Any

from thinkific_mcp.sandbox.wire import Refusal

BLANK = "can't be blank"
INVALID = "is invalid"
NOT_FOUND = "not found"
TAKEN = "has already been taken"


def not_found(error: Any = "Record not found.") -> Refusal:
    """Make a 404; most endpoints say why in a string, those of groups in a list or an object."""
    return Refusal(404, {"error": error})


def bad_request(error: str) -> Refusal:
    """Make a 400: the parameters of the request make no sense together."""
    return Refusal(400, {"error": error})


def unprocessable(errors: Any) -> Refusal:
    """Make a 422 from an object of messages by field, or from a list of messages."""
    return Refusal(422, {"errors": errors})


def refuse(errors: Mapping[str, Any] | list[str]) -> None:
    """Refuse with a 422 when there are errors.

    Raises:
        Refusal: if errors is not empty.
    """
    if errors:
        raise unprocessable(errors)


def blanks(body: Mapping[str, Any], *names: str) -> dict[str, list[str]]:
    """Return the errors of those named fields that were sent without any text."""
    return {name: [BLANK] for name in names if name in body and not (body[name] or "").strip()}
