"""Redis stops: what needs nobody's yes goes on, what does is refused in clear words, until Redis is back."""

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import anyio
import pytest

from ..redis_server import RedisServer, running_redis
from ..server.asking import PATIENCE, ask, code_of, nobody, status_of
from ..server.conftest import ERAS, Era, text_of
from .agents import agent
from .replicas import Replica, many_sites, running_replicas
from .schools import School, Schools


@pytest.fixture(scope="module")
def redis(redis_program: None) -> Generator[RedisServer]:
    with running_redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def replica(
    upstream: tuple[Schools, str], redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Replica]:
    folder: Path = tmp_path_factory.mktemp("outage")
    settings = many_sites(upstream[1], redis.url, THINKIFIC_REQUESTS_PER_MINUTE="6000")
    with running_replicas(1, settings, folder) as replicas:
        yield replicas[0]


@pytest.fixture
def school(schools: Schools) -> School:
    return schools.of["site-00"]


async def _read(replica: Replica, school: School, era: Era, key: int = 0) -> str:
    async with agent(replica.address, school.name, school.keys[key], era) as client:
        return status_of(await client.call_tool("get_course", {"course_id": 1}))


async def _reads_go_on(replica: Replica, school: School) -> None:
    with anyio.fail_after(PATIENCE):
        assert [await _read(replica, school, era) for era in ERAS] == ["done", "done"]
        # Nobody has tried this key before.
        assert await _read(replica, school, "auto", key=len(school.used)) == "done"


async def _delete_refused(replica: Replica, school: School, code: str) -> None:
    before = school.changed
    for era in ERAS:
        arguments = {"coupon_id": 1, "confirmation": code}
        async with agent(replica.address, school.name, school.keys[0], era) as client:
            for attempt in ({"coupon_id": 1}, arguments):
                refused = await client.call_tool("delete_coupon", attempt)
                assert refused.is_error and "in Redis cannot be used" in text_of(refused)
    async with agent(replica.address, school.name, school.keys[0], elicitation_callback=nobody) as client:
        assert status_of(await ask(client, "delete_coupon", {"coupon_id": 1})) == "error"
    assert school.changed == before


async def _delete_works(replica: Replica, school: School, coupon: int) -> None:
    async with agent(replica.address, school.name, school.keys[0]) as client:
        code = code_of(await client.call_tool("delete_coupon", {"coupon_id": coupon}))
        with_code = {"coupon_id": coupon, "confirmation": code}
        assert status_of(await client.call_tool("delete_coupon", with_code)) == "done"
    assert school.changed[-1] == f"DELETE /coupons/{coupon} 204"


async def test_reads_go_on_while_redis_does_not_answer(
    replica: Replica, school: School, redis: RedisServer
) -> None:
    assert await _read(replica, school, "auto") == "done"
    with redis.frozen():
        await _reads_go_on(replica, school)


async def test_without_redis_reads_go_on_and_deletions_wait_until_it_is_back(
    replica: Replica, school: School, redis: RedisServer
) -> None:
    async with agent(replica.address, school.name, school.keys[0]) as client:
        code = code_of(await client.call_tool("delete_coupon", {"coupon_id": 1}))
    with ExitStack() as stack:
        redis.process.kill()
        redis.process.wait()
        await _reads_go_on(replica, school)
        await _delete_refused(replica, school, code)
        stack.enter_context(running_redis(redis.port))
        with anyio.fail_after(PATIENCE):
            await _delete_works(replica, school, 2)
            await _reads_go_on(replica, school)
