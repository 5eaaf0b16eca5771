"""Calls that ask, at a Thinkific that is slow: on a virtual clock."""

from collections.abc import Mapping
from typing import Any

import anyio
import httpx2
import pytest
from mcp_types import CallToolResult, ElicitResult
from trio.testing import MockClock

from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox

from .asking import YES, Person, status_of, writes
from .conftest import Era, opened, text_of

COUPON = {"coupon_id": 3}
LIMIT = 3600


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


async def thoughtful(_: str) -> ElicitResult:
    await anyio.sleep(200)
    return YES


async def deleted(
    sandbox: Sandbox, era: Era, seconds: Mapping[str, float], deadline: float
) -> tuple[CallToolResult, list[float]]:
    """Delete a coupon after long thought, and return what came of it and how far it was said to be.

    Args:
        sandbox: the school.
        era: which protocol is spoken.
        seconds: how long each method takes.
        deadline: how long a call may take.
    """
    way = httpx2.ASGITransport(sandbox)
    told: list[float] = []

    async def carry(request: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(seconds[request.method])
        return await way.handle_async_request(request)

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        told.append(progress)

    client = opened(
        httpx2.MockTransport(carry),
        ["delete_coupon"],
        era,
        guard=Guard(),
        deadline=deadline,
        elicitation_callback=Person([thoughtful]),
    )
    with anyio.fail_after(LIMIT):
        async with client:
            return await client.call_tool("delete_coupon", COUPON, progress_callback=listen), told


async def test_the_time_of_a_person_is_not_the_call_s(sandbox: Sandbox, era: Era) -> None:
    result, _ = await deleted(sandbox, era, {"GET": 1, "DELETE": 1}, deadline=10)
    assert (status_of(result), writes(sandbox)) == ("done", ["DELETE /coupons/3 204"])


async def test_the_last_look_and_the_change_have_the_time_of_one_call(sandbox: Sandbox, era: Era) -> None:
    result, _ = await deleted(sandbox, era, {"GET": 2, "DELETE": 9}, deadline=10)
    assert result.is_error
    assert "Thinkific did not answer within this call's deadline of 8 seconds." in text_of(result)


async def test_a_preview_that_takes_too_long_says_what_is_not_known(sandbox: Sandbox, era: Era) -> None:
    person = Person([YES])
    way = httpx2.ASGITransport(sandbox)

    async def carry(request: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(4 if request.url.path.endswith("/promotions/2") else 0)
        return await way.handle_async_request(request)

    client = opened(
        httpx2.MockTransport(carry),
        ["delete_coupon"],
        era,
        guard=Guard(),
        deadline=10,
        elicitation_callback=person,
    )
    with anyio.fail_after(LIMIT):
        async with client:
            assert status_of(await client.call_tool("delete_coupon", COUPON)) == "done"
    assert "- What get_promotion would tell is not known: there was no answer in time." in person.asked[0]


async def test_the_progress_of_several_requests_never_falls(sandbox: Sandbox) -> None:
    # Each round of 2026 is a request with a progress of its own.
    _, progress = await deleted(sandbox, "legacy", {"GET": 5, "DELETE": 5}, deadline=45)
    assert len(progress) == 8
    assert progress == sorted(set(progress))
