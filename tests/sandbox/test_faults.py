import json
from typing import Any

import httpx2
import pytest

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.faults import FaultError

from .conftest import asking

NEW_GROUP = {"name": "Night bakers"}

# For an answer; a busy machine needs longer for a connection.
SHORT = httpx2.Timeout(10, read=0.1)


def groups(sandbox: Sandbox) -> list[str]:
    return sandbox.school.values("SELECT name FROM groups WHERE name = ?", ["Night bakers"])


async def test_a_fault_strikes_once(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", status=503)
    assert [(await client.get("/courses")).status_code for _ in range(2)] == [503, 200]


async def test_a_fault_strikes_as_often_as_asked(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", times=2)
    assert [(await client.get("/courses")).status_code for _ in range(3)] == [500, 500, 200]


async def test_a_fault_waits_for_its_operation(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", match="GET /courses/{id}")
    assert [(await client.get(path)).status_code for path in ("/courses", "/courses/1")] == [200, 500]


async def test_faults_can_be_taken_back(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.faults.add("status")
    sandbox.faults.clear()
    assert (await client.get("/courses")).status_code == 200


async def test_a_fault_is_asked_for_on_the_control_path(client: httpx2.AsyncClient) -> None:
    asked = await client.post("/_sandbox/faults", json={"kind": "status", "status": 503})
    assert (asked.status_code, (await client.get("/courses")).status_code) == (201, 503)


async def test_faults_are_taken_back_on_the_control_path(client: httpx2.AsyncClient) -> None:
    await client.post("/_sandbox/faults", json={"kind": "status"})
    await client.delete("/_sandbox/faults")
    assert (await client.get("/courses")).status_code == 200


async def test_a_fault_is_asked_for_by_a_header(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/courses", headers={"X-Sandbox-Fault": "html"})).status_code == 502


async def test_a_fault_strikes_instead_of_the_endpoint(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.post("/groups", json=NEW_GROUP, headers=asking("status"))
    assert groups(sandbox) == []


async def test_a_fault_may_strike_after_the_endpoint(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    response = await client.post("/groups", json=NEW_GROUP, headers=asking("status", after=True))
    assert response.status_code == 500
    assert groups(sandbox) == ["Night bakers"]


async def test_a_fault_is_recorded(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.get("/courses?size=1", headers=asking("status"))
    record = sandbox.requests[-1]
    assert (record.fault, record.status) == ("status", 500)
    assert record.violations == ("query size: additionalProperties",)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"kind": "flood"}, "kind"),
        ({}, "kind"),
        ({"kind": "slow", "hours": 1}, "hours"),
        ({"kind": "status", "status": 200}, "status"),
        ({"kind": "redirect"}, "location"),
        ({"kind": "rate_limit", "retry_in": "nan"}, "retry_in"),
        ({"kind": "trickle", "pause": "inf"}, "pause"),
        ({"kind": "redirect", "location": "/a\r\nSet-Cookie: b"}, "location"),
        ({"kind": "reset", "match": "GET /lessons"}, "match"),
        ({"kind": "reset", "self": 1}, "self"),
        (["reset"], "body"),
    ],
)
async def test_a_fault_that_there_is_not_is_refused(
    client: httpx2.AsyncClient, asked: Any, complaint: str
) -> None:
    response = await client.post("/_sandbox/faults", json=asked)
    assert (response.status_code, list(response.json()["errors"])) == (422, [complaint])


@pytest.mark.parametrize("header", ["flood", '{"kind": "slow", "hours": 1}', '{"kind": '])
async def test_a_header_that_asks_for_no_fault_is_refused(client: httpx2.AsyncClient, header: str) -> None:
    assert (await client.get("/courses", headers={"X-Sandbox-Fault": header})).status_code == 422


def test_a_fault_that_there_is_not_is_an_error_in_process(sandbox: Sandbox) -> None:
    with pytest.raises(FaultError, match="kind: is one of empty, endless, hang_up"):
        sandbox.faults.add("flood")


@pytest.mark.parametrize(
    ("reset", "header"),
    [("seconds", "1768467630"), ("milliseconds", "1768467630000"), ("absent", None), ("soon", "soon")],
)
async def test_a_rate_limit_tells_its_end(
    client: httpx2.AsyncClient, sandbox: Sandbox, reset: str, header: str | None
) -> None:
    sandbox.faults.add("rate_limit", retry_in=30, reset=reset)
    response = await client.get("/courses")
    assert (response.status_code, response.headers.get("RateLimit-Reset")) == (429, header)


async def test_an_error_may_have_a_body_and_headers_of_its_own(client: httpx2.AsyncClient) -> None:
    fault = asking("status", status=529, body=["overloaded"], headers={"Retry-After": "3"})
    response = await client.get("/courses", headers=fault)
    answer = (response.status_code, response.json(), response.headers["Retry-After"])
    assert answer == (529, ["overloaded"], "3")


async def test_an_error_page_is_html(client: httpx2.AsyncClient) -> None:
    response = await client.get("/courses", headers=asking("html", status=599))
    assert response.headers["content-type"].startswith("text/html")
    assert "599" in response.text


async def test_a_redirect_leads_elsewhere(client: httpx2.AsyncClient) -> None:
    response = await client.get("/courses", headers=asking("redirect", location="/login"))
    assert (response.status_code, response.headers["location"]) == (302, "/login")


@pytest.mark.parametrize("status", [200, 204, 429, 502])
async def test_an_empty_answer_has_no_body(client: httpx2.AsyncClient, status: int) -> None:
    response = await client.get("/courses", headers=asking("empty", status=status))
    assert (response.status_code, response.content) == (status, b"")


@pytest.mark.parametrize("kind", ["invalid_json", "invalid_utf8"])
async def test_a_spoiled_success_cannot_be_read(client: httpx2.AsyncClient, kind: str) -> None:
    response = await client.get("/courses", headers=asking(kind))
    assert response.status_code == 200
    with pytest.raises(ValueError):
        json.loads(response.content.decode("utf-8"))


@pytest.mark.parametrize("body", ["OK", ["OK"], 3, None, {"items": 3, "meta": []}])
async def test_a_success_may_be_json_of_another_type(client: httpx2.AsyncClient, body: Any) -> None:
    response = await client.get("/courses", headers=asking("wrong_type", body=body))
    assert (response.status_code, response.json()) == (200, body)
    assert response.headers["content-type"].startswith("application/json")


async def test_a_true_answer_may_come_under_another_type(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    fault = asking("wrong_content_type")
    response = await client.post("/groups", json=NEW_GROUP, headers=fault)
    assert (response.headers["content-type"], response.json()["name"]) == ("text/plain", "Night bakers")
    assert groups(sandbox) == ["Night bakers"]


async def test_a_slow_answer_outlasts_a_short_timeout(remote: httpx2.AsyncClient) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        await remote.get("/courses", headers=asking("slow", seconds=30), timeout=SHORT)


async def test_a_slow_answer_is_the_true_one(remote: httpx2.AsyncClient) -> None:
    response = await remote.get("/courses/1", headers=asking("slow", seconds=0.05, after=True))
    assert response.json()["id"] == 1


async def test_nothing_is_carried_out_for_a_client_that_gave_up(
    remote: httpx2.AsyncClient, sandbox: Sandbox
) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        await remote.post("/groups", json=NEW_GROUP, headers=asking("slow", seconds=0.3), timeout=0.1)
    await remote.get("/courses", headers=asking("slow", seconds=0.4))
    assert groups(sandbox) == []


async def test_a_trickling_answer_arrives_whole(remote: httpx2.AsyncClient) -> None:
    response = await remote.get("/courses/1", headers=asking("trickle", pieces=4, pause=0.01))
    assert response.json()["id"] == 1


async def test_a_trickling_answer_outlasts_a_short_timeout(remote: httpx2.AsyncClient) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        await remote.get("/courses/1", headers=asking("trickle", pause=30), timeout=SHORT)


@pytest.mark.parametrize(("after", "made"), [(False, []), (True, ["Night bakers"])])
async def test_a_connection_may_end_in_order_before_its_answer(
    remote: httpx2.AsyncClient, sandbox: Sandbox, after: bool, made: list[str]
) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        await remote.post("/groups", json=NEW_GROUP, headers=asking("hang_up", after=after))
    assert groups(sandbox) == made
    assert (await remote.get("/courses")).status_code == 200


async def test_a_reset_connection_is_a_network_error(remote: httpx2.AsyncClient) -> None:
    with pytest.raises(httpx2.ReadError):
        await remote.get("/courses", headers=asking("reset"))


async def test_a_reset_may_follow_the_endpoint(remote: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    with pytest.raises(httpx2.ReadError):
        await remote.post("/groups", json=NEW_GROUP, headers=asking("reset", after=True))
    assert groups(sandbox) == ["Night bakers"]


async def test_a_reset_in_the_body_follows_the_endpoint(remote: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    with pytest.raises(httpx2.ReadError):
        await remote.post("/groups", json=NEW_GROUP, headers=asking("reset_body"))
    assert groups(sandbox) == ["Night bakers"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", ConnectionResetError),
        ("reset_body", ConnectionResetError),
        ("hang_up", ConnectionAbortedError),
    ],
)
async def test_a_broken_connection_without_a_socket_is_an_error_of_the_system(
    client: httpx2.AsyncClient, kind: str, error: type[ConnectionError]
) -> None:
    with pytest.raises(error):
        await client.get("/courses", headers=asking(kind))


async def test_the_server_goes_on_after_a_reset(remote: httpx2.AsyncClient) -> None:
    with pytest.raises(httpx2.ReadError):
        await remote.get("/courses", headers=asking("reset"))
    assert (await remote.get("/courses")).status_code == 200


async def test_a_truncated_answer_ends_before_its_promised_length(remote: httpx2.AsyncClient) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        await remote.get("/courses/1", headers=asking("truncated"))


async def test_a_truncated_answer_may_promise_only_its_half(remote: httpx2.AsyncClient) -> None:
    response = await remote.get("/courses/1", headers=asking("truncated", length="half"))
    with pytest.raises(ValueError):
        response.json()


async def test_a_truncated_answer_is_seen_in_process_too(client: httpx2.AsyncClient) -> None:
    response = await client.get("/courses/1", headers=asking("truncated"))
    assert len(response.content) < int(response.headers["content-length"])


async def test_a_web_page_cannot_ask_for_a_fault_with_a_simple_request(client: httpx2.AsyncClient) -> None:
    asked = await client.post("/_sandbox/faults", content='{"kind": "status"}')
    assert asked.status_code == 415
    assert (await client.get("/courses")).status_code == 200
