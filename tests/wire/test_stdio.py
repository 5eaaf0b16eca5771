"""The server as hosts start it: a process of its own that speaks MCP on stdin and stdout, and nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from typing import Any

import pytest
from anyio import create_task_group
from mcp import Client, StdioServerParameters
from mcp_types import TextResourceContents

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from ..server.conftest import ERAS, Era, text_of
from ..server.examples import EXAMPLES, demo_sandbox, sent

COMMAND = [sys.executable, "-m", "thinkific_mcp"]
NO_ACCOUNT = {name: value for name, value in os.environ.items() if not name.startswith("THINKIFIC_")}
ORDER = ("read", "create", "update", "delete")
MESSAGES: list[dict[str, Any]] = [
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "tests", "version": "1"},
        },
    },
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    {
        "jsonrpc": "2.0",
        "id": 3,
        "method": "tools/call",
        "params": {"name": "get_user", "arguments": {"user_id": 4}},
    },
    {
        "jsonrpc": "2.0",
        "id": 4,
        "method": "tools/call",
        "params": {"name": "get_user", "arguments": {"user_id": []}},
    },
    {"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "no_such_tool", "arguments": {}}},
    {"jsonrpc": "2.0", "id": 6, "method": "no/such/method"},
]


@pytest.fixture
def sandbox() -> Sandbox:
    return demo_sandbox()


@pytest.fixture
def environment(sandbox: Sandbox) -> Generator[dict[str, str]]:
    with running(sandbox) as address:
        yield {
            **NO_ACCOUNT,
            "THINKIFIC_SUBDOMAIN": "sandbox",
            "THINKIFIC_API_KEY": "sandbox",
            "THINKIFIC_CLIENT_SECRET": "sandbox",
            "THINKIFIC_BASE_URL": address,
            "THINKIFIC_REQUESTS_PER_MINUTE": "10000",
            "THINKIFIC_JOURNAL": "off",
        }


def host(environment: Mapping[str, str], era: Era, *flags: str) -> Client:
    """Connect as a host does: start the server as a process and speak over its pipes."""
    return Client(
        StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], *flags], env=dict(environment)), mode=era
    )


def run(
    environment: Mapping[str, str], *flags: str, messages: list[dict[str, Any]] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the server, send it messages, close its stdin and wait until it ends."""
    lines = "".join(json.dumps(message) + "\n" for message in messages or [])
    return subprocess.run(
        [*COMMAND, *flags],
        input=lines,
        env=dict(environment),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("era", ERAS)
async def test_every_tool_called_with_all_its_arguments_sends_exactly_its_request(
    environment: dict[str, str], sandbox: Sandbox, era: Era
) -> None:
    calls = [
        (tool, call)
        for tool, example in sorted(
            EXAMPLES.items(), key=lambda item: ORDER.index(OPERATIONS[item[0]].spec.effect)
        )
        for call in example.complete
    ]
    async with host(environment, era, "--confirm", "never") as client:
        for tool, call in calls:
            result = await client.call_tool(tool, call.arguments)
            assert not result.is_error, f"{tool}: {text_of(result)}"
    assert sandbox.violations == []
    assert [sent(request) for request in sandbox.requests] == [call.sent for _, call in calls]


async def test_all_tools_are_listed(environment: dict[str, str]) -> None:
    async with host(environment, "auto") as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == set(OPERATIONS)


async def test_calls_may_overlap(environment: dict[str, str], sandbox: Sandbox) -> None:
    names: dict[int, str] = {}

    async with host(environment, "auto") as client, create_task_group() as tasks:

        async def ask(user_id: int) -> None:
            names[user_id] = text_of(await client.call_tool("get_user", {"user_id": user_id}))

        for user_id in range(1, 13):
            tasks.start_soon(ask, user_id)
    assert {user_id: json.loads(text)["id"] for user_id, text in names.items()} == {n: n for n in range(1, 13)}


def test_stdout_carries_nothing_but_protocol(environment: dict[str, str]) -> None:
    asked = sorted(message["id"] for message in MESSAGES if "id" in message)
    with subprocess.Popen(
        [*COMMAND, "--log-level", "DEBUG"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        encoding="utf-8",
    ) as server:
        assert server.stdin and server.stdout
        server.stdin.write("".join(json.dumps(message) + "\n" for message in MESSAGES))
        server.stdin.flush()
        # An answer to each, in any order; stdin stays open so long, as its end takes back what is not answered.
        answers = [json.loads(server.stdout.readline()) for _ in asked]
        server.stdin.close()
        assert server.stdout.read() == ""
    assert sorted(answer["id"] for answer in answers) == asked
    assert all(answer["jsonrpc"] == "2.0" and {"result", "error"} & set(answer) for answer in answers)


def test_the_server_ends_without_a_word_when_stdin_closes(environment: dict[str, str]) -> None:
    ended = run(environment, messages=MESSAGES[:3])
    assert ended.returncode == 0
    assert ended.stderr == ""


def test_a_server_that_is_asked_nothing_ends_too(environment: dict[str, str]) -> None:
    ended = run(environment)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_without_credentials_one_line_says_what_to_set() -> None:
    ended = run(NO_ACCOUNT, messages=MESSAGES)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "THINKIFIC_SUBDOMAIN" in ended.stderr and "--sandbox" in ended.stderr


def test_two_kinds_of_credentials_are_an_error_that_shows_neither() -> None:
    both = {"THINKIFIC_SUBDOMAIN": "a", "THINKIFIC_API_KEY": "key-7313", "THINKIFIC_ACCESS_TOKEN": "token-7313"}
    ended = run({**NO_ACCOUNT, **both}, messages=MESSAGES)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "7313" not in ended.stderr


@pytest.mark.parametrize("era", ERAS)
async def test_the_sandbox_needs_nothing_at_all(era: Era) -> None:
    bare = {name: NO_ACCOUNT[name] for name in ("PATH", "SYSTEMROOT") if name in NO_ACCOUNT}
    async with host(bare, era, "--sandbox") as client:
        result = await client.call_tool("list_users", {"limit": 1})
    assert text_of(result).splitlines()[2] == "items 1–1 of 252, next page 2"


async def test_read_only_offers_no_tool_that_changes_anything(environment: dict[str, str]) -> None:
    async with host(environment, "auto", "--read-only") as client:
        tools = (await client.list_tools()).tools
    reads = {name for name, operation in OPERATIONS.items() if operation.spec.effect == "read"}
    assert {tool.name for tool in tools} == reads


@pytest.mark.parametrize("era", ERAS)
async def test_three_tools_find_and_run_all_others(
    environment: dict[str, str], sandbox: Sandbox, era: Era
) -> None:
    async with host(environment, era, "--surface", "search") as client:
        assert len((await client.list_tools()).tools) == 3
        found = json.loads(text_of(await client.call_tool("search_tools", {"query": "remove a voucher code"})))
        assert found["tools"][0]["name"] == "delete_coupon"
        coupon = {"tool": "delete_coupon", "arguments": {"coupon_id": 3}}
        preview = await client.call_tool("run_write_tool", coupon)
        given: dict[str, Any] = preview.structured_content or {}
        coupon["arguments"] = {"coupon_id": 3, "confirmation": given["confirmation"]["code"]}
        assert text_of(await client.call_tool("run_write_tool", coupon)) == "Coupon 3 deleted."
    assert sandbox.school.value("SELECT count(*) FROM coupons WHERE id = 3") == 0


@pytest.mark.parametrize("era", ERAS)
async def test_the_guide_outlines_and_prompts_are_there(environment: dict[str, str], era: Era) -> None:
    async with host(environment, era) as client:
        guide = (await client.read_resource("thinkific://guide")).contents[0]
        outline = (await client.read_resource("thinkific://courses/1/outline")).contents[0]
        prompt = await client.get_prompt("who_has_not_finished", {"course_id": "Sourdough Foundations"})
    assert isinstance(guide, TextResourceContents) and "What the API cannot do" in guide.text
    assert isinstance(outline, TextResourceContents) and outline.text.startswith("# Outline of course")
    assert "list_enrollments" in prompt.model_dump_json()
