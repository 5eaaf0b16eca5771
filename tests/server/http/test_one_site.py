"""A school of the operator's, over HTTP: who may call, and with which tools."""

import time
from pathlib import Path

import anyio
import pytest
from starlette.responses import JSONResponse

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from ..asking import PATIENCE, Person, answer, asked, code_of, nobody, status_of, writes
from ..conftest import text_of
from .conftest import ERAS, Era, hosted
from .identity_provider import AUDIENCE, FIRST, ISSUER, token

READS = {name for name, operation in OPERATIONS.items() if operation.spec.effect == "read"}
ALWAYS_GUARDED = {name for name, operation in OPERATIONS.items() if operation.spec.is_always_guarded}
COUPON = {"coupon_id": 1}


@pytest.mark.parametrize("era", ERAS)
async def test_whoever_has_a_token_is_served(era: Era, site: dict[str, str], tokens: Path) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server, server.agent("alice", era=era) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == set(OPERATIONS)
        assert "Sourdough" in text_of(await client.call_tool("get_course", {"course_id": 1}))


@pytest.mark.parametrize("token", ["", "mallory", "alic", "alicee"])
async def test_whoever_has_none_is_told_so_and_nothing_is_sent(
    token: str, site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server:
        refused = await server.ask(token)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert refused.json()["error"]["data"] == {"reason": "invalid_token"}
    assert not sandbox.requests


async def test_without_tokens_whoever_is_on_this_machine_is_served(site: dict[str, str]) -> None:
    async with hosted(**site) as server, server.agent() as client:
        assert not (await client.call_tool("get_course", {"course_id": 1})).is_error


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("token", "offered"),
    [("reader", READS), ("writer", set(OPERATIONS) - ALWAYS_GUARDED), ("alice", set(OPERATIONS))],
)
async def test_scopes_narrow_the_tools_that_are_listed(
    token: str, offered: set[str], era: Era, site: dict[str, str], tokens: Path
) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server, server.agent(token, era=era) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == offered


async def test_a_jwt_without_any_of_our_scopes_is_told_which_there_are(
    site: dict[str, str], sandbox: Sandbox
) -> None:
    with running(JSONResponse({"keys": [FIRST]})) as provider:
        trusted = {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwks_url": provider}
        async with hosted(**site, **trusted) as server:
            soon = time.time() + 300
            known = await server.ask(token(exp=soon, scope="openid read"))
            refused = await server.ask(token(exp=soon, scope="openid"))
    assert (known.status_code, refused.status_code) == (200, 403)
    assert refused.json()["error"]["data"] == {"reason": "insufficient_scope"}
    assert refused.headers["www-authenticate"].startswith('Bearer error="insufficient_scope"')
    assert 'scope="read write destructive"' in refused.headers["www-authenticate"]
    assert not sandbox.requests


@pytest.mark.parametrize("era", ERAS)
async def test_a_tool_that_is_not_listed_cannot_be_called(
    era: Era, site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server, server.agent("writer", era=era) as client:
        result = await client.call_tool("delete_coupon", COUPON)
    assert result.is_error
    assert text_of(result).startswith("delete_coupon is not offered to you: the scopes of your token")
    assert not sandbox.requests


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("flags", [{}, {"confirm": "never"}, {"dry_run": True}])
async def test_the_guarded_calls_of_other_tools_need_the_scope_too(
    flags: dict[str, object], era: Era, site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    async with (
        hosted(**site, http_tokens_file=tokens, **flags) as server,
        server.agent("writer", era=era, person=Person()) as client,
    ):
        refused = await client.call_tool("update_user", {"user_id": "1", "roles": ["site_admin"]})
        harmless = await client.call_tool("update_user", {"user_id": "1", "first_name": "Ada"})
    assert "Not with this token: it lacks the scope `destructive`" in text_of(refused)
    assert "Ask whoever gave you the token." in text_of(refused)
    assert not harmless.is_error
    assert len(writes(sandbox)) == (0 if "dry_run" in flags else 1)


@pytest.mark.parametrize(
    ("headers", "offered"),
    [
        ({"X-MCP-Toolsets": "promotions"}, None),
        ({"X-MCP-Toolsets": "courses", "X-MCP-Tools": "get_user"}, None),
        ({"X-MCP-Tools": "get_user, delete_user"}, {"get_user", "delete_user"}),
        ({"X-MCP-Tools": "get_user,delete_user", "X-MCP-Readonly": "true"}, {"get_user"}),
        ({"X-MCP-Readonly": "1"}, READS),
        ({"X-MCP-Readonly": "false"}, set(OPERATIONS)),
    ],
)
async def test_headers_narrow_the_tools(
    headers: dict[str, str], offered: set[str] | None, site: dict[str, str], tokens: Path
) -> None:
    toolsets, single = headers.get("X-MCP-Toolsets", ""), headers.get("X-MCP-Tools", "")
    expected = offered or {
        name for name, operation in OPERATIONS.items() if operation.spec.toolset == toolsets or name == single
    }
    async with hosted(**site, http_tokens_file=tokens) as server, server.agent("alice", headers=headers) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == expected
        unlisted = await client.call_tool("list_groups" if "list_groups" not in expected else "get_course", {})
        assert unlisted.is_error


async def test_headers_never_widen_what_the_operator_and_the_scopes_leave(
    site: dict[str, str], tokens: Path
) -> None:
    everything = {"X-MCP-Toolsets": "users,courses", "X-MCP-Tools": "delete_coupon", "X-MCP-Readonly": "false"}
    async with (
        hosted(**site, http_tokens_file=tokens, toolsets="courses") as server,
        server.agent("reader", headers=everything) as client,
    ):
        listed = {tool.name for tool in (await client.list_tools()).tools}
    assert listed == {name for name in READS if OPERATIONS[name].spec.toolset == "courses"}


async def test_a_tool_that_the_operator_leaves_out_may_be_named(site: dict[str, str], tokens: Path) -> None:
    async with (
        hosted(**site, http_tokens_file=tokens) as server,
        server.agent("alice", headers={"X-MCP-Tools": "list_changes,get_course"}) as client,
    ):
        assert [tool.name for tool in (await client.list_tools()).tools] == ["get_course"]


async def test_a_header_that_names_no_tool_is_refused_with_the_nearest(site: dict[str, str], tokens: Path) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server:
        refused = await server.ask("alice", X_MCP_Tools="get_corse")
    assert refused.status_code == 400
    assert "Did you mean get_course?" in refused.json()["error"]["message"]


@pytest.mark.parametrize("thief", ["bob", "reader"])
async def test_an_answer_to_anothers_question_does_nothing_and_leaves_the_question(
    thief: str, site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    async with (
        hosted(**site, http_tokens_file=tokens) as server,
        server.agent("alice", person=nobody) as alice,
        server.agent(thief, person=nobody) as other,
    ):
        question = await asked(alice, "delete_coupon", COUPON)
        stolen = await answer(other, question)
        assert status_of(stolen) == ("expired" if thief == "bob" else "error")
        assert not writes(sandbox)
        assert status_of(await answer(alice, question)) == "done"
    assert writes(sandbox) == ["DELETE /coupons/1 204"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_code_acts_for_whom_it_was_given_only(
    era: Era, site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    async with (
        hosted(**site, http_tokens_file=tokens) as server,
        server.agent("alice", era=era) as alice,
        server.agent("bob", era=era) as bob,
    ):
        code = code_of(await alice.call_tool("delete_coupon", COUPON))
        assert status_of(await bob.call_tool("delete_coupon", COUPON | {"confirmation": code})) == "expired"
        assert not writes(sandbox)
        assert status_of(await alice.call_tool("delete_coupon", COUPON | {"confirmation": code})) == "done"


async def test_each_caller_is_shown_and_undoes_only_what_they_changed(
    site: dict[str, str], tokens: Path, tmp_path: Path
) -> None:
    journal = str(tmp_path / "journal.jsonl")
    async with (
        hosted(**site, http_tokens_file=tokens, journal=journal) as server,
        server.agent("alice") as alice,
        server.agent("bob") as bob,
    ):
        await alice.call_tool("create_category", {"name": "Ovens", "description": "Hot", "slug": "ovens"})
        (change,) = (await alice.call_tool("list_changes", {})).structured_content["items"]
        assert (await bob.call_tool("list_changes", {})).structured_content["items"] == []
        undone = await bob.call_tool("undo_change", {"change_id": change["change_id"]})
        assert "There is no such change here" in text_of(undone)


async def test_a_caller_who_calls_too_often_is_told_when_to_come_back(site: dict[str, str], tokens: Path) -> None:
    async with hosted(**site, http_tokens_file=tokens, http_requests_per_minute=6) as server:
        answers = [await server.ask("alice") for _ in range(12)]
        other = await server.ask("bob")
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert 0 < int(answers[-1].headers["retry-after"]) <= 11
    assert other.status_code == 200


async def test_a_caller_may_have_a_hundred_requests_under_way(
    site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    sandbox.faults.add("slow", seconds=1, times=200)
    statuses: list[int] = []

    async def call() -> None:
        async with server.http("alice", Accept="application/json, text/event-stream") as http:
            params = {"name": "get_course", "arguments": {"course_id": 1}}
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            statuses.append((await http.post("/mcp", json=body)).status_code)

    plenty = {"http_requests_per_minute": 6000, "max_concurrency": 200, "requests_per_minute": 6000}
    async with hosted(**site, http_tokens_file=tokens, **plenty) as server, anyio.create_task_group() as tasks:
        for _ in range(110):
            tasks.start_soon(call)
    assert sorted(statuses) == [200] * 100 + [429] * 10


@pytest.mark.parametrize("name", [["x"], {"x": 1}, 1, None])
async def test_a_name_that_is_no_text_is_refused_by_the_protocol(
    name: object, site: dict[str, str], tokens: Path
) -> None:
    async with (
        hosted(**site, http_tokens_file=tokens) as server,
        server.http("reader", Accept="application/json, text/event-stream") as http,
    ):
        params = {"name": name}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        assert "-32602" in (await http.post("/mcp", json=body)).text


async def test_nobody_can_hold_a_stream_open_for_changes_that_never_come(
    site: dict[str, str], tokens: Path
) -> None:
    listen = "subscriptions/listen"
    meta: dict[str, object] = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    headers = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": listen}
    async with (
        hosted(**site, http_tokens_file=tokens) as server,
        server.http("alice", Accept="application/json, text/event-stream", **headers) as http,
    ):
        params = {"notifications": {"toolsListChanged": True}, "_meta": meta}
        with anyio.fail_after(PATIENCE):
            refused = await http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": listen, "params": params})
    assert (refused.status_code, refused.json()["error"]["message"]) == (404, "Method not found")
