from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from thinkific_mcp.guard.journal import Journal
from thinkific_mcp.guard.memory import Memory, ProcessMemory
from thinkific_mcp.guard.redis import RedisMemory

from ..redis_server import RedisServer
from .journals import Clock


@pytest.fixture(params=["process", "redis"])
async def memory(request: pytest.FixtureRequest) -> AsyncGenerator[Memory]:
    """Return each kind of memory, empty."""
    if request.param == "process":
        yield ProcessMemory()
        return
    redis: RedisServer = request.getfixturevalue("empty_redis")
    memory = RedisMemory(redis.url)
    yield memory
    await memory.aclose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(path: Path, clock: Clock) -> Journal:
    return Journal(path, now=clock)
