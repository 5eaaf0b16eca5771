"""Enrollments that a student has through a bundle."""

from thinkific_mcp.sandbox.endpoints.bundles import BUNDLES
from thinkific_mcp.sandbox.endpoints.dates import times
from thinkific_mcp.sandbox.endpoints.enrollments import (
    ACCESS,
    ENROLLMENTS,
    change_access,
    enroll,
    enrollment_id,
    filters,
)
from thinkific_mcp.sandbox.endpoints.refusals import NOT_FOUND, unprocessable
from thinkific_mcp.sandbox.endpoints.resource import Condition
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

ENROLLED_AT_ONCE = 3


def list_enrollments(school: School, call: Call) -> Answer:
    """Answer the enrollments through a bundle that pass the filters."""
    BUNDLES.require(school, call.path["id"])
    through_bundle = Condition("bundle_id = ?", (call.path["id"],))
    return ENROLLMENTS.page(school, call, through_bundle, *filters(school, call.query))


def create(school: School, call: Call) -> Answer:
    """Enroll a user in every course of a bundle.

    Where the user is enrolled already, the enrollment keeps its times and joins the bundle. The
    contract documents a 202 beside the 201: a bundle of more courses than a few is answered with it.
    """
    bundle_id, user_id = _bundle_and_user(school, call)
    access = times(call.body, ACCESS)
    course_ids = BUNDLES.answer(school, bundle_id)["course_ids"]
    for course_id in course_ids:
        existing = enrollment_id(school, user_id, course_id)
        if existing is None:
            enroll(school, user_id, course_id, access, bundle_id)
        else:
            school.update("enrollments", existing, bundle_id=bundle_id, updated_at=school.stamp())
    return Answer(201 if len(course_ids) <= ENROLLED_AT_ONCE else 202)


def update(school: School, call: Call) -> Answer:
    """Change the times of all enrollments that a user has through a bundle."""
    bundle_id, user_id = _bundle_and_user(school, call)
    access = times(call.body, ACCESS)
    through_bundle = school.values(
        "SELECT id FROM enrollments WHERE bundle_id = ? AND user_id = ?", [bundle_id, user_id]
    )
    if not through_bundle:
        raise unprocessable({"user_id": ["is not enrolled in this bundle"]})
    for row_id in through_bundle:
        change_access(school, row_id, access)
    return Answer(204)


def _bundle_and_user(school: School, call: Call) -> tuple[int, int]:
    BUNDLES.require(school, call.path["id"])
    if not USERS.exists(school, call.body["user_id"]):
        raise unprocessable({"user_id": [NOT_FOUND]})
    return call.path["id"], call.body["user_id"]
