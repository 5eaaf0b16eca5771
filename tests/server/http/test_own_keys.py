"""Schools whose callers bring their own API key."""

import anyio
import pytest

from thinkific_mcp.sandbox import Sandbox

from ...redis_server import RedisServer
from ..asking import PATIENCE, code_of, status_of, writes
from ..conftest import text_of
from ..examples import EXAMPLES
from .conftest import ERAS, Era, hosted

PATH = "/sites/sandbox/mcp"
KEY = "sandbox"


@pytest.fixture
def reached(site: dict[str, str]) -> dict[str, str]:
    """Return the settings of a server for schools that are at the sandbox's address."""
    return {"base_url": site["base_url"]}


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("sites", ["any", "other,sandbox"])
async def test_whoever_brings_a_schools_key_is_served(sites: str, era: Era, reached: dict[str, str]) -> None:
    async with hosted(**reached, sites=sites) as server, server.agent(KEY, era=era, path=PATH) as client:
        assert "Sourdough" in text_of(await client.call_tool("get_course", {"course_id": 1}))


async def test_a_key_costs_one_request_before_it_is_used(reached: dict[str, str], sandbox: Sandbox) -> None:
    async with hosted(**reached, sites="any") as server:
        for _ in range(5):
            assert (await server.ask(KEY, PATH)).status_code == 200
    assert [request.path for request in sandbox.requests] == ["/courses"]


async def test_keys_that_come_at_once_are_tried_once(reached: dict[str, str], sandbox: Sandbox) -> None:
    async with hosted(**reached, sites="any") as server, anyio.create_task_group() as tasks:
        for token in (KEY, "wrong"):
            for _ in range(20):
                tasks.start_soon(server.ask, token, PATH)
    assert len(sandbox.requests) == 2


async def test_a_wrong_key_is_refused_before_anything_is_done_with_it(
    reached: dict[str, str], sandbox: Sandbox
) -> None:
    async with hosted(**reached, sites="any") as server:
        refused = [await server.ask("wrong", PATH) for _ in range(5)]
    assert {answer.status_code for answer in refused} == {401}
    assert "API key" in refused[0].headers["www-authenticate"]
    assert [request.status for request in sandbox.requests] == [401]


async def test_many_wrong_keys_cost_a_school_ten_requests_a_minute(
    reached: dict[str, str], sandbox: Sandbox
) -> None:
    async with hosted(**reached, sites="any") as server:
        assert (await server.ask(KEY, PATH)).status_code == 200
        refused = [await server.ask(f"wrong-{number}", PATH, f"10.0.0.{number}") for number in range(30)]
        assert (await server.ask(KEY, PATH)).status_code == 200
    assert [answer.status_code for answer in refused] == [401] * 9 + [429] * 21
    assert refused[-1].headers["retry-after"] == "60"
    assert len(sandbox.requests) == 10


async def test_a_key_that_was_taken_back_is_tried_again(reached: dict[str, str], sandbox: Sandbox) -> None:
    async with hosted(**reached, sites="any") as server, server.agent(KEY, path=PATH) as client:
        sandbox.faults.add("status", status=401)
        assert (await client.call_tool("get_course", {"course_id": 1})).is_error
        await client.call_tool("get_course", {"course_id": 1})
    assert [request.path for request in sandbox.requests].count("/courses") == 2


@pytest.mark.parametrize(
    "path", ["/sites/other/mcp", "/sites/a.b/mcp", "/sites/-/mcp", "/sites/%2e%2e/mcp", f"/sites/{'a' * 64}/mcp"]
)
async def test_a_school_that_is_not_served_is_refused_without_a_request(
    path: str, reached: dict[str, str], sandbox: Sandbox
) -> None:
    async with hosted(**reached, sites="sandbox") as server:
        assert (await server.ask(KEY, path)).status_code == 404
    assert not sandbox.requests


async def test_without_a_key_nobody_is_served(reached: dict[str, str], sandbox: Sandbox) -> None:
    async with hosted(**reached, sites="any") as server:
        assert (await server.ask("", PATH)).status_code == 401
    assert not sandbox.requests


async def test_a_plan_without_apps_is_told_in_thinkifics_words(reached: dict[str, str]) -> None:
    async with hosted(**reached, sites="any") as server:
        refused = await server.ask("sandbox-without-apps", PATH)
    assert refused.status_code == 403
    assert "plan" in refused.json()["error"]["message"]


async def test_a_key_that_cannot_be_tried_now_is_put_off(reached: dict[str, str], sandbox: Sandbox) -> None:
    async with hosted(base_url="http://127.0.0.1:9", sites="any") as server:
        refused = await server.ask(KEY, PATH)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0


async def test_a_code_of_the_operators_school_is_none_for_who_brings_its_key(
    site: dict[str, str], sandbox: Sandbox
) -> None:
    async with (
        hosted(**site, sites="any") as server,
        server.agent() as own,
        server.agent(KEY, path=PATH) as theirs,
    ):
        code = code_of(await own.call_tool("delete_coupon", {"coupon_id": 1}))
        taken = await theirs.call_tool("delete_coupon", {"coupon_id": 1, "confirmation": code})
    assert status_of(taken) == "expired"
    assert not writes(sandbox)


async def test_a_script_by_content_is_not_signed_with_the_operators_secret(
    site: dict[str, str], sandbox: Sandbox
) -> None:
    script = {**EXAMPLES["create_site_script"].required, "content": "snow()"}
    del script["src"]
    app = {"client_secret": "sandbox", "confirm": "never"}
    async with (
        hosted(**site, **app, sites="any") as server,
        server.agent() as own,
        server.agent(KEY, path=PATH) as theirs,
    ):
        refused = await theirs.call_tool("create_site_script", script)
        assert "THINKIFIC_CLIENT_SECRET is not set" in text_of(refused)
        assert not writes(sandbox)
        assert not (await own.call_tool("create_site_script", script)).is_error


async def test_only_what_is_set_is_reached(site: dict[str, str], reached: dict[str, str]) -> None:
    async with hosted(**site) as one:
        assert (await one.ask(KEY, PATH)).status_code == 404
    async with hosted(**reached, sites="any") as many:
        assert (await many.ask(KEY)).status_code == 404


async def test_wrong_keys_from_one_address_are_tried_so_often_only_whatever_school_they_are_for(
    reached: dict[str, str], sandbox: Sandbox
) -> None:
    async with hosted(**reached, sites="any") as server:
        refused = [await server.ask("wrong", f"/sites/school-{number}/mcp") for number in range(55)]
    assert {answer.status_code for answer in refused[:50]} == {401}
    assert {answer.status_code for answer in refused[-2:]} == {429}


async def test_wrong_keys_are_tried_so_often_only_wherever_they_come_from(reached: dict[str, str]) -> None:
    async def ask(number: int) -> None:
        answer = await server.ask("wrong", f"/sites/school-{number}/mcp", f"10.0.{number // 250}.{number % 250}")
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            tasks.cancel_scope.cancel()

    statuses: list[int] = []
    async with hosted(**reached, sites="any") as server:
        with anyio.fail_after(PATIENCE):
            async with anyio.create_task_group() as tasks:
                for number in range(1000):
                    tasks.start_soon(ask, number)
    assert 429 in statuses


async def test_keys_that_are_right_do_not_count_against_their_address(reached: dict[str, str]) -> None:
    async with hosted(**reached, sites="any") as server:
        for number in range(48):
            await server.ask("wrong", f"/sites/school-{number}/mcp")
        for _ in range(4):
            assert (await server.ask(KEY, PATH)).status_code == 200


async def test_addresses_of_one_network_of_ipv6_count_as_one(reached: dict[str, str]) -> None:
    async with hosted(**reached, sites="any") as server:
        refused = [
            await server.ask("wrong", f"/sites/school-{number}/mcp", f"2001:db8::{number:x}")
            for number in range(55)
        ]
    assert refused[-1].status_code == 429


async def test_a_key_that_is_in_use_is_tried_again_whatever_strangers_do(
    reached: dict[str, str], empty_redis: RedisServer
) -> None:
    redis = {"redis_url": empty_redis.url}
    async with hosted(**reached, **redis, sites="any") as one, hosted(**reached, **redis, sites="any") as other:
        assert (await one.ask(KEY, PATH)).status_code == 200
        for key in empty_redis.ask("KEYS", "*:key:*"):
            empty_redis.ask("DEL", key)  # as an hour later
        refused = [await other.ask(f"wrong-{number}", PATH, f"10.0.0.{number}") for number in range(12)]
        assert refused[-1].status_code == 429
        assert (await other.ask(KEY, PATH)).status_code == 200


@pytest.mark.parametrize("value", ["", "other", "good "])
async def test_a_verdict_that_is_none_is_not_believed(
    value: str, reached: dict[str, str], empty_redis: RedisServer, sandbox: Sandbox
) -> None:
    async with hosted(**reached, redis_url=empty_redis.url, sites="any") as server:
        await server.ask(KEY, PATH)
        (key,) = empty_redis.ask("KEYS", "*:key:*")
        empty_redis.ask("SET", key, value)
    async with hosted(**reached, redis_url=empty_redis.url, sites="any") as server:
        assert (await server.ask(KEY, PATH)).status_code == 200
    assert len([request for request in sandbox.requests if request.path == "/courses"]) == 2
