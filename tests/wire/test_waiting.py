"""Waiting over the pipes of a process: what a host is told meanwhile, and how it takes a call back."""

import os
import sys
from contextlib import closing

import anyio
import pytest
from mcp import Client, StdioServerParameters

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from ..server.conftest import ERAS, Era


@pytest.mark.parametrize("era", ERAS)
async def test_a_call_says_that_it_waits_and_taken_back_makes_room_for_the_next(era: Era) -> None:
    told: list[tuple[float, str | None]] = []
    with closing(Sandbox(students=1)) as sandbox, running(sandbox) as address, anyio.fail_after(30):
        sandbox.faults.add("slow", seconds=3600)
        account = {
            "THINKIFIC_BASE_URL": address,
            "THINKIFIC_ACCESS_TOKEN": "sandbox",
            "THINKIFIC_MAX_CONCURRENCY": "1",
        }
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "thinkific_mcp"], env={**os.environ, **account}
        )
        async with Client(command, mode=era) as client:
            with anyio.CancelScope() as scope:

                async def take_back(progress: float, total: float | None, message: str | None) -> None:
                    told.append((round(progress), message))
                    scope.cancel()

                await client.call_tool("get_course", {"course_id": 1}, progress_callback=take_back)
            assert not (await client.call_tool("get_course", {"course_id": 1})).is_error
    assert told == [(2, "waiting for Thinkific's answer, for 2 s now")]
    assert len(sandbox.requests) == 2
