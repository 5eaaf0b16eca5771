"""The kinds of values that arguments and results are made of.

Arguments are checked strictly, before anything is sent. Results are read leniently: Thinkific answers null,
leaves fields out, adds new ones and writes some numbers as strings, and none of that may break a call.
"""

import math
import re
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError, core_schema

# Arguments

LARGEST_ID = 2**53 - 1
LARGEST_LIMIT = 10_000
"""How many rows of a list one call may ask for."""
API_PAGE_SIZE = 250
"""How many rows Thinkific gives on a page at most, however many it is asked for."""
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


def wrong(rule: str) -> PydanticCustomError:
    """Make the error of a validator: the rule in words, without the value."""
    return PydanticCustomError("value_error", "{rule}", {"rule": rule})


def not_bool(value: Any) -> Any:
    """Refuse true and false where a number is wanted; Python would take them for 1 and 0."""
    if isinstance(value, bool):
        raise wrong("should be a number, not true or false")
    return value


def not_huge(value: int) -> int:
    """Refuse a number that JSON does not keep exact, and that no id or count reaches."""
    if value > LARGEST_ID:
        raise wrong("is too large")
    return value


def moment(value: Any) -> datetime:
    """Read a date or date-time; a date means 00:00 UTC, a time without zone is UTC."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)
    else:
        try:
            found = datetime.fromisoformat(value.strip().upper())
        except (AttributeError, ValueError):
            raise wrong(
                "should be a date such as 2026-01-31 or a date-time such as 2026-01-31T09:00:00Z"
            ) from None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise wrong("is outside the calendar") from None


def _stored_time(value: Any) -> str:
    return moment(value).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _date_or_time(value: Any) -> str:
    if isinstance(value, str):
        with suppress(ValueError):
            value = date.fromisoformat(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return _stored_time(value)


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise wrong("should be an email address such as ada@example.com")
    return value


def _path_segment(value: str) -> str:
    if not value.strip() or any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise wrong("should not be empty or contain control characters")
    if {".", ".."} & set(re.split(r"[/\\]", value)) or len(value) > 255:
        raise wrong("is not an id")
    return value


_STRING = WithJsonSchema({"type": "string"})

Whole = Annotated[int, BeforeValidator(not_bool)]
"""A whole number; true and false are not numbers."""

Positive = Annotated[int, Field(ge=1), BeforeValidator(not_bool), AfterValidator(not_huge)]
"""A whole number from 1."""

Count = Annotated[int, Field(ge=0), BeforeValidator(not_bool), AfterValidator(not_huge)]
"""A whole number from 0."""

Id = Positive
"""A positive id as Thinkific gives them out."""

PageSize = Annotated[int, Field(ge=1, le=LARGEST_LIMIT), BeforeValidator(not_bool)]
"""How many items a page has; more than `API_PAGE_SIZE` takes several requests."""

PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False), BeforeValidator(not_bool)]
"""A number above 0 that need not be whole."""

StoredTime = Annotated[str | date, PlainValidator(_stored_time), _STRING]
"""A moment that Thinkific stores; a date means 00:00 UTC, a time without zone is UTC."""

DateFilter = Annotated[str | date, PlainValidator(_date_or_time), _STRING]
"""A bound for a list: a date stays a date, a date-time becomes UTC in whole seconds."""

Email = Annotated[str, AfterValidator(_email)]
"""An email address, checked only for its shape."""

UserReference = Annotated[
    str, Field(coerce_numbers_to_str=True), BeforeValidator(not_bool), AfterValidator(_path_segment)
]
"""Thinkific's id of a user, or an external id that a provider gave."""

ScriptId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""The id of a site script: letters and digits, not a number."""

# Results


class Deprecated:
    """Marks a result field that Thinkific keeps for old themes only; models do not see it."""


def _to_number(value: Any) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = value if isinstance(value, int) else float(value)
    except ValueError:
        return None
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _to_integer(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,4000}", value):
        return int(value)
    number = _to_number(value)
    return number if isinstance(number, int) else None


def _to_boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _as_it_came(value: Any, read: core_schema.ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValueError:
        return value


Integer = Annotated[int | None, PlainValidator(_to_integer), WithJsonSchema({"type": "integer"})]
"""A whole number, read from a number or a string; None where it is neither."""

Number = Annotated[float | None, PlainValidator(_to_number), WithJsonSchema({"type": "number"})]
"""A number, read from a number or a string; None where it is neither."""

Boolean = Annotated[bool | None, PlainValidator(_to_boolean), WithJsonSchema({"type": "boolean"})]
"""True or false, read from a boolean or its word; None where it is neither."""

Text = Annotated[str | None, PlainValidator(lambda value: value), WithJsonSchema({})]
"""What Thinkific answers as text, or whatever it answers instead."""

DeprecatedText = Annotated[Text, Deprecated()]
"""A text that only old themes use."""

AsItCame = WrapValidator(_as_it_came)
"""Beside a list or an object: keeps what Thinkific answers instead, should it be neither."""

Integers = Annotated[list[Integer] | None, AsItCame, WithJsonSchema({})]
"""A list of ids."""

Texts = Annotated[list[Text] | None, AsItCame, WithJsonSchema({})]
"""A list of texts."""
