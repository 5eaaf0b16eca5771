"""Reviews that students write of courses."""

from thinkific_mcp.sandbox.endpoints.courses import COURSES
from thinkific_mcp.sandbox.endpoints.refusals import NOT_FOUND, blanks, refuse
from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, Row, changes, chosen
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

COLUMNS = ("rating", "title", "review_text", "user_id", "approved")


def _review(_school: School, row: Row) -> Row:
    return row | {"approved": bool(row["approved"])}


REVIEWS = Resource(
    "course_reviews",
    "SELECT id, rating, title, review_text, user_id, course_id, approved, created_at FROM course_reviews",
    _review,
)


def list_reviews(school: School, call: Call) -> Answer:
    """Answer the reviews of a course: all, the approved ones, or with `approved` false the others."""
    COURSES.require(school, call.query["course_id"])
    of_course = Condition("course_id = ?", (call.query["course_id"],))
    return REVIEWS.page(school, call, of_course, *chosen({"approved": "approved = ?"}, call.query))


def create(school: School, call: Call) -> Answer:
    """Write a review of a course in the name of a user."""
    COURSES.require(school, call.query["course_id"])
    errors = blanks(call.body, "title", "review_text")
    if not USERS.exists(school, call.body["user_id"]):
        errors["user_id"] = [NOT_FOUND]
    refuse(errors)
    row_id = school.insert(
        "course_reviews",
        course_id=call.query["course_id"],
        created_at=school.stamp(),
        **changes(call.body, COLUMNS),
    )
    return Answer(201, REVIEWS.answer(school, row_id))
