from collections.abc import AsyncGenerator

import pytest

from thinkific_mcp.guard.memory import Memory, ProcessMemory
from thinkific_mcp.guard.redis import RedisMemory

from ..redis_server import RedisServer


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
