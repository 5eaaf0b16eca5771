"""Analysts: staff who follow the progress of a group."""

import json
from collections.abc import Sequence

from thinkific_mcp.sandbox.endpoints.groups import GROUPS
from thinkific_mcp.sandbox.endpoints.refusals import not_found, refuse
from thinkific_mcp.sandbox.endpoints.resource import unknown_ids
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

ROLE = "group_analyst"


def list_analysts(school: School, call: Call) -> Answer:
    """Answer the ids of a group's analysts, all at once."""
    group_id = call.path["group_id"]
    if not GROUPS.exists(school, group_id):
        raise not_found([{"group_id": _missing("group", group_id)}])
    sql = "SELECT user_id FROM group_analysts WHERE group_id = ? ORDER BY user_id"
    return Answer(200, {"group_analysts": school.values(sql, [group_id])})


def add_analysts(school: School, call: Call) -> Answer:
    """Make users the analysts of a group."""
    group_id, user_ids = call.path["group_id"], call.body["user_ids"]
    errors = _role_errors(school, user_ids)
    unknown = unknown_ids(school, "users", user_ids)
    if unknown:
        errors["user_id"] = f"Invalid user IDs: {_listed(unknown)}"
    if not GROUPS.exists(school, group_id):
        errors["group_id"] = f"Invalid group ID: {group_id}"
    refuse(errors)
    _assign(school, [(group_id, user_id) for user_id in user_ids])
    return Answer(201)


def add_groups(school: School, call: Call) -> Answer:
    """Make a user the analyst of groups."""
    user_id, group_ids = call.path["user_id"], call.body["group_ids"]
    if not USERS.exists(school, user_id):
        raise not_found({"user_id": [_missing("user", user_id)]})
    errors = _role_errors(school, [user_id])
    unknown = unknown_ids(school, "groups", group_ids)
    if unknown:
        errors["group_id"] = f"Invalid group IDs: {_listed(unknown)}"
    refuse(errors)
    _assign(school, [(group_id, user_id) for group_id in group_ids])
    return Answer(201)


def remove(school: School, call: Call) -> Answer:
    """End a user's work as analyst of a group; both paths to it mean the same."""
    missing = {
        f"{noun}_id": [_missing(noun, call.path[f"{noun}_id"])]
        for noun, resource in (("user", USERS), ("group", GROUPS))
        if not resource.exists(school, call.path[f"{noun}_id"])
    }
    if missing:
        raise not_found(missing)
    removed = school.db.execute(
        "DELETE FROM group_analysts WHERE group_id = ? AND user_id = ?",
        [call.path["group_id"], call.path["user_id"]],
    )
    if removed.rowcount == 0:
        raise not_found()
    return Answer(204)


def _role_errors(school: School, user_ids: Sequence[int]) -> dict[str, str]:
    roles_of = {
        user_id: json.loads(roles)
        for user_id in user_ids
        if (roles := school.value("SELECT roles FROM users WHERE id = ?", [user_id])) is not None
    }
    without = [user_id for user_id, roles in roles_of.items() if ROLE not in roles]
    return {"group_analysts": f"User IDs missing {ROLE} role: {_listed(without)}"} if without else {}


def _assign(school: School, pairs: Sequence[tuple[int, int]]) -> None:
    school.db.executemany("INSERT OR IGNORE INTO group_analysts VALUES (?, ?)", pairs)


def _missing(noun: str, row_id: int) -> str:
    return f"Could not find {noun} with ID {row_id}."


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))
