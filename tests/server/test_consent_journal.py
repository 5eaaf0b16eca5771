"""What the journal holds of changes that were allowed, and what is sent where it holds none."""

import json
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp_types import CallToolResult

from thinkific_mcp.guard.journal import Journal
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from .asking import NO, PATIENCE, WRITES, Person, Reply, arguments_of, status_of, writes
from .conftest import Era, opened, text_of
from .examples import EXAMPLES, NOW, Arguments

PASSWORD = "levain 1987"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def guard(path: Path | None, **options: Any) -> Guard:
    journal = Journal(path, now=lambda: NOW) if path else None
    return Guard(journal=journal, now=lambda: NOW, **options)


def text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text(path).splitlines()]


class Looking(httpx2.AsyncBaseTransport):
    """Carries requests to a sandbox, and looks into the journal as each write passes."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        self._inner, self._path = httpx2.ASGITransport(sandbox), path
        self.seen: list[list[dict[str, Any]]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "GET":
            self.seen.append(lines(self._path))
        return await self._inner.handle_async_request(request)


async def call(
    transport: httpx2.AsyncBaseTransport | Sandbox,
    guard: Guard,
    tool: str,
    arguments: Arguments,
    *replies: Reply,
    era: Era = "auto",
) -> CallToolResult:
    """Call a tool for somebody who says yes, unless told otherwise."""
    way = httpx2.ASGITransport(transport) if isinstance(transport, Sandbox) else transport
    person = Person(list(replies))
    with anyio.fail_after(PATIENCE):
        async with opened(way, [tool], era, guard=guard, elicitation_callback=person) as client:
            return await client.call_tool(tool, arguments)


@pytest.mark.parametrize("tool", ["delete_coupon", "update_coupon"])
async def test_a_change_stands_in_the_journal_when_it_is_sent(
    sandbox: Sandbox, path: Path, era: Era, tool: str
) -> None:
    way = Looking(sandbox, path)
    await call(way, guard(path), tool, EXAMPLES[tool].required, era=era)
    ((intent,),) = way.seen
    assert (intent["tool"], "outcome" in intent) == (tool, False)
    assert lines(path)[0] == intent


async def test_the_journal_tells_what_was_shown_and_how_it_was(sandbox: Sandbox, path: Path, era: Era) -> None:
    person = Person()
    with anyio.fail_after(PATIENCE):
        async with opened(
            httpx2.ASGITransport(sandbox), ["delete_coupon"], era, guard=guard(path), elicitation_callback=person
        ) as client:
            await client.call_tool("delete_coupon", {"coupon_id": 3})
    intent = lines(path)[0]
    assert [intent["preview"]] == person.asked
    assert (intent["arguments"], intent["before"]["code"]) == ({"coupon_id": 3}, "FRIEND10")


ENDS: list[tuple[str, Arguments, str]] = [
    ("delete_coupon", {"coupon_id": 3}, "applied"),
    ("update_coupon", {"coupon_id": 3, "code": "NEW"}, "applied"),
    ("delete_category", {"category_id": 1}, "refused"),
    ("update_coupon", {"coupon_id": 3, "code": "WELCOME10"}, "refused"),
]


@pytest.mark.parametrize(("tool", "arguments", "outcome"), ENDS)
async def test_the_journal_tells_how_a_change_ended(
    sandbox: Sandbox, path: Path, tool: str, arguments: Arguments, outcome: str
) -> None:
    result = await call(sandbox, guard(path), tool, arguments)
    intent, end = lines(path)
    assert (end["change"], end["outcome"]) == (intent["change"], outcome)
    assert status_of(result) == ("done" if outcome == "applied" else "error")


class Rerouted(httpx2.AsyncBaseTransport):
    """Carries requests over real connections to another address."""

    def __init__(self, address: str) -> None:
        self._inner, self._address = httpx2.AsyncHTTPTransport(), httpx2.URL(address)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        there = self._address
        request.url = request.url.copy_with(scheme=there.scheme, host=there.host, port=there.port)
        request.headers["Host"] = there.netloc.decode()
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.mark.parametrize("kind", ["reset", "reset_body", "hang_up", "html", "truncated", "invalid_json"])
async def test_the_journal_calls_unknown_what_thinkific_did_not_confirm(
    sandbox: Sandbox, path: Path, kind: str
) -> None:
    options = {} if kind in ("reset_body", "truncated") else {"after": True}
    sandbox.faults.add(kind, match="POST /coupons/bulk_create", **options)
    with running(sandbox) as address:
        result = await call(
            Rerouted(address), guard(path), "create_coupons_in_bulk", EXAMPLES["create_coupons_in_bulk"].required
        )
    intent, end = lines(path)
    assert (end["change"], end["outcome"]) == (intent["change"], "unknown")
    assert (status_of(result), len(writes(sandbox))) == ("error", 1)


async def test_what_was_not_allowed_is_not_in_the_journal(sandbox: Sandbox, path: Path, era: Era) -> None:
    await call(sandbox, guard(path), "delete_coupon", {"coupon_id": 3}, NO, era=era)
    assert lines(path) == []


@pytest.mark.parametrize("status", [200, 422])
@pytest.mark.parametrize("tool", ["create_user", "update_user"])
async def test_a_password_is_neither_in_the_journal_nor_shown(
    sandbox: Sandbox, path: Path, era: Era, tool: str, status: int
) -> None:
    if status != 200:
        refusal = {"errors": {"password": [f"{PASSWORD} is too short"]}}
        sandbox.faults.add("status", status=status, body=refusal, match="POST /users")
        sandbox.faults.add("status", status=status, body=refusal, match="PUT /users/{id}")
    person = Person()
    arguments = arguments_of(tool) | {"password": PASSWORD, "bio": "Bread"}
    with anyio.fail_after(PATIENCE):
        async with opened(
            httpx2.ASGITransport(sandbox), [tool], era, guard=guard(path), elicitation_callback=person
        ) as client:
            await client.call_tool(tool, arguments)
    assert len(writes(sandbox)) == 1
    noted = text(path)
    assert ("Bread" in noted, PASSWORD in noted, PASSWORD in str(person.asked)) == (True, False, False)


async def test_a_full_disk_stops_what_is_guarded(sandbox: Sandbox, era: Era) -> None:
    result = await call(sandbox, guard(Path("/dev/full")), "delete_coupon", {"coupon_id": 3}, era=era)
    assert (status_of(result), writes(sandbox)) == ("error", [])
    assert "THINKIFIC_JOURNAL" in text_of(result)


async def test_a_full_disk_does_not_stop_what_is_not(sandbox: Sandbox, era: Era) -> None:
    arguments = EXAMPLES["update_coupon"].required
    result = await call(sandbox, guard(Path("/dev/full")), "update_coupon", arguments, era=era)
    assert (status_of(result), len(writes(sandbox))) == ("done", 1)


@pytest.mark.parametrize(
    ("journalled", "reads_before", "sent"),
    [
        (True, True, ["GET /coupons/4", "PUT /coupons/4"]),
        (True, False, ["PUT /coupons/4"]),
        (False, True, ["PUT /coupons/4"]),
    ],
)
async def test_an_update_reads_before_where_it_can_then_be_undone(
    sandbox: Sandbox, path: Path, journalled: bool, reads_before: bool, sent: list[str]
) -> None:
    guarding = guard(path if journalled else None, reads_before=reads_before)
    await call(sandbox, guarding, "update_coupon", EXAMPLES["update_coupon"].required)
    assert [f"{request.method} {request.path}" for request in sandbox.requests] == sent


@pytest.mark.parametrize("tool", WRITES)
async def test_a_dry_run_shows_every_change_and_sends_none(sandbox: Sandbox, path: Path, tool: str) -> None:
    person = Person()
    with anyio.fail_after(PATIENCE):
        async with opened(
            httpx2.ASGITransport(sandbox),
            [tool],
            "auto",
            guard=guard(path, dry_run=True),
            elicitation_callback=person,
        ) as client:
            result = await client.call_tool(tool, arguments_of(tool))
    preview: str = result.structured_content["dry_run"]["preview"]
    assert (writes(sandbox), lines(path), person.asked) == ([], [], [])
    assert tool.split("_")[0] in preview.splitlines()[0].lower() and preview in text_of(result)
