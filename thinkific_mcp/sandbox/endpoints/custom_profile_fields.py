"""The questions a school asks its users, and the users' answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from thinkific_mcp.sandbox.endpoints.refusals import BLANK, NOT_FOUND
from thinkific_mcp.sandbox.endpoints.resource import Resource, Row, unknown_ids
from thinkific_mcp.sandbox.school import School

TABLE = "custom_profile_field_definitions"
DEFINITION = "custom_profile_field_definition_id"
USERS_WITH_VALUE = f"""
    SELECT fields.user_id FROM custom_profile_fields AS fields
        JOIN {TABLE} AS definitions ON definitions.id = {DEFINITION}
    WHERE label = ? AND value = ?
"""


def _definition(_school: School, row: Row) -> Row:
    return row | {"required": bool(row["required"])}


DEFINITIONS = Resource(TABLE, f"SELECT id, label, field_type, required FROM {TABLE}", _definition)


def errors(school: School, sent: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return what is wrong with the fields that were sent."""
    unknown = unknown_ids(school, TABLE, [field[DEFINITION] for field in sent])
    required = _required(school)
    empty = [required[field[DEFINITION]] for field in sent if _is_empty(field) and field[DEFINITION] in required]
    return _by_field(
        [f"{DEFINITION} {number} {NOT_FOUND}" for number in unknown] + [f"{label} {BLANK}" for label in empty]
    )


def errors_of_required(school: School, sent: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return which required fields a new user lacks."""
    given = {field[DEFINITION] for field in sent if not _is_empty(field)}
    return _by_field([f"{label} {BLANK}" for key, label in _required(school).items() if key not in given])


def save(school: School, user_id: int, sent: Sequence[Mapping[str, Any]]) -> None:
    """Store the fields that were sent, each over the value it had."""
    for field in sent:
        school.db.execute(
            f"""
            INSERT INTO custom_profile_fields (user_id, {DEFINITION}, value) VALUES (?, ?, ?)
            ON CONFLICT (user_id, {DEFINITION}) DO UPDATE SET value = excluded.value
            """,
            [user_id, field[DEFINITION], field.get("value")],
        )


def _required(school: School) -> dict[int, str]:
    return {row["id"]: row["label"] for row in school.rows(f"SELECT id, label FROM {TABLE} WHERE required")}


def _is_empty(field: Mapping[str, Any]) -> bool:
    return not (field.get("value") or "").strip()


def _by_field(messages: list[str]) -> dict[str, list[str]]:
    return {"custom_profile_fields": messages} if messages else {}
