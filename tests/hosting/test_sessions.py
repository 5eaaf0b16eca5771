"""Clients of 2025 that have a session, so that they can be asked."""

import httpx2

from ..server.asking import NO, Person, status_of
from .agents import agent
from .conftest import Start
from .schools import Schools

COUPON = {"coupon_id": 3}


async def test_a_client_of_2025_with_a_session_is_asked(start: Start, schools: Schools) -> None:
    school, person = schools.of["site-05"], Person([NO])
    (replica,) = start(1, THINKIFIC_HTTP_SESSIONS="on")
    async with agent(replica.address, school.name, school.keys[0], "legacy", person) as client:
        statuses = [status_of(await client.call_tool("delete_coupon", COUPON)) for _ in range(2)]
    assert statuses == ["declined", "done"]
    assert len(person.asked) == 2
    assert school.changed == ["DELETE /coupons/3 204"]


async def test_a_session_is_none_for_another_caller_or_another_school(start: Start, schools: Schools) -> None:
    school, other = schools.of["site-06"], schools.of["site-07"]
    (replica,) = start(1, THINKIFIC_HTTP_SESSIONS="on")
    opening = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    async with httpx2.AsyncClient(base_url=replica.address, trust_env=False) as http:

        async def posted(site: str, key: str, session: str, body: dict[str, object]) -> httpx2.Response:
            headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {key}"}
            headers |= {"Mcp-Session-Id": session} if session else {}
            return await http.post(f"/sites/{site}/mcp", json=body, headers=headers)

        begun = await posted(
            school.name,
            school.keys[0],
            "",
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening},
        )
        session = begun.headers["mcp-session-id"]
        call: dict[str, object] = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        own = await posted(school.name, school.keys[0], session, call)
        anothers = [
            await posted(school.name, school.keys[1], session, call),
            await posted(other.name, other.keys[0], session, call),
        ]
    assert own.status_code == 200
    assert [answer.status_code for answer in anothers] == [404, 404]
