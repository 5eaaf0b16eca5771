"""Forms: what the contract says of one place of a request, and what is wrong with values given there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from thinkific_mcp.sandbox.rules import Node, resolved

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_BOOLEANS = {"true": True, "false": False}

_MESSAGES = {
    "required": "can't be blank",
    "additionalProperties": "is not permitted",
    "enum": "is not included in the list",
    "minItems": "can't be blank",
    "minLength": "is too short (minimum is {limit} characters)",
    "minimum": "must be greater than or equal to {limit}",
    "maximum": "must be less than or equal to {limit}",
}


@dataclass(frozen=True)
class Flaw:
    """One thing that a form forbids.

    Attributes:
        name: the dotted name of the value.
        rule: the keyword of the schema that it breaks.
        message: the complaint, in the words of the API.
    """

    name: str
    rule: str
    message: str


class Form:
    """The fields that a place of a request may have.

    Args:
        document: the contract that the schema is part of.
        schema: an object schema in the dialect of OpenAPI 3.0.
    """

    def __init__(self, document: Node, schema: Node) -> None:
        self._schema = json_schema(document, schema)

    def typed(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Read parameters as the types that the form has for them; what cannot be read stays text."""
        properties = self._schema["properties"]
        return {name: _typed(text, properties.get(name, {}).get("type")) for name, text in texts.items()}

    def flaws(self, values: Mapping[str, Any]) -> list[Flaw]:
        """Find everything that the form forbids in these values."""
        found = [flaw for error in self._validator.iter_errors(values) for flaw in _flaws(error)]
        return sorted(set(found), key=lambda flaw: (flaw.name, flaw.rule))

    @cached_property
    def _validator(self) -> Any:
        # Imported at the first request: a tenth of a second that an embedded sandbox need not wait for.
        from jsonschema import Draft4Validator, FormatChecker

        checker = FormatChecker(formats=())
        for name, check in _FORMATS.items():
            checker.checks(name, raises=(ValueError, OverflowError))(check)
        return Draft4Validator(self._schema, format_checker=checker)


def json_schema(document: Node, schema: Node) -> Node:
    """Write a schema of OpenAPI 3.0 as JSON Schema draft 4: references followed, `nullable` as a type."""
    schema = dict(resolved(document, schema))
    if "properties" in schema:
        properties = schema["properties"].items()
        schema["properties"] = {name: json_schema(document, value) for name, value in properties}
    if "items" in schema:
        schema["items"] = json_schema(document, schema["items"])
    if schema.pop("nullable", False):
        schema["type"] = [schema["type"], "null"]
    return schema


def _typed(text: str, kind: Any) -> Any:
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "boolean":
        return _BOOLEANS.get(text, text)
    return text


def _flaws(error: Any) -> Iterator[Flaw]:
    place = [str(step) for step in error.absolute_path]
    if error.validator == "required":
        names = [name for name in error.validator_value if name not in error.instance]
    elif error.validator == "additionalProperties":
        names = [name for name in error.instance if name not in error.schema["properties"]]
    else:
        yield Flaw(".".join(place), error.validator, _message(error))
        return
    for name in names:
        yield Flaw(".".join([*place, name]), error.validator, _MESSAGES[error.validator])


def _message(error: Any) -> str:
    if error.instance is None:
        return _MESSAGES["required"]
    return _MESSAGES.get(error.validator, "is invalid").format(limit=error.validator_value)


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(_DATE.fullmatch(value) and date.fromisoformat(value))


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(_DATE_TIME.fullmatch(value) and datetime.fromisoformat(value).astimezone(UTC))


def _is_email(value: object) -> bool:
    return not isinstance(value, str) or bool(_EMAIL.fullmatch(value))


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


_FORMATS = {"date": _is_date, "date-time": _is_date_time, "email": _is_email, "uri": _is_uri}
