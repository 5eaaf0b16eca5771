"""From what a model sent to an operation, or to an error that it can mend."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.nearest import nearest
from thinkific_mcp.operation import Offer
from thinkific_mcp.results import check_fields
from thinkific_mcp.server.schemas import Schema

Asked = TypeVar("Asked", bound=Offer)

_MOST_TOLD = 10
_HALF = "has half of a character. Nothing was sent."
_SUBJECT = re.compile(r"^(Input|String|List|Value|Value error,|Field|Dictionary) ")


def read_arguments(offer: type[Asked], schema: Schema, arguments: Mapping[str, Any]) -> Asked:
    """Check a tool call's arguments.

    Args:
        offer: the tool that is called.
        schema: its input schema.
        arguments: what the model sent.

    Raises:
        ArgumentError: says every argument that is wrong and the rule it breaks, but never its value; of many, ten.
    """
    known: Mapping[str, Schema] = schema["properties"]
    given = {name: from_json(value, known.get(name, {})) for name, value in arguments.items()}
    unsendable = [name for name in known if not _is_sendable(given.get(name))]
    if unsendable:
        raise ArgumentError(f"{', '.join(unsendable)}: {_HALF}")
    try:
        return offer.model_validate(given)
    except ValidationError as error:
        problems = [
            _problem(details["type"], details["loc"], details["msg"], list(known))
            for details in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    more = [f"and {len(problems) - _MOST_TOLD} more"] if len(problems) > _MOST_TOLD else []
    wrong = "; ".join([*problems[:_MOST_TOLD], *more])
    raise ArgumentError(f"{wrong}{'' if wrong.endswith('?') else '.'} Nothing was sent.")


def read_fields(kind: Any, given: Any) -> tuple[str, ...]:
    """Check the names of fields that a result is to be shown with.

    Args:
        kind: the type of the result.
        given: a list, the same as JSON inside a string, or names between commas, as models write them.

    Raises:
        ArgumentError: it is none of these, or there are no such fields.
    """
    read = from_json(given, {"type": "array"})
    listed = cast(list[Any], read if isinstance(read, list) else [read])
    if not all(isinstance(name, str) for name in listed):
        raise ArgumentError('fields: should be a list of names, such as ["id", "name"]. Nothing was sent.')
    if not _is_sendable(listed):
        raise ArgumentError(f"fields: {_HALF}")
    return check_fields(kind, [name for each in listed for part in each.split(",") if (name := part.strip())])


def from_json(value: Any, schema: Schema) -> Any:
    """Read a list or an object that came as JSON inside a string, as some hosts send them.

    Args:
        value: what came.
        schema: what it should be; of anything but a list or an object, it stays as it came.
    """
    if not isinstance(value, str) or schema.get("type") not in ("array", "object"):
        return value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return cast(Any, read) if isinstance(read, list | dict) else value


def _is_sendable(value: Any) -> bool:
    """Tell whether a value can be written in UTF-8; JSON can escape half of a surrogate pair, which cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _problem(kind: str, location: tuple[int | str, ...], message: str, known: list[str]) -> str:
    name = ".".join(str(part) for part in location)
    rule = _SUBJECT.sub("", message).rstrip(".")
    if kind == "extra_forbidden" and len(location) == 1:
        shown = re.sub(r"[^\w.-]", "?", name)[:40]
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"known are: {', '.join(known) or 'none'}"
        return f"unknown argument {shown}: {hint}"
    if kind == "missing":
        return f"{name} is required"
    if kind == "extra_forbidden":
        return f"{'.'.join(str(part) for part in location[:-1])} has an unknown field"
    return f"{name}: {rule}" if name else rule
