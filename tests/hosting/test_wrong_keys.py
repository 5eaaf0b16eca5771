"""Keys that a school does not take: what they are told, what they cost, and whom they do not disturb."""

import base64
import hashlib
import json
from collections.abc import AsyncGenerator, Generator
from itertools import count, cycle
from pathlib import Path

import httpx2
import pytest

from ..redis_server import running_redis
from .messages import CALL_HEADERS, call_body
from .replicas import Replica, many_sites, running_replicas
from .schools import School, Schools

WRONG = "wrong-key-5d1f40c2b97a4e63"
_numbers = count()


@pytest.fixture(scope="module")
def replicas(
    redis_program: None, upstream: tuple[Schools, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[list[Replica]]:
    folder: Path = tmp_path_factory.mktemp("keys")
    with running_redis() as redis:
        environment = many_sites(
            upstream[1], redis.url, THINKIFIC_LOG_LEVEL="DEBUG", THINKIFIC_TRUSTED_PROXIES="127.0.0.1"
        )
        with running_replicas(2, environment, folder) as replicas:
            yield replicas


@pytest.fixture
async def http() -> AsyncGenerator[httpx2.AsyncClient]:
    # From an address of its own, since new keys are tried at a limited rate from each.
    headers = {**CALL_HEADERS, "X-Forwarded-For": f"203.0.113.{next(_numbers)}"}
    async with httpx2.AsyncClient(timeout=30, headers=headers) as http:
        yield http


@pytest.fixture
def school(schools: Schools) -> School:
    """Return a school that nobody has called yet."""
    return list(schools)[next(_numbers) // 2]


async def _call(http: httpx2.AsyncClient, replica: Replica, school: School, key: str) -> httpx2.Response:
    address = f"{replica.address}/sites/{school.name}/mcp"
    return await http.post(address, content=call_body(), headers={"Authorization": f"Bearer {key}"})


async def test_a_wrong_key_is_told_so_at_once(
    http: httpx2.AsyncClient, replicas: list[Replica], school: School
) -> None:
    refused = await _call(http, replicas[0], school, WRONG)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
    assert refused.json()["error"]["data"] == {"reason": "invalid_token"}


async def test_a_wrong_key_costs_one_request_however_often_it_comes_to_whichever_replica(
    http: httpx2.AsyncClient, replicas: list[Replica], school: School
) -> None:
    statuses = {
        (await _call(http, replica, school, WRONG)).status_code
        for replica, _ in zip(cycle(replicas), range(40), strict=False)
    }
    assert statuses <= {401, 429}
    assert school.asked() == 1


async def test_many_wrong_keys_of_a_school_cost_ten_requests_a_minute(
    http: httpx2.AsyncClient, replicas: list[Replica], school: School
) -> None:
    for number, replica in zip(range(40), cycle(replicas), strict=False):
        refused = await _call(http, replica, school, f"{WRONG}-{number}")
        assert refused.status_code in (401, 429)
    assert 0 < school.asked() <= 10


async def test_meanwhile_a_key_that_was_proven_is_served(
    http: httpx2.AsyncClient, replicas: list[Replica], school: School
) -> None:
    assert (await _call(http, replicas[0], school, school.keys[0])).status_code == 200
    for number in range(40):
        await _call(http, replicas[0], school, f"{WRONG}-{number}")
    served = [await _call(http, replica, school, school.keys[0]) for replica in replicas]
    assert [answer.status_code for answer in served] == [200, 200]
    assert all(school.name in json.dumps(answer.json()) for answer in served)


async def test_no_log_line_holds_a_key_or_its_whole_hash(
    http: httpx2.AsyncClient, replicas: list[Replica], school: School
) -> None:
    keys = [WRONG, school.keys[0]]
    for key in keys:
        await _call(http, replicas[0], school, key)
    said = "".join(replica.said() for replica in replicas)
    assert said
    assert not [secret for key in keys for secret in _forms(school, key) if secret in said]


def _forms(school: School, key: str) -> list[str]:
    """Return a key as it must not be logged."""
    hashed = [key, f"{school.name}{key}", f"{school.name}:{key}", json.dumps([school.name, key])]
    digests = [hashlib.sha256(text.encode()).digest() for text in hashed]
    return [key, *(digest.hex() for digest in digests), *(base64.b64encode(digest).decode() for digest in digests)]
