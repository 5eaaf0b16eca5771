"""Two processes of the server that share nothing but a Redis and a journal."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import anyio
import pytest

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from ..redis_server import RedisServer
from ..server.asking import PATIENCE, writes
from ..server.examples import demo_sandbox
from .hosting import Host, hosted


@pytest.fixture
def sandbox() -> Sandbox:
    return demo_sandbox()


@pytest.fixture
def environment(sandbox: Sandbox, tmp_path: Path, empty_redis: RedisServer) -> Generator[dict[str, str]]:
    with running(sandbox) as address:
        yield {
            "THINKIFIC_SUBDOMAIN": "sandbox",
            "THINKIFIC_API_KEY": "sandbox",
            "THINKIFIC_BASE_URL": address,
            "THINKIFIC_REDIS_URL": empty_redis.url,
            "THINKIFIC_JOURNAL": str(tmp_path / "journal.jsonl"),
        }


@pytest.fixture
async def mute(environment: dict[str, str], sandbox: Sandbox) -> AsyncGenerator[tuple[Host, Host]]:
    """Open a host at each process, which cannot ask, both about the same coupon."""
    async with (
        hosted(environment, sandbox, "auto", None) as first,
        hosted(environment, sandbox, "auto", None) as second,
    ):
        first.turn_to_a_new_coupon()
        second.coupon = first.coupon
        with anyio.fail_after(PATIENCE):
            yield first, second


async def test_a_code_of_one_process_acts_once_in_another(mute: tuple[Host, Host], sandbox: Sandbox) -> None:
    first, second = mute
    code = await first.code()
    assert await second.delete(confirmation=code) == "done"
    assert [await each.delete(confirmation=code) for each in (first, second)] == ["expired", "expired"]
    assert writes(sandbox) == [f"DELETE /coupons/{first.coupon} 204"]


async def test_a_code_given_to_both_at_once_acts_once(mute: tuple[Host, Host], sandbox: Sandbox) -> None:
    first, second = mute
    code = await first.code()
    ended: list[str] = []

    async def act(host: Host) -> None:
        ended.append(await host.delete(confirmation=code))

    async with anyio.create_task_group() as tasks:
        for host in (first, second) * 3:
            tasks.start_soon(act, host)
    assert (sorted(ended), len(writes(sandbox))) == (["done", *["expired"] * 5], 1)
