"""Courses, with their chapters and the contents of these."""

import json

from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, Row
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call


def _course(_school: School, row: Row) -> Row:
    return row | {
        "administrator_user_ids": json.loads(row["administrator_user_ids"]),
        "chapter_ids": json.loads(row["chapter_ids"]),
        "reviews_enabled": bool(row["reviews_enabled"]),
    }


def _chapter(_school: School, row: Row) -> Row:
    return row | {"content_ids": json.loads(row["content_ids"])}


def _content(_school: School, row: Row) -> Row:
    return row | {"free": bool(row["free"])}


COURSES = Resource(
    "courses",
    """
    SELECT courses.*, products.id AS product_id,
        (SELECT json_group_array(id) FROM
            (SELECT id FROM chapters WHERE course_id = courses.id ORDER BY position, id)) AS chapter_ids
    FROM courses LEFT JOIN products ON productable_type = 'Course' AND productable_id = courses.id
    """,
    _course,
)
CHAPTERS = Resource(
    "chapters",
    """
    SELECT id, name, position, description, duration_in_seconds,
        (SELECT json_group_array(id) FROM
            (SELECT id FROM contents WHERE chapter_id = chapters.id ORDER BY position, id)) AS content_ids
    FROM chapters
    """,
    _chapter,
    order="position, id",
)
CONTENTS = Resource(
    "contents",
    "SELECT id, name, position, chapter_id, contentable_type, free, take_url FROM contents",
    _content,
    order="position, id",
)


def list_chapters(school: School, call: Call) -> Answer:
    """Answer the chapters of a course, in their order."""
    COURSES.require(school, call.path["id"])
    return CHAPTERS.page(school, call, Condition("course_id = ?", (call.path["id"],)))


def list_contents(school: School, call: Call) -> Answer:
    """Answer the contents of a chapter, in their order."""
    CHAPTERS.require(school, call.path["id"])
    return CONTENTS.page(school, call, Condition("chapter_id = ?", (call.path["id"],)))
