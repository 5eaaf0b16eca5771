"""Enrollments: who may study which course, from when, until when, and how far they are."""

from collections.abc import Mapping
from typing import Any

from thinkific_mcp.sandbox.endpoints.courses import COURSES
from thinkific_mcp.sandbox.endpoints.dates import date_conditions, times
from thinkific_mcp.sandbox.endpoints.refusals import refuse, unprocessable
from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, Row, chosen
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

ACCESS = ("activated_at", "expiry_date")
FILTERS = {
    "query[user_id]": "user_id = ?",
    "query[course_id]": "course_id = ?",
    "query[email]": "user_id = (SELECT id FROM users WHERE email = ?)",
    "query[free_trial]": "(activated_at IS NULL) = ?",
    "query[full]": "(activated_at IS NOT NULL) = ?",
    "query[completed]": "(completed_at IS NOT NULL) = ?",
}


def _enrollment(school: School, row: Row) -> Row:
    return row | {
        # Integrators report this number as text; the contract types it as a number.
        "percentage_completed": str(row["percentage_completed"]),
        "expired": row["expiry_date"] is not None and row["expiry_date"] <= school.stamp(),
        "is_free_trial": row["activated_at"] is None,
        "completed": row["completed_at"] is not None,
    }


ENROLLMENTS = Resource(
    "enrollments",
    """
    SELECT enrollments.id, email AS user_email, first_name || ' ' || last_name AS user_name,
        enrollments.user_id, courses.name AS course_name, course_id, percentage_completed,
        started_at, activated_at, completed_at, expiry_date, enrollments.created_at, updated_at
    FROM enrollments
        JOIN users ON users.id = enrollments.user_id
        JOIN courses ON courses.id = enrollments.course_id
    """,
    _enrollment,
)


def filters(school: School, query: Mapping[str, Any]) -> list[Condition]:
    """Return the conditions of a list of enrollments; a flag that is false asks for all the others."""
    conditions = chosen(FILTERS, query) + date_conditions(query)
    if "query[expired]" in query:
        expired = Condition("ifnull(expiry_date <= ?, 0) = ?", (school.stamp(), query["query[expired]"]))
        conditions.append(expired)
    return conditions


def list_enrollments(school: School, call: Call) -> Answer:
    """Answer the enrollments that pass the filters."""
    return ENROLLMENTS.page(school, call, *filters(school, call.query))


def create(school: School, call: Call) -> Answer:
    """Enroll a user in a course; without activated_at it is a free trial."""
    user_id, course_id = call.body["user_id"], call.body["course_id"]
    errors: list[str] = []
    if not COURSES.exists(school, course_id):
        errors.append("Course could not be found.")
    if not USERS.exists(school, user_id):
        errors.append("User could not be found.")
    refuse(errors)
    if enrollment_id(school, user_id, course_id) is not None:
        raise unprocessable(["User is already enrolled in this course."])
    created = enroll(school, user_id, course_id, times(call.body, ACCESS))
    return Answer(201, ENROLLMENTS.answer(school, created))


def update(school: School, call: Call) -> Answer:
    """Change when an enrollment starts or ends."""
    ENROLLMENTS.require(school, call.path["id"])
    change_access(school, call.path["id"], times(call.body, ACCESS))
    return Answer(204)


def enrollment_id(school: School, user_id: int, course_id: int) -> int | None:
    """Return the id of a user's enrollment in a course, if there is one."""
    sql = "SELECT id FROM enrollments WHERE user_id = ? AND course_id = ?"
    return school.value(sql, [user_id, course_id])


def enroll(
    school: School,
    user_id: int,
    course_id: int,
    access: Mapping[str, str | None],
    bundle_id: int | None = None,
) -> int:
    """Enroll a user in a course and return the enrollment's id."""
    now = school.stamp()
    return school.insert(
        "enrollments",
        user_id=user_id,
        course_id=course_id,
        bundle_id=bundle_id,
        created_at=now,
        updated_at=now,
        **access,
    )


def change_access(school: School, row_id: int, access: Mapping[str, str | None]) -> None:
    """Change those times of an enrollment that were sent."""
    school.update("enrollments", row_id, updated_at=school.stamp(), **access)
