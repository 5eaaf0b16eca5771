"""Calls that have to wait, as an MCP host sees them: on a virtual clock, in both eras of the protocol."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp_types import CallToolResult
from trio.testing import MockClock

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import Budgets, Limits, Thinkific
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server

from .conftest import KEY, Era, text_of
from .examples import NOW

ONE_A_MINUTE = Limits(requests=1)
"""With the margin for clocks that drift, a request every 60.25 seconds."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


def now() -> datetime:
    return NOW + timedelta(seconds=anyio.current_time())


@dataclass
class Host:
    """A host with a server and a school of its own.

    Attributes:
        sandbox: the school.
        client: the host's end of the protocol.
        told: what it was told meanwhile: when, how far, of how much, and in which words.
    """

    sandbox: Sandbox
    client: Client
    told: list[tuple[float, float, float | None, str | None]] = field(
        default_factory=list[tuple[float, float, float | None, str | None]]
    )

    async def call(self, tool: str = "get_course", **arguments: Any) -> CallToolResult:
        """Call a tool and listen to its progress; by default it asks for course 1."""
        given = arguments or {"course_id": 1}
        return await self.client.call_tool(tool, given, progress_callback=self._listen)

    async def _listen(self, progress: float, total: float | None, message: str | None) -> None:
        self.told.append((anyio.current_time(), progress, total, message))

    @property
    def words(self) -> list[str | None]:
        """What it was told in words."""
        return [words for *_, words in self.told]

    @property
    def arrivals(self) -> list[float]:
        """When the requests came to the school."""
        return [round(request.arrived - NOW.timestamp(), 3) for request in self.sandbox.requests]


@asynccontextmanager
async def host(
    era: Era, limits: Limits | None = None, *, deadline: float = 0, students: int = 1, answers_after: float = 0
) -> AsyncGenerator[Host]:
    """Connect a host to a server whose calls have this long."""
    with closing(Sandbox(students=students, now=now)) as sandbox:
        way = httpx2.ASGITransport(sandbox)

        async def carry(request: httpx2.Request) -> httpx2.Response:
            await anyio.sleep(answers_after)
            return await way.handle_async_request(request)

        def upstream() -> Thinkific:
            return Thinkific(
                KEY,
                deadline=deadline,
                budgets=Budgets(limits, ProcessStore(anyio.current_time)),
                transport=httpx2.MockTransport(carry),
                now=lambda: now().timestamp(),
                random=lambda: 1.0,
            )

        tools = [OPERATIONS[tool] for tool in ("get_course", "list_users", "create_group")]
        # What waits for nothing that comes would wait in earnest: the clock jumps to deadlines only.
        with anyio.fail_after(100_000):
            async with Client(build_server(upstream, tools), mode=era) as client:
                yield Host(sandbox, client)


# What a host is told


async def test_of_a_call_that_takes_two_seconds_nothing_is_told(era: Era) -> None:
    async with host(era, answers_after=1.9) as one:
        assert not (await one.call()).is_error
        assert one.told == []


async def test_a_call_that_waits_for_the_budget_says_every_two_seconds_for_how_long(era: Era) -> None:
    async with host(era, ONE_A_MINUTE) as one:
        await one.call()
        assert not (await one.call()).is_error
        words = "waiting for the site's request budget, about {} s more"
        assert one.told == [(float(at), at, None, words.format(max(1, 60 - at))) for at in range(2, 62, 2)]


async def test_a_call_that_met_a_429_says_when_that_is_lifted(era: Era) -> None:
    async with host(era) as one:
        one.sandbox.faults.add("rate_limit", retry_in=9)
        assert not (await one.call()).is_error
        assert one.words == [
            f"waiting for the site's request budget, about {left} s more" for left in (7, 5, 3, 1)
        ]


async def test_a_call_whose_answer_is_late_says_for_how_long_it_has_waited(era: Era) -> None:
    async with host(era, answers_after=7) as one:
        await one.call()
        assert one.told == [(at, at, None, f"waiting for Thinkific's answer, for {at} s now") for at in (2, 4, 6)]


async def test_a_call_that_is_tried_again_says_why_and_when(era: Era) -> None:
    async with host(era) as one:
        one.sandbox.faults.add("status", status=503, headers={"Retry-After": "5"})
        assert not (await one.call()).is_error
        assert one.words == [
            f"Thinkific failed (told to wait), trying again, about {left} s more" for left in (3, 1)
        ]


async def test_a_long_list_says_how_many_rows_it_has_of_how_many(era: Era) -> None:
    async with host(era, students=588, answers_after=3.5) as one:
        result = await one.call("list_users", limit=10_000, fields=["id"])
        assert text_of(result).splitlines()[-1] == "items 1–600 of 600"
        assert [(done, total) for _, done, total, _ in one.told[-3:]] == [
            (250.001, 600),
            (500, 600),
            (500.001, 600),
        ]
        assert one.words[-1] == "500 of 600 rows; waiting for Thinkific's answer, for 3 s now"


async def test_the_number_told_only_ever_grows(era: Era) -> None:
    async with host(era, Limits(requests=2, seconds=600), students=588, answers_after=3) as one:
        await one.call("list_users", limit=10_000)
        numbers = [done for _, done, _, _ in one.told]
        assert len(numbers) > 100 and numbers == sorted(set(numbers))


# What cannot be done in time


async def test_a_call_whose_turn_comes_after_its_deadline_fails_at_once_and_is_not_sent(era: Era) -> None:
    async with host(era, ONE_A_MINUTE, deadline=45) as one:
        await one.call()
        refused = await one.call()
        assert (refused.is_error, anyio.current_time(), one.arrivals) == (True, 0, [0])
        assert text_of(refused).endswith(
            "The site's requests of this minute are used up: the next free turn comes in 60 seconds, too late for "
            "this call's deadline of 45 seconds. Nothing was sent. Try again in 60 seconds."
        )


async def test_a_429_that_is_lifted_after_the_deadline_fails_at_once_too(era: Era) -> None:
    async with host(era, deadline=45) as one:
        one.sandbox.faults.add("rate_limit", retry_in=50)
        refused = await one.call()
        assert (refused.is_error, anyio.current_time(), one.arrivals) == (True, 0, [0])
        assert "used up (429); nothing was changed." in text_of(refused)
        assert text_of(refused).endswith("Try again in 50 seconds.")


async def test_until_a_429_is_lifted_other_calls_fail_at_once_as_well(era: Era) -> None:
    async with host(era, deadline=45) as one:
        one.sandbox.faults.add("rate_limit", retry_in=50)
        await one.call()
        refused = await one.call()
        assert (refused.is_error, anyio.current_time(), one.arrivals) == (True, 0, [0])
        assert text_of(refused).endswith("Nothing was sent. Try again in 50 seconds.")


async def test_after_the_time_it_was_told_a_call_succeeds(era: Era) -> None:
    async with host(era, ONE_A_MINUTE, deadline=45) as one:
        await one.call()
        told = re.search(r"Try again in (\d+) seconds", text_of(await one.call()))
        assert told is not None
        await anyio.sleep(int(told[1]))
        assert not (await one.call()).is_error


async def test_an_answer_that_does_not_come_by_the_deadline_is_waited_for_no_longer(era: Era) -> None:
    async with host(era, deadline=45, answers_after=100) as one:
        late = await one.call()
        assert (late.is_error, anyio.current_time()) == (True, 45)
        assert text_of(late).endswith(
            "within this call's deadline of 45 seconds. Try again, or set a longer THINKIFIC_DEADLINE."
        )


async def test_a_change_that_is_not_answered_by_the_deadline_may_have_been_made(era: Era) -> None:
    async with host(era, deadline=45, answers_after=100) as one:
        late = await one.call("create_group", name="Night bakers")
        assert (late.is_error, anyio.current_time()) == (True, 45)
        assert text_of(late).endswith(
            "Thinkific did not answer within this call's deadline of 45 seconds. The change may have been made "
            "all the same: look with list_groups before you try again."
        )


# What is cancelled


async def test_a_cancelled_call_leaves_its_place_in_the_line_to_the_next(era: Era) -> None:
    async with host(era, ONE_A_MINUTE) as one, anyio.create_task_group() as tasks:
        await one.call()
        with anyio.move_on_after(10):
            tasks.start_soon(one.call)
            await one.call()
    assert one.arrivals == [0, 60.25]


async def test_a_cancelled_call_is_not_sent_later(era: Era) -> None:
    async with host(era, ONE_A_MINUTE) as one:
        await one.call()
        with anyio.move_on_after(10):
            await one.call()
        await anyio.sleep(600)
        assert one.arrivals == [0]


async def test_a_call_cancelled_while_thinkific_works_makes_room_for_another(era: Era) -> None:
    async with host(era, Limits(at_once=1)) as one:
        one.sandbox.faults.add("slow", seconds=3600)
        with anyio.move_on_after(10):
            await one.call()
        assert not (await one.call()).is_error
        assert anyio.current_time() < 11


async def test_a_call_cancelled_before_it_is_tried_again_is_not_tried_again(era: Era) -> None:
    async with host(era) as one:
        one.sandbox.faults.add("status", status=503, headers={"Retry-After": "30"})
        with anyio.move_on_after(10):
            await one.call()
        await anyio.sleep(600)
        assert one.arrivals == [0]


async def test_a_long_list_that_is_cancelled_asks_for_no_further_page(era: Era) -> None:
    async with host(era, students=588, answers_after=3) as one:
        with anyio.move_on_after(5):
            await one.call("list_users", limit=10_000)
        await anyio.sleep(600)
        assert one.arrivals == [3]


# What comes in parts


async def test_what_a_part_of_a_list_says_leads_to_the_rest(era: Era) -> None:
    async with host(era, deadline=45, students=988, answers_after=20) as one:
        parts: list[dict[str, Any]] = []
        asked: dict[str, int] | None = {"limit": 10_000}
        while asked:
            parts.append((await one.call("list_users", **asked, fields=["id"])).structured_content or {})
            further = re.fullmatch(r"page (\d+), limit (\d+)", parts[-1].get("go_on", ""))
            asked = {"page": int(further[1]), "limit": int(further[2])} if further else None
        assert [(part["complete"], len(part["items"])) for part in parts] == [(False, 500), (True, 500)]
        assert len({user["id"] for part in parts for user in part["items"]}) == 1000
