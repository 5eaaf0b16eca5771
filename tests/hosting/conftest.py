from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..redis_server import RedisServer
from .replicas import Replica, many_sites, running_replicas
from .schools import Schools, running_schools

Start = Callable[..., list[Replica]]
"""Starts so many replicas with further settings, which are ended after the test."""


@pytest.fixture(scope="module")
def upstream() -> Generator[tuple[Schools, str]]:
    with running_schools(8) as upstream:
        yield upstream


@pytest.fixture
def schools(upstream: tuple[Schools, str]) -> Schools:
    return upstream[0]


@pytest.fixture
def start(upstream: tuple[Schools, str], empty_redis: RedisServer, tmp_path: Path) -> Generator[Start]:
    with ExitStack() as stack:

        def start(count: int, **more: str) -> list[Replica]:
            environment = many_sites(upstream[1], **{"redis": empty_redis.url, **more})
            return stack.enter_context(running_replicas(count, environment, tmp_path / "logs"))

        yield start
