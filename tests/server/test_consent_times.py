"""How long a question and a code can be answered, on a virtual clock."""

from datetime import datetime, timedelta
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp_types import ElicitResult
from trio.testing import MockClock

from thinkific_mcp.guard.memory import ProcessMemory
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox

from .asking import NO, YES, Person, answer, asked, code_of, nobody, status_of, told, writes
from .conftest import Era, opened
from .examples import NOW

LIMIT = 3600
"""Seconds of the virtual clock after which a test gives up."""

COUPON = {"coupon_id": 3}


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


def now() -> datetime:
    return NOW + timedelta(seconds=anyio.current_time())


def host(sandbox: Sandbox, era: Era, person: ElicitationFnT | None) -> Client:
    return opened(
        httpx2.ASGITransport(sandbox),
        ["delete_coupon"],
        era,
        guard=Guard(memory=ProcessMemory(anyio.current_time), now=now),
        elicitation_callback=person,
    )


def after(seconds: float) -> Person:
    """Return somebody who says yes after so many seconds."""

    async def yes(_: str) -> ElicitResult:
        await anyio.sleep(seconds)
        return YES

    return Person([yes])


async def late_again(sandbox: Sandbox, seconds: float) -> tuple[str, str]:
    """Answer a question of 2026 after so many seconds, and once more after its end."""
    with anyio.fail_after(LIMIT):
        async with host(sandbox, "auto", nobody) as client:
            question = await asked(client, "delete_coupon", COUPON)
            await anyio.sleep(seconds)
            return status_of(await answer(client, question)), status_of(await answer(client, question))


@pytest.mark.parametrize(("seconds", "status"), [(299, "done"), (301, "expired")])
async def test_a_question_waits_for_five_minutes(sandbox: Sandbox, era: Era, seconds: float, status: str) -> None:
    with anyio.fail_after(LIMIT):
        async with host(sandbox, era, after(seconds)) as client:
            result = await client.call_tool("delete_coupon", COUPON)
            await anyio.sleep(10)
    assert status_of(result) == status
    assert writes(sandbox) == (["DELETE /coupons/3 204"] if status == "done" else [])


async def test_a_call_of_2025_ends_by_itself_where_nobody_answers(sandbox: Sandbox) -> None:
    with anyio.fail_after(LIMIT):
        async with host(sandbox, "legacy", after(1000)) as client:
            began = anyio.current_time()
            result = await client.call_tool("delete_coupon", COUPON)
            lasted = anyio.current_time() - began
            await anyio.sleep(1000)
    assert (status_of(result), round(lasted), writes(sandbox)) == ("expired", 300, [])


async def test_each_question_has_five_minutes_of_its_own(sandbox: Sandbox, era: Era) -> None:
    async def yes_to_what_was(_: str) -> ElicitResult:
        await anyio.sleep(200)
        sandbox.school.update("coupons", 3, note=f"at {anyio.current_time()}")
        return YES

    person = after(200)
    person.replies = [yes_to_what_was, yes_to_what_was, *person.replies]
    with anyio.fail_after(LIMIT):
        async with host(sandbox, era, person) as client:
            result = await client.call_tool("delete_coupon", COUPON)
    assert (status_of(result), len(person.asked)) == ("done", 3)


async def test_an_answer_of_2026_that_came_too_late_is_spent(sandbox: Sandbox) -> None:
    assert await late_again(sandbox, 301) == ("expired", "expired")
    assert writes(sandbox) == []


async def test_the_time_that_a_person_takes_is_not_the_calls(sandbox: Sandbox, era: Era) -> None:
    client = opened(
        httpx2.ASGITransport(sandbox),
        ["delete_coupon"],
        era,
        deadline=45,
        guard=Guard(memory=ProcessMemory(anyio.current_time), now=now),
        elicitation_callback=after(290),
    )
    with anyio.fail_after(LIMIT):
        async with client:
            assert status_of(await client.call_tool("delete_coupon", COUPON)) == "done"


@pytest.mark.parametrize(("seconds", "status"), [(599, "done"), (601, "expired")])
async def test_a_code_can_be_used_for_ten_minutes(sandbox: Sandbox, era: Era, seconds: float, status: str) -> None:
    with anyio.fail_after(LIMIT):
        async with host(sandbox, era, None) as client:
            code = code_of(await client.call_tool("delete_coupon", COUPON))
            await anyio.sleep(seconds)
            result = await client.call_tool("delete_coupon", {**COUPON, "confirmation": code})
    assert status_of(result) == status
    assert writes(sandbox) == (["DELETE /coupons/3 204"] if status == "done" else [])


async def test_it_is_told_until_when_a_code_can_be_used(sandbox: Sandbox, era: Era) -> None:
    with anyio.fail_after(LIMIT):
        async with host(sandbox, era, None) as client:
            await anyio.sleep(60)
            result = await client.call_tool("delete_coupon", COUPON)
    assert told(result)["expires_at"] == "2026-01-15T09:11:00Z"


async def test_wrong_codes_are_forgotten_after_ten_minutes(sandbox: Sandbox, era: Era) -> None:
    async def tried(client: Client, code: str) -> str:
        return status_of(await client.call_tool("delete_coupon", {**COUPON, "confirmation": code}))

    with anyio.fail_after(LIMIT):
        async with host(sandbox, era, None) as client:
            for _ in range(10):
                await tried(client, "AAAA-AAAA")
            await anyio.sleep(300)
            blocked = await tried(client, code_of(await client.call_tool("delete_coupon", COUPON)))
            await anyio.sleep(301)
            free = await tried(client, code_of(await client.call_tool("delete_coupon", COUPON)))
    assert (blocked, free) == ("expired", "done")


async def test_what_was_asked_is_not_done_on_a_no_though_it_need_not_be_asked_any_more(
    sandbox: Sandbox, era: Era
) -> None:
    hours = [0.0]

    async def no(_: str) -> ElicitResult:
        hours[0] = -2  # the clock is set back, so that the end of access is more than a day off
        return NO

    client = opened(
        httpx2.ASGITransport(sandbox),
        ["update_enrollment"],
        era,
        guard=Guard(now=lambda: NOW + timedelta(hours=hours[0])),
        elicitation_callback=Person([no]),
    )
    with anyio.fail_after(LIMIT):
        async with client:
            in_23_hours = (NOW + timedelta(hours=23)).isoformat()
            result = await client.call_tool("update_enrollment", {"enrollment_id": 1, "expiry_date": in_23_hours})
    assert (status_of(result), writes(sandbox)) == ("declined", [])
