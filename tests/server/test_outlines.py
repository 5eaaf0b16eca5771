"""Outlines of courses, read by their URIs."""

from typing import Any

import anyio
import httpx2
import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS
from trio.testing import MockClock

from thinkific_mcp.client import Limits
from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox

from .conftest import Era, opened
from .reading import OUTLINE_TOOLS, Answers, answering, read, refused, school


async def test_an_outline_tells_chapters_and_their_contents_in_order(sandbox: Sandbox, era: Era) -> None:
    async with school(sandbox, era, OUTLINE_TOOLS) as client:
        text = await read(client, "courses/1/outline")
    assert text.startswith(
        '# Outline of course "Sourdough Foundations" (id 1)\n\n4 chapters.\n\n'
        '## 1. "Before you start" (id 1, 3 min 34 s of video)\n'
        '- "Welcome to Hearthmoor" (id 1, Lesson, free preview)\n'
        '- "What you need in your kitchen" (id 2, HtmlItem, free preview)\n'
        '- "Shopping list and scale settings" (id 3, Download)\n'
    )
    assert [line[:5] for line in text.splitlines() if line.startswith("##")] == [
        "## 1.",
        "## 2.",
        "## 3.",
        "## 4.",
    ]
    assert len(sandbox.requests) == 6
    assert sandbox.violations == []


def course_of(chapters: int, contents: Any = ()) -> Answers:
    """Return the answers of a school with one course; its chapters and contents stand in the wrong order."""

    def answer(request: httpx2.Request) -> Any:
        path = request.url.path.removeprefix("/api/public/v1")
        if path.endswith("/contents"):
            return contents(int(path.split("/")[2])) if callable(contents) else {"items": list(contents)}
        if path.endswith("/chapters"):
            first = 250 * (int(request.url.params.get("page", "1")) - 1)
            ids = range(chapters, 0, -1)[first : first + 250]
            number = first // 250 + 1
            pages = {"current_page": number, "total_items": chapters}
            pages |= {"next_page": number + 1} if first + 250 < chapters else {}
            items = [{"id": n, "name": f"Chapter {n}", "position": n} for n in ids]
            return {"items": items, "meta": {"pagination": pages}}
        return {"id": 7, "name": "Rye"}

    return answer


async def test_positions_say_what_comes_first() -> None:
    contents = [
        {"id": 1, "name": "Last", "position": None},
        {"id": 2, "name": "B", "position": 1},
        {"id": 3, "name": "A", "position": 0},
    ]
    async with answering(course_of(2, contents)) as client:
        text = await read(client, "courses/7/outline")
    chapter = '"\n- "A" (id 3)\n- "B" (id 2)\n- "Last" (id 1)'
    assert text.split("\n\n", 2)[2] == "\n\n".join(f'## {n}. "Chapter {n}" (id {n})' + chapter[1:] for n in (1, 2))


async def test_the_chapters_are_read_at_the_same_time() -> None:
    waiting = 0
    together = anyio.Event()
    answer = course_of(3)

    async def respond(request: httpx2.Request) -> httpx2.Response:
        nonlocal waiting
        if request.url.path.endswith("/contents"):
            waiting += 1
            if waiting == 3:
                together.set()
            await together.wait()
        return httpx2.Response(200, json=answer(request))

    with anyio.fail_after(20):
        async with opened(httpx2.MockTransport(respond), OUTLINE_TOOLS, "auto") as client:
            await read(client, "courses/7/outline")


async def test_a_chapter_that_cannot_be_read_says_so_and_the_others_stand() -> None:
    def contents(chapter: int) -> Any:
        item = {"items": [{"id": 5, "name": "Rye", "position": 1}]}
        return httpx2.Response(403, json={"error": "no"}) if chapter == 2 else item

    async with answering(course_of(3, contents)) as client:
        text = await read(client, "courses/7/outline")
    assert text.split("\n\n")[2:] == [
        '## 1. "Chapter 1" (id 1)\n- "Rye" (id 5)',
        '## 2. "Chapter 2" (id 2)\nContents not read; list_chapter_contents has them.',
        '## 3. "Chapter 3" (id 3)\n- "Rye" (id 5)',
    ]


@pytest.mark.parametrize(("deadline", "end", "seconds"), [(45, "has them.", 45), (0, "Nothing in it.", 50)])
def test_an_outline_takes_no_longer_than_one_call_may(deadline: float, end: str, seconds: float) -> None:
    answer = course_of(1)

    async def slowly(request: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(20 if request.url.path.endswith("/contents") else 15)
        return httpx2.Response(200, json=answer(request))

    async def check() -> None:
        async with opened(httpx2.MockTransport(slowly), OUTLINE_TOOLS, "auto", deadline=deadline) as client:
            started = anyio.current_time()
            assert (await read(client, "courses/7/outline")).endswith(end)
            assert anyio.current_time() - started == pytest.approx(seconds)

    anyio.run(check, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})


def test_where_the_chapters_come_too_late_the_outline_fails_in_the_time_of_one_call() -> None:
    answer = course_of(1)

    async def slowly(request: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(28)
        return httpx2.Response(200, json=answer(request))

    async def check() -> None:
        async with opened(httpx2.MockTransport(slowly), OUTLINE_TOOLS, "auto", deadline=45) as client:
            started = anyio.current_time()
            with pytest.raises(MCPError):
                await read(client, "courses/7/outline")
            assert anyio.current_time() - started == pytest.approx(45)

    anyio.run(check, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})


async def test_a_chapter_with_nothing_in_it_says_so() -> None:
    async with answering(course_of(1)) as client:
        assert (await read(client, "courses/7/outline")).endswith("(id 1)\nNothing in it.")


async def test_of_a_long_course_no_more_than_forty_chapters_are_read() -> None:
    asked: list[str] = []
    answer = course_of(300)

    def counting(request: httpx2.Request) -> Any:
        asked.append(request.url.path)
        return answer(request)

    async with answering(counting, limits=Limits(10**6, 10**6)) as client:
        text = await read(client, "courses/7/outline")
    assert "300 chapters." in text
    assert '## 40. "Chapter 40" (id 40)\nNothing in it.' in text
    assert '## 41. "Chapter 41" (id 41)\nContents not read; list_chapter_contents has them.' in text
    assert '## 300. "Chapter 300" (id 300)' in text
    assert len(asked) == 1 + 2 + 40


async def test_a_long_outline_is_bounded_by_whole_chapters() -> None:
    contents = [{"id": n, "name": f"Lesson {n}", "position": n} for n in range(40)]
    async with answering(course_of(5, contents), form=Form(limit=4_000)) as client:
        text = await read(client, "courses/7/outline")
    assert len(text.encode()) <= 4_000
    assert text.count("## ") == text.count('"Lesson 39"') == 3
    assert text.endswith("Left out to be short: chapter 4, chapter 5. See list_chapter_contents.")


async def test_a_course_that_is_not_there_has_no_outline(sandbox: Sandbox) -> None:
    async with school(sandbox) as client:
        code, words = await refused(client, "thinkific://courses/99999/outline")
    assert (code, words.startswith("Not found (404): course_id 99999")) == (INVALID_PARAMS, True)
    assert len(sandbox.requests) == 1
