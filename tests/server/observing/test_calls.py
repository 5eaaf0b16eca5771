"""What is exported and logged of calls."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from anyio.abc import TaskGroup
from opentelemetry.trace import SpanKind, StatusCode
from starlette.types import Receive, Scope, Send

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import Budgets, Limits, Thinkific
from thinkific_mcp.guard.journal import Journal
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server
from thinkific_mcp.server.served import SERVED, Served

from ...leaks import EMAIL, leaked
from ..asking import NO, PATIENCE, Person, code_of
from ..conftest import KEY, Era, opened
from ..examples import NOW
from .exported import Exported
from .watched import call, guard, served

ONCE = {"http.request.method": "GET", "http.response.status_code": 200}


async def test_a_call_is_a_line_of_who_where_what_and_how_much(
    sandbox: Sandbox, era: Era, exported: Exported
) -> None:
    async with served(sandbox, era) as client:
        line = dict(await call(client, exported, "get_course", course_id=1))
    assert line.pop("seconds") > line.pop("waited") >= 0
    assert line == {
        "event": "call",
        "method": "tools/call",
        "tool": "get_course",
        "site": "sandbox",
        "era": {"legacy": "2025-11-25", "auto": "2026-07-28"}[era],
        "client": "mcp 0.1.0",
        "outcome": "done",
        "upstream_requests": 1,
        "trace_id": exported.trace_id("tools/call get_course"),
    }


async def test_other_requests_are_told_of_at_debug(
    sandbox: Sandbox, era: Era, caplog: pytest.LogCaptureFixture, exported: Exported
) -> None:
    async with served(sandbox, era) as client:
        await client.list_tools()
    (line,) = [line for line in exported.calls if line["method"] == "tools/list"]
    (record,) = [record for record in caplog.records if vars(record).get("call") is line]
    assert (line["event"], record.levelno) == ("request", logging.DEBUG)


async def test_the_span_of_a_request_to_thinkific_has_its_published_path_and_lies_within_the_call(
    sandbox: Sandbox, era: Era, exported: Exported
) -> None:
    async with served(sandbox, era) as client:
        await call(client, exported, "get_user", user_id=1)
    assert exported.trees() == ["tools/call get_user", "  GET /users/{id}"]
    within = exported.span("tools/call get_user").attributes or {}
    assert (within["thinkific.site"], within["gen_ai.tool.name"]) == ("sandbox", "get_user")
    upstream = exported.span("GET /users/{id}")
    assert (upstream.kind, upstream.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    assert upstream.attributes == {
        **ONCE,
        "url.template": "/users/{id}",
        "server.address": "api.thinkific.com",
    }


async def test_a_question_and_its_answer_are_spans_of_the_guard(
    sandbox: Sandbox, era: Era, exported: Exported
) -> None:
    async with served(sandbox, era, Person()) as client:
        await call(client, exported, "delete_coupon", coupon_id=1)
    preview = ["  guard preview", "    GET /coupons/{id}", "    GET /promotions/{id}"]
    deletion = ["  guard look again", "    GET /coupons/{id}", "  DELETE /coupons/{id}"]
    between = {
        "legacy": ["  MCP send elicitation/create"],
        "auto": ["  guard keep question", "tools/call delete_coupon", "  guard take question"],
    }
    expected = ["tools/call delete_coupon", *preview, *between[era], *deletion]
    assert exported.trees() == expected


async def test_a_code_given_and_taken_is_too(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    async with served(sandbox, era) as client:
        required = await client.call_tool("delete_coupon", {"coupon_id": 1})
        assert "  guard issue code" in exported.trees()
        line = await call(client, exported, "delete_coupon", coupon_id=1, confirmation=code_of(required))
    assert line["outcome"] == "done"
    looked = ["  guard look again", "    GET /coupons/{id}"]
    expected = ["tools/call delete_coupon", "  guard redeem code", *looked, "  DELETE /coupons/{id}"]
    assert exported.trees() == expected


async def test_writing_into_the_journal_is_a_span_before_and_after_the_write(
    sandbox: Sandbox, era: Era, exported: Exported, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "journal.jsonl", now=lambda: NOW)
    async with served(sandbox, era, guard=guard(journal=journal)) as client:
        await call(client, exported, "create_group", name="Night bakers")
    expected = ["tools/call create_group", "  journal intend", "  POST /groups", "  journal conclude"]
    assert exported.trees() == expected


async def test_a_read_counts_as_one_call_and_one_request(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    async with served(sandbox, era) as client:
        await call(client, exported, "get_course", course_id=1)
    done = {"gen_ai.tool.name": "get_course", "outcome": "done"}
    assert exported.figures() == {
        "thinkific_mcp.calls": [(done, 1)],
        "thinkific_mcp.call.duration": [(done, 1)],
        "thinkific_mcp.upstream.requests": [(ONCE, 1)],
        "thinkific_mcp.upstream.duration": [(ONCE, 1)],
        "thinkific_mcp.budget.wait": [({}, 1)],
        "thinkific_mcp.budget.left": [({"thinkific.site": "sandbox"}, 119)],
    }


@pytest.mark.parametrize(("person", "ended"), [(Person(), "allowed"), (Person([NO]), "declined")])
async def test_a_question_counts_once_and_so_does_what_became_of_it(
    sandbox: Sandbox, era: Era, exported: Exported, person: Person, ended: str
) -> None:
    async with served(sandbox, era, replace(person, replies=[*person.replies])) as client:
        line = await call(client, exported, "delete_coupon", coupon_id=1)
    assert line["outcome"] == {"allowed": "done"}.get(ended, ended)
    counted = exported.figures()["thinkific_mcp.confirmations"]
    assert counted == [({"outcome": "asked"}, 1), ({"outcome": ended}, 1)]


@pytest.mark.parametrize(
    ("options", "arguments", "outcome"),
    [
        ({}, {}, "required"),
        ({}, {"confirmation": "AAAA-AAAA"}, "expired"),
        ({"codes": False}, {}, "refused"),
        ({"dry_run": True}, {}, "dry_run"),
    ],
)
async def test_what_was_not_done_is_told_apart(
    sandbox: Sandbox, era: Era, exported: Exported, options: Any, arguments: Any, outcome: str
) -> None:
    async with served(sandbox, era, guard=guard(**options)) as client:
        line = await call(client, exported, "delete_coupon", coupon_id=1, **arguments)
    assert line["outcome"] == outcome
    counted = exported.figures().get("thinkific_mcp.confirmations")
    assert counted == (None if outcome == "dry_run" else [({"outcome": outcome}, 1)])


@pytest.mark.parametrize("said", [EMAIL, {"status": EMAIL}])
@pytest.mark.parametrize("name", ["confirmation", "dry_run"])
async def test_an_answer_of_thinkific_is_not_taken_for_what_became_of_asking(
    era: Era, exported: Exported, name: str, said: Any
) -> None:
    answer = httpx2.Response(200, json={"id": 1, name: said})
    async with opened(httpx2.MockTransport(lambda _: answer), ["get_course"], era) as client:
        line = await call(client, exported, "get_course", course_id=1)
    assert line["outcome"] == "done"
    assert leaked(exported.text()) == []


async def test_each_try_is_a_request_of_its_own(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    sandbox.faults.add("status", status=503)
    async with served(sandbox, era) as client:
        line = await call(client, exported, "get_course", course_id=1)
    assert (line["outcome"], line["upstream_requests"]) == ("done", 2)
    failed = {"http.request.method": "GET", "http.response.status_code": 503, "error.type": "503"}
    assert exported.figures()["thinkific_mcp.upstream.requests"] == [(failed, 1), (ONCE, 1)]
    tries = [span for span in exported.spans if span.name == "GET /courses/{id}"]
    assert [span.status.status_code for span in tries] == [StatusCode.ERROR, StatusCode.UNSET]


async def test_a_failure_is_told_by_its_kind(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    async with served(sandbox, era) as client:
        line = await call(client, exported, "get_course", course_id=10_000)
    assert (line["outcome"], line["error"]) == ("failed", "NotFoundError")
    counted = {"gen_ai.tool.name": "get_course", "error.type": "NotFoundError"}
    assert exported.figures()["thinkific_mcp.errors"] == [(counted, 1)]


async def test_a_request_without_an_answer_is_told_by_its_kind(era: Era, exported: Exported) -> None:
    def lost(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadError(EMAIL)

    async with opened(httpx2.MockTransport(lost), ["create_group"], era) as client:
        line = await call(client, exported, "create_group", name="Night bakers")
    assert (line["outcome"], line["error"]) == ("failed", "UnknownOutcomeError")
    request = exported.span("POST /groups")
    assert (request.attributes or {})["error.type"] == "UnreachableError"
    assert leaked(exported.text()) == []


async def test_waiting_for_the_budget_is_a_span_and_a_figure(
    sandbox: Sandbox, era: Era, exported: Exported
) -> None:
    async with served(sandbox, era, limits=Limits(requests=6, seconds=12)) as client:
        await client.call_tool("get_course", {"course_id": 1})  # a sixth leaves at once
        line = await call(client, exported, "get_course", course_id=1)
    assert line["waited"] > 0
    assert exported.span("budget wait").parent == exported.span("tools/call get_course").context


@asynccontextmanager
async def cancelled() -> AsyncGenerator[TaskGroup]:
    """Cancel, in the end, what was started."""
    async with anyio.create_task_group() as tasks:
        yield tasks
        tasks.cancel_scope.cancel()


async def test_a_call_that_was_cut_off_is_told_of(era: Era, exported: Exported) -> None:
    is_sent = anyio.Event()

    async def silent(request: httpx2.Request) -> httpx2.Response:
        is_sent.set()
        await anyio.sleep_forever()
        raise AssertionError("it was not to go on")

    with anyio.fail_after(PATIENCE):
        async with opened(httpx2.MockTransport(silent), ["get_course"], era) as client, cancelled() as tasks:
            tasks.start_soon(client.call_tool, "get_course", {"course_id": 1})
            await is_sent.wait()
        (line,) = [line for line in exported.calls if line["event"] == "call"]
    assert (line["outcome"], line["upstream_requests"]) == ("abandoned", 1)


async def test_no_trace_is_sent_to_thinkific(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    async with served(sandbox, era) as client:
        await call(client, exported, "get_course", course_id=1)
    (request,) = sandbox.requests
    assert {"traceparent", "tracestate", "baggage"}.isdisjoint(request.headers)


async def test_who_calls_over_http_is_told(sandbox: Sandbox, exported: Exported) -> None:
    thinkific = Thinkific(KEY, budgets=Budgets(), transport=httpx2.ASGITransport(sandbox))
    server = build_server(lambda: thinkific, [OPERATIONS["get_course"]])
    app = server.streamable_http_app(stateless_http=True)
    caller = Served(thinkific, Guard(), frozenset({"get_course"}), "alice")

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, SERVED: caller}, receive, send)

    request = {"name": "get_course", "arguments": {"course_id": 1}}
    async with (
        server.session_manager.run(),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(identified), base_url="http://localhost:8000") as http,
    ):
        answer = await http.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": request},
            headers={"Accept": "application/json, text/event-stream"},
        )
    assert answer.status_code == 200
    (line,) = exported.calls
    assert (line["caller"], line["outcome"]) == ("alice", "done")
    assert (exported.span("tools/call get_course").attributes or {})["thinkific.caller"] == "alice"
