"""What nobody foresaw, with a secret in it: a sentence for the model and a line for the log, both without it."""

import logging
import re
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp_types import CallToolResult

from thinkific_mcp.client import Budgets, Thinkific
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server

from ..wire.talking import talk, tool_call
from .conftest import Era, opened, text_of
from .failing import SECRET, GetMisread, GetRefused, UpdateMisread, Vault, fail

PLACE = r"\w+\.py:\d+"


async def answer_to(operation: type[Operation[Any]], era: Era, **arguments: Any) -> CallToolResult:
    """Call an operation as a tool, of a Thinkific that answers anything with success."""

    def upstream() -> Thinkific:
        succeeding = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"name": SECRET}))
        return Thinkific(Vault(times=0), budgets=Budgets(), transport=succeeding)

    async with Client(build_server(upstream, [operation]), mode=era) as client:
        return await client.call_tool(operation.spec.name, arguments)


def assert_fails(result: CallToolResult, kind: str, outcome: str) -> None:
    """Check that the model reads of a failure by its kind and place alone."""
    said = text_of(result).partition(": ")[2]
    pattern = rf"thinkific-mcp itself failed \({kind} in {PLACE}\); {outcome}\. Please report it\."
    assert result.is_error and re.fullmatch(pattern, said), said


async def test_credentials_that_fail_are_told_by_kind_and_place(sandbox: Sandbox, era: Era) -> None:
    async with opened(httpx2.ASGITransport(sandbox), ["get_course"], era, credentials=Vault()) as client:
        assert_fails(await client.call_tool("get_course", {"course_id": 1}), "RuntimeError", "nothing was changed")


async def test_the_next_call_works(sandbox: Sandbox, era: Era) -> None:
    async with opened(httpx2.ASGITransport(sandbox), ["get_course"], era, credentials=Vault()) as client:
        results = [await client.call_tool("get_course", {"course_id": 1}) for _ in range(2)]
    assert [result.is_error for result in results] == [True, False]


async def test_a_call_that_failed_so_keeps_no_place_among_the_ten_at_once(era: Era) -> None:
    async with opened(httpx2.MockTransport(fail), ["get_course"], era) as client:
        for _ in range(12):
            result = await client.call_tool("get_course", {"course_id": 1})
            assert_fails(result, "RuntimeError", "nothing was changed")


async def test_of_several_failures_at_once_the_first_is_told(sandbox: Sandbox, era: Era) -> None:
    several = Vault(failure=ExceptionGroup(SECRET, [KeyError(SECRET), ValueError(SECRET)]))
    async with opened(httpx2.ASGITransport(sandbox), ["get_course"], era, credentials=several) as client:
        result = await client.call_tool("get_course", {"course_id": 1})
    said = text_of(result)
    assert result.is_error and "(KeyError in an unknown place)" in said and "k3y" not in said


async def test_a_way_to_thinkific_that_fails_is_told_so_too(era: Era) -> None:
    async with opened(httpx2.MockTransport(fail), ["get_course"], era) as client:
        result = await client.call_tool("get_course", {"course_id": 1})
    assert_fails(result, "RuntimeError", "nothing was changed")


async def test_of_a_change_that_fails_so_it_is_said_that_nobody_knows(era: Era) -> None:
    async with opened(httpx2.MockTransport(fail), ["create_group"], era) as client:
        result = await client.call_tool("create_group", {"name": "Night bakers"})
    assert_fails(result, "RuntimeError", "whether anything was changed is not known")


async def test_an_answer_that_nobody_can_read_is_told_so_too(era: Era) -> None:
    assert_fails(await answer_to(GetMisread, era), "RuntimeError", "nothing was changed")
    assert_fails(await answer_to(UpdateMisread, era), "RuntimeError", "whether anything was changed is not known")


async def test_an_argument_that_nobody_can_read_is_told_so_too(era: Era) -> None:
    assert_fails(await answer_to(GetRefused, era, name=SECRET), "RuntimeError", "nothing was changed")


async def test_the_log_has_one_line_with_kind_and_place(era: Era, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await answer_to(GetMisread, era)
    (line,) = [record for record in caplog.records if record.levelno > logging.INFO]
    assert line.name.startswith("thinkific_mcp") and line.exc_info is None
    assert re.fullmatch(f"unforeseen: RuntimeError in {PLACE}", line.getMessage())


def test_as_a_process_that_logs_all_it_can_it_shows_no_secret() -> None:
    ended = talk(
        "tests.server.failing",
        tool_call(2, "get_refused", {"name": SECRET}),
        tool_call(3, "get_misread", {}),
        tool_call(4, "get_misread", {"name": SECRET}),
        tool_call(5, f"no_{SECRET}", {}),
        {"jsonrpc": "2.0", "id": 6, "method": f"no/{SECRET}", "params": {"name": SECRET}},
        {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": [SECRET]}},
        {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": SECRET}},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"reason": SECRET}},
        {"jsonrpc": "1.0", "secret": SECRET},
        f"no JSON, {SECRET}",
        f'"{SECRET}"',
    )
    assert ended.code == 0
    assert len(re.findall(rf"^ERROR:.*:unforeseen: RuntimeError in {PLACE}$", ended.log, re.MULTILINE)) == 2
    assert "k3y" not in ended.log and "example.com" not in ended.log
