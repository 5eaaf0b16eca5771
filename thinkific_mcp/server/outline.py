"""A course at a glance: its chapters in order, and what is in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import anyio

from thinkific_mcp.api.courses import Chapter, Content, GetCourse, ListChapterContents, ListCourseChapters
from thinkific_mcp.api.naming import is_id
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.result import Page
from thinkific_mcp.results.document import Part, document
from thinkific_mcp.server.served import Served
from thinkific_mcp.values import LARGEST_LIMIT
from thinkific_mcp.wording import counted, label, readable

MOST_READ = 40
"""How many chapters are read with their contents: each costs a request, and a site has some 120 a minute."""

_LONGEST_KIND = 40
_UNREAD = f"Contents not read; {ListChapterContents.spec.name} has them."


@dataclass(frozen=True)
class _Read:
    """A chapter, and its contents where they could be read."""

    chapter: Chapter
    contents: Page[Content] | None


async def outline(course_id: int, served: Served) -> str:
    """Write a course's outline: one request for the course, one for its chapters, one for each chapter.

    A chapter whose contents cannot be read says so. So does each one after the fortieth, where none are read.

    Args:
        course_id: the course.
        served: its site, and how long the text may get.

    Raises:
        ThinkificError: the course or its chapters cannot be read.
    """
    thinkific = served.thinkific
    started = anyio.current_time()

    def left() -> float:
        spent = anyio.current_time() - started
        return max(0.001, thinkific.deadline - spent) if thinkific.deadline else 0

    course = await thinkific(GetCourse(course_id=course_id), deadline=left())
    chapters = await thinkific(ListCourseChapters(course_id=course_id, limit=LARGEST_LIMIT), deadline=left())
    ordered = _in_order(chapters.items)
    pages: dict[int, Page[Content]] = {}

    async def read(place: int, chapter_id: int) -> None:
        operation = ListChapterContents(chapter_id=chapter_id, limit=LARGEST_LIMIT)
        try:
            pages[place] = await thinkific(operation, deadline=left())
        except ThinkificError:
            return

    async with anyio.create_task_group() as tasks:
        for place, chapter in enumerate(ordered[:MOST_READ]):
            if is_id(chapter.id):
                tasks.start_soon(read, place, chapter.id)
    reads = [_Read(chapter, pages.get(place)) for place, chapter in enumerate(ordered)]
    return document(
        _title(course_id, course, chapters),
        [_part(number, each) for number, each in enumerate(reads, 1)],
        served.form.limit,
        ListChapterContents.spec.name,
    )


def _title(course_id: int, course: Any, chapters: Page[Chapter]) -> str:
    all_of_them = chapters.total_items if chapters.complete is False else None
    count = counted(len(chapters.items), "chapter") + (f" read of {all_of_them}" if all_of_them else "")
    return f"# Outline of course {label(course, f'id {course_id}')}\n\n{count}."


def _part(number: int, read: _Read) -> Part:
    chapter = read.chapter
    details = [
        f"id {chapter.id}",
        *([_duration(chapter.duration_in_seconds)] if chapter.duration_in_seconds else []),
    ]
    lines = [f"## {number}. {label(chapter, *details)}"]
    if read.contents is None:
        lines.append(_UNREAD)
    else:
        lines += [_line(content) for content in _in_order(read.contents.items)] or ["Nothing in it."]
        if read.contents.complete is False:
            lines.append(f"Not all contents read; {ListChapterContents.spec.name} has them.")
    return f"chapter {number}", "\n".join(["", *lines]) if number > 1 else "\n".join(lines)


def _line(content: Content) -> str:
    kind = readable(content.contentable_type or "")[:_LONGEST_KIND]
    details = [f"id {content.id}", *([kind] if kind else []), *(["free preview"] if content.free else [])]
    return f"- {label(content, *details)}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{rest} s"] if rest else []), "of video"])


def _in_order(things: Sequence[Any]) -> list[Any]:
    """Order chapters or contents by position; those without one stay behind the others."""
    return sorted(things, key=lambda thing: (thing.position is None, thing.position or 0))
