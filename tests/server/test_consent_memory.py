"""What becomes of a change when questions and codes cannot be remembered."""

import anyio
import httpx2
import pytest

from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.guard.redis import RedisMemory
from thinkific_mcp.sandbox import Sandbox

from ..redis_server import free_port
from .asking import PATIENCE, Person, writes
from .conftest import Era, opened, text_of


@pytest.mark.parametrize(
    ("era", "can_ask"), [("legacy", False), ("auto", False), ("auto", True)], ids=["2025", "2026", "asking"]
)
async def test_without_the_memory_nothing_is_done_and_it_is_said_why(
    sandbox: Sandbox, era: Era, *, can_ask: bool
) -> None:
    client = opened(
        httpx2.ASGITransport(sandbox),
        ["delete_coupon"],
        era,
        guard=Guard(memory=RedisMemory(f"redis://127.0.0.1:{free_port()}")),
        elicitation_callback=Person() if can_ask else None,
    )
    with anyio.fail_after(PATIENCE):
        async with client:
            result = await client.call_tool("delete_coupon", {"coupon_id": 3})
    assert result.is_error
    assert "in Redis cannot be used: no connection. Nothing was sent." in text_of(result)
    assert writes(sandbox) == []
