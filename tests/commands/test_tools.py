import json
import subprocess
import sys
from typing import Any

import anyio
import pytest
from mcp import Client

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import ApiKey, Thinkific
from thinkific_mcp.server import build_server, select

from .conftest import Run


def names(run: Run, *flags: str) -> list[str]:
    return [tool["name"] for tool in json.loads(run("tools", "--json", *flags).out)]


def test_the_tools_are_listed_without_an_account(run: Run) -> None:
    outcome = run("tools")
    assert (outcome.code, outcome.out.splitlines()[-1], outcome.err) == (0, "79 tools", "")


def test_each_tool_is_shown_with_its_toolset_effect_and_endpoint(run: Run) -> None:
    lines = [line.split(maxsplit=3) for line in run("tools").out.splitlines()]
    assert lines[0] == ["tool", "toolset", "effect", "endpoint"]
    assert ["delete_coupon", "promotions", "delete", "DELETE /coupons/{id}"] in lines


def test_as_json_they_are_what_a_host_is_listed(run: Run) -> None:
    async def listed() -> list[dict[str, Any]]:
        server = build_server(lambda: Thinkific(ApiKey("nobody", "nothing")), select(changes=True))
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
        return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]

    assert json.loads(run("tools", "--json").out) == anyio.run(listed)


def test_as_json_there_are_77_with_all_that_a_host_reads(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_JOURNAL", "off")
    tools: list[dict[str, Any]] = json.loads(run("tools", "--json", "--sandbox").out)
    keys = {"name", "title", "description", "inputSchema", "outputSchema", "annotations", "_meta"}
    assert (len(tools), [tool["name"] for tool in tools if set(tool) != keys]) == (77, [])


def test_read_only_leaves_what_changes_nothing(run: Run) -> None:
    reading = [name for name, operation in OPERATIONS.items() if operation.spec.method == "GET"]
    assert names(run, "--read-only") == [*reading, "list_changes"]


def test_a_tool_of_the_journal_has_no_endpoint(run: Run) -> None:
    assert run("tools", "--tools", "undo_change").out.splitlines()[1].split() == [
        "undo_change",
        "changes",
        "update",
    ]


def test_the_search_surface_has_tools_of_no_toolset(run: Run) -> None:
    lines = [line.split() for line in run("tools", "--surface", "search").out.splitlines()]
    assert lines[1:] == [
        ["search_tools", "-", "read"],
        ["run_read_tool", "-", "read"],
        ["run_write_tool", "-", "write"],
        ["3", "tools"],
    ]


def code_takers(run: Run, *flags: str) -> list[str]:
    tools = json.loads(run("tools", "--json", "--tools", "delete_user,create_user,get_user", *flags).out)
    return [tool["name"] for tool in tools if "confirmation" in tool["inputSchema"]["properties"]]


@pytest.mark.parametrize(
    ("mode", "takers"),
    [("destructive", ["create_user", "delete_user"]), ("writes", ["create_user", "delete_user"]), ("never", [])],
)
def test_a_tool_takes_a_code_where_it_may_be_asked_about(run: Run, mode: str, takers: list[str]) -> None:
    assert sorted(code_takers(run, "--confirm", mode)) == takers


def test_no_tool_takes_a_code_where_none_are_given(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_CONFIRM_CODES", "off")
    assert code_takers(run) == []


def test_filters_work_together(run: Run) -> None:
    flags = ("--toolsets", "groups", "--tools", "get_user,delete_user", "--exclude-tools", "get_group")
    assert names(run, *flags, "--read-only") == ["get_user", "list_groups", "list_group_analysts"]


def test_filters_are_read_from_the_environment(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_TOOLS", "get_user, get_order")
    environment.setenv("THINKIFIC_READ_ONLY", "true")
    assert names(run) == ["get_user", "get_order"]


@pytest.mark.parametrize(
    "flags", [("--tools", "delete_user", "--read-only"), ("--tools", "get_user", "--exclude-tools", "get_user")]
)
def test_filters_that_leave_nothing_are_no_error(run: Run, flags: tuple[str, ...]) -> None:
    assert (run("tools", *flags).out, names(run, *flags)) == ("no tools\n", [])


@pytest.mark.parametrize("flag", ["--toolsets", "--tools", "--exclude-tools"])
def test_an_unknown_name_is_refused_with_the_valid_ones(run: Run, flag: str) -> None:
    outcome = run("tools", flag, "lessons")
    assert (outcome.code, outcome.out, "'lessons'. Valid tool" in outcome.err) == (2, "", True)


def test_a_reader_who_leaves_early_ends_the_list_in_silence() -> None:
    command = [sys.executable, "-m", "thinkific_mcp", "tools", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"[\n"
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)
