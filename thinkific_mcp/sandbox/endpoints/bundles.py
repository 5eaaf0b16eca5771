"""Bundles and their courses."""

import json

from thinkific_mcp.sandbox.endpoints.courses import COURSES
from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, Row
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call


def _bundle(_school: School, row: Row) -> Row:
    return row | {"course_ids": json.loads(row["course_ids"])}


BUNDLES = Resource(
    "bundles",
    """
    SELECT id, name, description, tagline, banner_image_url, bundle_card_image_url,
        (SELECT json_group_array(course_id) FROM
            (SELECT course_id FROM bundle_courses WHERE bundle_id = bundles.id
                ORDER BY position, course_id)) AS course_ids
    FROM bundles
    """,
    _bundle,
)


def list_courses(school: School, call: Call) -> Answer:
    """Answer the courses of a bundle, in the bundle's order."""
    BUNDLES.require(school, call.path["id"])
    return COURSES.page(
        school,
        call,
        Condition("bundle_id = ?", (call.path["id"],)),
        join="JOIN bundle_courses ON course_id = courses.id",
        order="position, course_id",
    )
