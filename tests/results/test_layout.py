"""What is said of the fields that only old themes use."""

from typing import Any

import pytest
from mcp_types import TextContent

from thinkific_mcp.api.courses import Course, ListCourses
from thinkific_mcp.operation import Operation
from thinkific_mcp.result import Page
from thinkific_mcp.server.answers import answer


class ImportCourses(
    Operation[Page[Course]], post="/courses/import", operation_id="importCourses", guarded="", undo=""
):
    """Import courses. None of Thinkific's own changes answers with a list of which something is hidden."""


def told_of(asked: Operation[Any], *subtitles: str | None) -> str:
    """Return what is said below a list of courses."""
    rows = [{"id": number, "subtitle": subtitle} for number, subtitle in enumerate(subtitles, 1)]
    *_, last = answer(asked, asked.receive(200, {"items": rows, "meta": {"pagination": {}}})).content
    assert isinstance(last, TextContent)
    return last.text


@pytest.mark.parametrize(("subtitle", "is_told"), [("Bread", True), ("", False), (None, False)])
def test_a_list_names_what_it_would_show_by_name(subtitle: str | None, is_told: bool) -> None:
    assert ("by name in fields: subtitle" in told_of(ListCourses(), None, subtitle)) == is_told


def test_a_change_that_answers_with_a_list_does_not_as_it_takes_no_names() -> None:
    assert "by name" not in told_of(ImportCourses(), "Bread")
