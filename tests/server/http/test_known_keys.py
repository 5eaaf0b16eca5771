"""What processes with one memory know of callers' API keys."""

from thinkific_mcp.guard.memory import ProcessMemory
from thinkific_mcp.server.http.known_keys import KnownKeys


async def test_a_wrong_key_is_wrong_elsewhere_no_longer_than_where_it_was_tried() -> None:
    shared = ProcessMemory()
    here, there = KnownKeys(shared), KnownKeys(shared)
    await here.note("a hash", "wrong")
    assert await there.verdict("a hash") == "wrong"
    await here.forget("a hash")
    assert await there.verdict("a hash") is None


async def test_a_good_key_stays_good_where_the_memory_is_gone() -> None:
    shared = ProcessMemory()
    here, there = KnownKeys(shared), KnownKeys(shared)
    await here.note("a hash", "good")
    assert await there.verdict("a hash") == "good"
    await here.forget("a hash")
    assert await there.verdict("a hash") == "good"
