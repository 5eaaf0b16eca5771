from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from thinkific_mcp.sandbox import Sandbox

from .conftest import NOW

LIFE = 86_399
FIRST = {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh"}


class Clock:
    """The school's clock, set by the test."""

    def __init__(self) -> None:
        self.now = NOW


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    return Sandbox(students=1, now=lambda: clock.now)


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(sandbox)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        yield http
    sandbox.close()


async def asked(http: httpx2.AsyncClient, **fields: Any) -> httpx2.Response:
    return await http.post("/oauth2/token", json=fields, auth=("sandbox", "sandbox"))


async def reads(http: httpx2.AsyncClient, token: str) -> int:
    return (await http.get("/courses", headers={"Authorization": f"Bearer {token}"})).status_code


async def test_a_refresh_gives_what_thinkific_gives(http: httpx2.AsyncClient) -> None:
    response = await asked(http, **FIRST)
    answer = response.json()
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert sorted(answer) == ["access_token", "expires_in", "gid", "refresh_token", "token_type"]
    assert (answer["expires_in"], answer["token_type"]) == (LIFE, "bearer")


async def test_a_refresh_token_works_once_and_the_next_one_after_it(http: httpx2.AsyncClient) -> None:
    following = (await asked(http, **FIRST)).json()["refresh_token"]
    again = await asked(http, **FIRST)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    assert (await asked(http, grant_type="refresh_token", refresh_token=following)).status_code == 200


async def test_an_access_token_is_good_until_its_end_by_the_schools_clock(
    http: httpx2.AsyncClient, clock: Clock
) -> None:
    token = (await asked(http, **FIRST)).json()["access_token"]
    clock.now = NOW + timedelta(seconds=LIFE - 1)
    assert await reads(http, token) == 200
    clock.now = NOW + timedelta(seconds=LIFE)
    assert await reads(http, token) == 401


async def test_an_access_token_outlives_the_next_refresh(http: httpx2.AsyncClient) -> None:
    first = (await asked(http, **FIRST)).json()
    await asked(http, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert await reads(http, first["access_token"]) == 200


async def test_access_tokens_can_be_expired_by_hand(http: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    token = (await asked(http, **FIRST)).json()["access_token"]
    sandbox.tokens.expire_all()
    assert await reads(http, token) == 401


async def test_a_refresh_token_is_no_access_token(http: httpx2.AsyncClient) -> None:
    assert await reads(http, "sandbox-refresh") == 401


@pytest.mark.parametrize("authorization", ["Basic c2FuZGJveDpndWVzcw==", "Basic ?", "Bearer sandbox", ""])
async def test_an_app_that_is_not_known_gets_nothing_and_uses_nothing_up(
    http: httpx2.AsyncClient, authorization: str
) -> None:
    response = await http.post("/oauth2/token", json=FIRST, headers={"Authorization": authorization})
    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})
    assert (await asked(http, **FIRST)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"grant_type": "password", "username": "a", "password": "b"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": 1}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
async def test_other_requests_are_refused_by_their_reason(
    http: httpx2.AsyncClient, fields: dict[str, Any], reason: str
) -> None:
    response = await asked(http, **fields)
    assert (response.status_code, response.json()) == (400, {"error": reason})


@pytest.mark.parametrize(
    "sent", [{"data": FIRST}, {"content": "{", "headers": {"Content-Type": "application/json"}}, {"json": []}]
)
async def test_only_a_json_object_is_understood(http: httpx2.AsyncClient, sent: dict[str, Any]) -> None:
    response = await http.post("/oauth2/token", auth=("sandbox", "sandbox"), **sent)
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


async def test_a_refresh_is_no_request_to_the_api(http: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await asked(http, **FIRST)
    await asked(http, **FIRST)
    assert (len(sandbox.requests), sandbox.violations, sandbox.tokens.answers) == (0, [], [200, 400])


async def test_a_request_with_an_access_token_is_recorded_as_one_with_the_right_credentials(
    http: httpx2.AsyncClient, sandbox: Sandbox
) -> None:
    token = (await asked(http, **FIRST)).json()["access_token"]
    await reads(http, token)
    sandbox.tokens.expire_all()
    await reads(http, token)
    assert [request.credentials for request in sandbox.requests] == ["correct", "wrong"]
