"""Users: students and staff."""

import json
from collections.abc import Mapping
from typing import Any

from thinkific_mcp.sandbox.endpoints import affiliates, authentications, custom_profile_fields
from thinkific_mcp.sandbox.endpoints.refusals import TAKEN, bad_request, blanks, refuse
from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, Row, changes, chosen
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

# No endpoint reads a password, so none is kept.
PROFILE = (
    "first_name",
    "last_name",
    "email",
    "company",
    "headline",
    "bio",
    "avatar_url",
    "roles",
    "external_source",
    *affiliates.COLUMNS,
)
FILTERS = {
    "query[email]": "email = ?",
    "query[role]": "roles <> '[]' AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = ?)",
    "query[external_source]": "external_source = ?",
    "query[group_id]": "id IN (SELECT user_id FROM group_users WHERE group_id = ?)",
}
LABEL, VALUE = "query[custom_profile_field_label]", "query[custom_profile_field_value]"


def _user(_school: School, row: Row) -> Row:
    return row | {
        "roles": json.loads(row["roles"]),
        "administered_course_ids": json.loads(row["administered_course_ids"]),
        "custom_profile_fields": json.loads(row["custom_profile_fields"]),
    }


USERS = Resource(
    "users",
    """
    SELECT id, created_at, first_name, last_name, first_name || ' ' || last_name AS full_name, company,
        email, roles, avatar_url, bio, headline, external_source, affiliate_code, affiliate_commission,
        affiliate_commission_type, affiliate_payout_email, administered_course_ids,
        (SELECT json_group_array(json_object('id', id, 'value', value, 'label', label,
                'custom_profile_field_definition_id', definition_id))
            FROM (SELECT fields.id, value, label, definitions.id AS definition_id
                FROM custom_profile_fields AS fields
                    JOIN custom_profile_field_definitions AS definitions
                        ON definitions.id = custom_profile_field_definition_id
                WHERE fields.user_id = users.id ORDER BY definitions.id)) AS custom_profile_fields
    FROM users
    """,
    _user,
)


def list_users(school: School, call: Call) -> Answer:
    """Answer the users that pass the filters; the label and value of a custom field go together."""
    conditions = chosen(FILTERS, call.query)
    if (LABEL in call.query) != (VALUE in call.query):
        raise bad_request(f"{LABEL} and {VALUE} must be sent together.")
    if LABEL in call.query:
        sql = f"id IN ({custom_profile_fields.USERS_WITH_VALUE})"
        conditions.append(Condition(sql, (call.query[LABEL], call.query[VALUE])))
    return USERS.page(school, call, *conditions)


def get(school: School, call: Call) -> Answer:
    """Answer a user, named by id or by external id and provider."""
    return Answer(200, USERS.answer(school, authentications.user_id(school, call)))


def create(school: School, call: Call) -> Answer:
    """Create a user, with the roles, custom fields and external id that were sent."""
    body = call.body
    sent_fields = body.get("custom_profile_fields", [])
    errors = _errors(school, body, body)
    errors |= custom_profile_fields.errors(school, sent_fields)
    if not body.get("skip_custom_fields_validation", False):
        errors |= custom_profile_fields.errors_of_required(school, sent_fields)
    refuse(errors | authentications.errors(school, body))
    profile = affiliates.completed(changes(body, PROFILE))
    user_id = school.insert("users", created_at=school.stamp(), **profile)
    custom_profile_fields.save(school, user_id, sent_fields)
    authentications.save(school, user_id, body)
    return Answer(201, USERS.answer(school, user_id))


def update(school: School, call: Call) -> Answer:
    """Change those properties of a user that were sent; custom fields that were not sent stay."""
    user_id = authentications.user_id(school, call)
    user = USERS.answer(school, user_id)
    sent_fields = call.body.get("custom_profile_fields", [])
    errors = _errors(school, call.body, user | dict(call.body), user_id)
    refuse(errors | custom_profile_fields.errors(school, sent_fields))
    school.update("users", user_id, **affiliates.completed(changes(call.body, PROFILE), user))
    custom_profile_fields.save(school, user_id, sent_fields)
    return Answer(204)


def delete(school: School, call: Call) -> Answer:
    """Delete a user with all progress, orders, reviews and memberships."""
    user_id = authentications.user_id(school, call)
    school.db.execute("DELETE FROM users WHERE id = ?", [user_id])
    school.db.execute(
        """
        UPDATE courses SET administrator_user_ids =
            (SELECT json_group_array(value) FROM json_each(administrator_user_ids) WHERE value <> ?1)
        WHERE EXISTS (SELECT 1 FROM json_each(administrator_user_ids) WHERE value = ?1)
        """,
        [user_id],
    )
    return Answer(204)


def _errors(
    school: School, sent: Mapping[str, Any], result: Mapping[str, Any], user_id: int | None = None
) -> dict[str, list[str]]:
    errors = blanks(sent, "first_name", "last_name", "email")
    if "email" in sent and USERS.is_taken(school, "email", sent["email"], besides=user_id):
        errors["email"] = [TAKEN]
    return errors | affiliates.errors(result)
