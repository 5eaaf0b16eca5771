"""Instructors: the people that courses present as their teachers."""

from thinkific_mcp.sandbox.endpoints.refusals import NOT_FOUND, TAKEN, blanks, refuse
from thinkific_mcp.sandbox.endpoints.resource import Resource, changes
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

COLUMNS = ("user_id", "title", "first_name", "last_name", "bio", "slug", "avatar_url", "email")

INSTRUCTORS = Resource(
    "instructors",
    f"SELECT id, {', '.join(COLUMNS)}, created_at FROM instructors",
)


def create(school: School, call: Call) -> Answer:
    """Create an instructor, who may be a user too."""
    _refuse_errors(school, call)
    row_id = school.insert("instructors", created_at=school.stamp(), **changes(call.body, COLUMNS))
    return Answer(201, INSTRUCTORS.answer(school, row_id))


def update(school: School, call: Call) -> Answer:
    """Change those properties of an instructor that were sent."""
    INSTRUCTORS.require(school, call.path["id"])
    _refuse_errors(school, call)
    school.update("instructors", call.path["id"], **changes(call.body, COLUMNS))
    return Answer(204)


def _refuse_errors(school: School, call: Call) -> None:
    errors = blanks(call.body, "first_name", "last_name", "slug")
    if INSTRUCTORS.is_taken(school, "slug", call.body.get("slug"), besides=call.path.get("id")):
        errors["slug"] = [TAKEN]
    user_id = call.body.get("user_id")
    if user_id is not None and not USERS.exists(school, user_id):
        errors["user_id"] = [NOT_FOUND]
    refuse(errors)
