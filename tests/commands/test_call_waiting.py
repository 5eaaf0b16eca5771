"""`thinkific-mcp call` that takes its time: what is said meanwhile, and what becomes of what was read."""

import json
import re
from collections.abc import Generator
from contextlib import closing

import httpx2
import pytest

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from .conftest import Outcome, in_a_process
from .terminal import CLEARED, CTRL_C, at_a_terminal

COURSE = ("get_course", '{"course_id": 1}')
USERS = ("list_users", '{"limit": 1000}')
SLOW = "waiting for Thinkific's answer, for 2 s now "
PART = "items 1–250 of 312; stopped at the deadline: go on with page 2, limit 250"


def account(address: str, *fault: object, **options: object) -> dict[str, str]:
    """Return what is set for a call of a school, whose next request meets this fault."""
    for kind in fault:
        httpx2.post(f"{address}/_sandbox/faults", json={"kind": kind, **options}).raise_for_status()
    return {"THINKIFIC_BASE_URL": address, "THINKIFIC_ACCESS_TOKEN": "sandbox"}


@pytest.mark.parametrize(("columns", "shown"), [(0, SLOW), (20, "waiting for Thinki ")])
def test_at_a_terminal_a_slow_answer_is_waited_for_aloud_on_one_line(
    address: str, columns: int, shown: str
) -> None:
    environment = account(address, "slow", seconds=2.4)
    waited = at_a_terminal(*COURSE, environment=environment, columns=columns)
    assert (waited.code, waited.err) == (0, f"{CLEARED}{shown}{CLEARED}")


def test_at_a_terminal_it_is_said_for_how_long_a_call_still_waits(address: str) -> None:
    waited = at_a_terminal(*COURSE, environment=account(address, "rate_limit", retry_in=1.5))
    line = re.escape(CLEARED) + r"waiting for the site's request budget, about \d s more "
    assert waited.code == 0 and re.fullmatch(f"({line})+{re.escape(CLEARED)}", waited.err)


def test_at_a_terminal_a_call_that_is_quick_says_nothing(address: str) -> None:
    assert at_a_terminal(*COURSE, "--yes", environment=account(address)).err == ""


def test_ctrl_c_ends_the_waiting_and_leaves_nothing_on_the_line(address: str) -> None:
    environment = account(address, "slow", seconds=3600)
    waited = at_a_terminal(*COURSE, environment=environment, script=[(SLOW, CTRL_C)])
    assert waited == Outcome(130, "", f"{CLEARED}{SLOW}{CLEARED}")


def test_ctrl_c_on_a_write_says_that_it_may_have_been_done_and_which_tool_tells(address: str) -> None:
    environment = account(address, "slow", seconds=3600, after=True)
    user = json.dumps({"first_name": "Ada", "last_name": "Park", "email": "ada@example.com"})
    stopped = at_a_terminal("create_user", user, environment=environment, script=[(SLOW, CTRL_C)])
    look = "The change may have been made all the same: look with list_users (email) before you try again."
    assert stopped == Outcome(130, "", f"{CLEARED}{SLOW}{CLEARED}Stopped. {look}\r\n")


@pytest.fixture
def slow_list() -> Generator[dict[str, str]]:
    """Serve a list whose second page does not come, and yield the settings of a call that does not wait for it."""
    with closing(Sandbox(students=300)) as sandbox, running(sandbox) as address:
        sandbox.faults.add("slow", seconds=0)
        sandbox.faults.add("slow", seconds=3600)
        yield {**account(address), "THINKIFIC_DEADLINE": "2.5"}


def test_a_part_of_a_list_succeeds_and_says_that_it_is_one(slow_list: dict[str, str]) -> None:
    listed = in_a_process("call", *USERS, environment=slow_list)
    assert (listed.code, listed.out.splitlines()[-1], listed.err) == (0, PART, "")


def test_as_json_a_part_of_a_list_says_so_beside_the_data_too(slow_list: dict[str, str]) -> None:
    listed = in_a_process("call", *USERS, "--json", environment=slow_list)
    page = json.loads(listed.out)
    assert (listed.code, listed.err, len(page["items"])) == (0, f"{PART}\n", 250)
    assert (page["complete"], page["go_on"]) == (False, "page 2, limit 250")
