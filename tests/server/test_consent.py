"""What each change costs before it is made, and which are asked about at all."""

import csv
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp_types import ElicitResult

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.guard.policy import Guard, Mode
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Sandbox

from .asking import NO, PATIENCE, WRITES, Person, arguments_of, code_of, status_of, writes, yes_to
from .conftest import Era, opened
from .examples import EXAMPLES, NOW, Arguments

TABLE = list(
    csv.DictReader(Path(__file__).with_name("operations.tsv").read_text("utf-8").splitlines(), delimiter="\t")
)
GUARDED = [row["tool"] for row in TABLE if row["guarded_because"]]
UNGUARDED = sorted(set(WRITES) - set(GUARDED))

# Each with arguments that need a yes, and with some that need none.
CONDITIONS: dict[str, tuple[list[Arguments], list[Arguments]]] = {
    "create_user": (
        [{"roles": ["affiliate"]}, {"roles": ["site_admin", "course_admin"]}, {"affiliate_commission": 5}],
        [{}, {"roles": []}, {"password": "levain 1987", "send_welcome_email": True}],
    ),
    "update_user": (
        [
            {"email": "new@example.com"},
            {"password": "levain 1987"},
            {"roles": []},
            {"roles": ["site_admin"]},
            {"affiliate_payout_email": "mine@example.com"},
            {"affiliate_commission": 50, "affiliate_commission_type": "%"},
        ],
        [{}, {"first_name": "Siobhan", "bio": None}, {"company": "Mill"}],
    ),
    "update_enrollment": (
        [{"expiry_date": when} for when in ("2026-01-15", "2020-02-02", "2026-01-16", "2026-01-16T09:00:00Z")],
        [{}, {"expiry_date": None}, {"expiry_date": "2026-01-16T09:00:01Z"}, {"activated_at": "2026-01-15"}],
    ),
    "update_bundle_enrollment": (
        [{"expiry_date": when} for when in ("2026-01-15", "2026-01-16T10:00:00+02:00")],
        [{}, {"expiry_date": None}, {"expiry_date": "2026-01-17"}, {"activated_at": "2025-12-24"}],
    ),
}


def guard(mode: Mode = "destructive", **options: Any) -> Guard:
    return Guard(mode, now=lambda: NOW, **options)


Cost = tuple[int, int]
"""How many reads, and how many writes."""


def cost(sandbox: Sandbox) -> Cost:
    written = len(writes(sandbox))
    return len(sandbox.requests) - written, written


def last_looks(tool: str) -> int:
    return int(OPERATIONS[tool].spec.target is not None)


def all_of(tool: str) -> list[Arguments]:
    """Return all that a tool is called with in the examples."""
    return [EXAMPLES[tool].required, *(call.arguments for call in EXAMPLES[tool].complete)]


async def asks(sandbox: Sandbox, era: Era, mode: Mode, tool: str, arguments: Arguments) -> bool:
    """Call a tool for somebody who says no, and tell whether they were asked."""
    person = Person([NO])
    client = opened(httpx2.ASGITransport(sandbox), [tool], era, guard=guard(mode), elicitation_callback=person)
    with anyio.fail_after(PATIENCE):
        async with client:
            result = await client.call_tool(tool, arguments)
    assert status_of(result) == ("declined" if person.asked else "done")
    assert len(writes(sandbox)) == (0 if person.asked else 1)
    return bool(person.asked)


@pytest.mark.parametrize("tool", GUARDED)
async def test_a_yes_costs_three_reads_at_most_then_a_last_look_and_the_write(
    sandbox: Sandbox, era: Era, tool: str
) -> None:
    costs: list[Cost] = []

    def yes(message: str) -> ElicitResult:
        costs.append(cost(sandbox))
        return yes_to(message)

    client = opened(httpx2.ASGITransport(sandbox), [tool], era, guard=guard(), elicitation_callback=Person([yes]))
    with anyio.fail_after(PATIENCE):
        async with client:
            assert status_of(await client.call_tool(tool, arguments_of(tool))) == "done"
    ((reads, written),) = costs
    assert (reads <= 3, written) == (True, 0)
    assert cost(sandbox) == (reads + last_looks(tool), 1)


@pytest.mark.parametrize("tool", GUARDED)
async def test_a_code_costs_three_reads_at_most_then_a_last_look_and_the_write(
    sandbox: Sandbox, era: Era, tool: str
) -> None:
    arguments = arguments_of(tool)
    with anyio.fail_after(PATIENCE):
        async with opened(httpx2.ASGITransport(sandbox), [tool], era, guard=guard()) as client:
            code = code_of(await client.call_tool(tool, arguments))
            reads, written = cost(sandbox)
            done = await client.call_tool(tool, {**arguments, "confirmation": code})
    assert (reads <= 3, written, status_of(done)) == (True, 0, "done")
    assert cost(sandbox) == (reads + last_looks(tool), 1)


@pytest.mark.parametrize("tool", WRITES)
async def test_all_writes_are_asked_about_where_that_is_set(sandbox: Sandbox, era: Era, tool: str) -> None:
    assert await asks(sandbox, era, "writes", tool, arguments_of(tool))


@pytest.mark.parametrize("tool", WRITES)
async def test_nothing_is_asked_about_where_that_is_set(sandbox: Sandbox, era: Era, tool: str) -> None:
    assert not await asks(sandbox, era, "never", tool, arguments_of(tool))


@pytest.mark.parametrize("tool", GUARDED)
async def test_what_is_destructive_is_asked_about(sandbox: Sandbox, tool: str) -> None:
    assert await asks(sandbox, "auto", "destructive", tool, arguments_of(tool))


@pytest.mark.parametrize(("tool", "call"), [(tool, call) for tool in UNGUARDED for call in all_of(tool)])
async def test_what_is_not_destructive_is_not_asked_about(sandbox: Sandbox, tool: str, call: Arguments) -> None:
    assert not await asks(sandbox, "auto", "destructive", tool, call)


def test_every_condition_of_the_table_is_tried() -> None:
    assert {row["tool"] for row in TABLE if row["guarded_because"].startswith("only when")} == set(CONDITIONS)


@pytest.mark.parametrize(
    ("tool", "more", "asked"),
    [
        (tool, more, asked)
        for tool, (with_yes, without) in CONDITIONS.items()
        for asked, cases in ((True, with_yes), (False, without))
        for more in cases
    ],
)
async def test_what_is_destructive_only_sometimes_is_asked_about_only_then(
    sandbox: Sandbox, tool: str, more: Arguments, asked: bool
) -> None:
    call = EXAMPLES[tool].required | more
    assert await asks(sandbox, "auto", "destructive", tool, call) == asked


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("said", [{}, {"guarded": ""}])
def test_a_write_that_does_not_say_if_it_can_be_undone_is_none(method: str, said: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        type("MakeBread", (Operation[None],), {}, **{method: "/bread"}, **said)


@pytest.mark.parametrize("method", ["post", "put"])
def test_a_write_that_does_not_say_if_it_is_guarded_is_none(method: str) -> None:
    with pytest.raises(TypeError):
        type("MakeBread", (Operation[None],), {}, **{method: "/bread"}, undo="")


def test_what_deletes_is_guarded_without_a_word() -> None:
    class EatBread(Operation[None], delete="/bread", undo=""):
        """Eat."""

    assert EatBread.spec.guarded
