"""Groups of users."""

from thinkific_mcp.sandbox.endpoints.codes import HEXADECIMAL, codes, unused
from thinkific_mcp.sandbox.endpoints.refusals import TAKEN, blanks, not_found, refuse, unprocessable
from thinkific_mcp.sandbox.endpoints.resource import Resource
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

TOKEN_LENGTH = 8

GROUPS = Resource("groups", "SELECT id, name, token, created_at FROM groups")


def get(school: School, call: Call) -> Answer:
    """Answer a group; a missing one with a list, as documented for this endpoint alone."""
    if not GROUPS.exists(school, call.path["id"]):
        raise not_found(["Record not found."])
    return GROUPS.get(school, call)


def create(school: School, call: Call) -> Answer:
    """Create an empty group. The contract has a 200 here, where other creations answer 201."""
    name = call.body["name"]
    errors = blanks(call.body, "name")
    if GROUPS.is_taken(school, "name", name):
        errors["name"] = [TAKEN]
    refuse(errors)
    token = next(unused(school, "groups", "token", codes(f"groups/{name}", HEXADECIMAL, TOKEN_LENGTH)))
    row_id = school.insert("groups", name=name, token=token, created_at=school.stamp())
    return Answer(200, GROUPS.answer(school, row_id))


def add_user(school: School, call: Call) -> Answer:
    """Put a user into the groups with these names; where the user is in already, nothing changes."""
    user_id, names = call.body["user_id"], call.body["group_names"]
    group_ids = [school.value("SELECT id FROM groups WHERE name = ?", [name]) for name in names]
    errors: list[str] = []
    if not USERS.exists(school, user_id):
        errors.append("Invalid user_id")
    if not group_ids or None in group_ids:
        errors.append("Invalid group_names")
    if errors:
        raise unprocessable(errors)
    school.db.executemany(
        "INSERT OR IGNORE INTO group_users VALUES (?, ?)", [(group_id, user_id) for group_id in group_ids]
    )
    return Answer(201)
