"""Courses with their chapters and contents."""

from dataclasses import dataclass
from typing import Any

from thinkific_mcp.sandbox.demo.book import Book, read

SITE = "https://learn.hearthmoor.example.com"
IMAGES = "https://cdn.example.com/hearthmoor"
SHELVES = ("bread", "pastry", "trade")


@dataclass(frozen=True)
class Course:
    """A course, as far as others need to know it.

    Attributes:
        contents: how many contents a student works through.
        reviewed: whether students may review it.
    """

    id: int
    name: str
    slug: str
    description: str
    keywords: str
    contents: int
    reviewed: bool


def add_courses(book: Book) -> dict[int, Course]:
    """Write the courses and return them by id."""
    courses = sorted((course for shelf in SHELVES for course in read(f"courses/{shelf}")), key=_id)
    return {course["id"]: _add_course(book, course) for course in courses}


def _id(course: dict[str, Any]) -> int:
    return course["id"]


def _add_course(book: Book, course: dict[str, Any]) -> Course:
    slug = course["slug"]
    columns = {key: value for key, value in course.items() if key != "chapters"}
    images = {
        "course_card_image_url": f"{IMAGES}/{slug}-card.jpg",
        "banner_image_url": f"{IMAGES}/{slug}-banner.jpg",
    }
    book.add("courses", columns | images)
    for position, chapter in enumerate(course["chapters"], 1):
        _add_chapter(book, course, chapter, position)
    return Course(
        id=course["id"],
        name=course["name"],
        slug=slug,
        description=course["description"],
        keywords=course["keywords"],
        contents=sum(len(chapter["contents"]) for chapter in course["chapters"]),
        reviewed=course.get("reviews_enabled", True),
    )


def _add_chapter(book: Book, course: dict[str, Any], chapter: dict[str, Any], position: int) -> None:
    row = {
        "course_id": course["id"],
        "position": position,
        "name": chapter["name"],
        "description": chapter["description"],
        "duration_in_seconds": sum(content.get("seconds", 0) for content in chapter["contents"]),
    }
    chapter_id = book.add("chapters", row)
    for place, content in enumerate(chapter["contents"], 1):
        row = {
            "chapter_id": chapter_id,
            "position": place,
            "name": content["name"],
            "contentable_type": content["type"],
            "free": content.get("free", False),
            "take_url": f"{SITE}/courses/take/{course['slug']}/{chapter_id}-{place}",
        }
        book.add("contents", row)
