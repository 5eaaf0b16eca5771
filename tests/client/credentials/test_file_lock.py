import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import httpx2
import pytest
from trio.testing import MockClock

from thinkific_mcp.client.credentials import FileTokens, Tokens
from thinkific_mcp.client.credentials.errand import finish
from thinkific_mcp.errors import SettingsError

from .conftest import FIRST, Wire, app, bearer, reads


def on_virtual_time(measure: Callable[[], Awaitable[float]]) -> float:
    """Return the seconds that something takes, none of which pass."""
    return anyio.run(measure, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})


async def test_one_at_a_time_holds_the_lock(file: FileTokens) -> None:
    happened: list[str] = []

    async def hold() -> None:
        async with FileTokens(file.path).lock():
            happened.append("takes")
            await anyio.sleep(0.01)
            happened.append("leaves")

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(hold)
    assert happened == ["takes", "leaves"] * 4


async def test_a_linked_file_has_one_lock(tmp_path: Path, file: FileTokens) -> None:
    (tmp_path / "link").symlink_to(file.path)
    async with file.lock():
        with anyio.move_on_after(0.2) as scope:
            async with FileTokens(tmp_path / "link").lock():
                pass
    assert scope.cancelled_caught


async def test_whoever_waits_for_the_lock_may_leave(file: FileTokens) -> None:
    async with file.lock():
        with anyio.move_on_after(0.1):
            async with file.lock():
                raise AssertionError
    with anyio.fail_after(5):
        async with file.lock():
            pass


async def test_only_its_owner_can_open_the_lock_which_stays_and_does_no_harm(file: FileTokens) -> None:
    for _ in range(2):
        async with file.lock():
            pass
    lock = file.path.with_name("tokens.lock")
    assert (stat.S_IMODE(lock.stat().st_mode), lock.read_bytes()) == (0o600, b"")
    assert sorted(os.listdir(file.path.parent)) == ["tokens", "tokens.lock"]


async def test_a_file_that_cannot_be_locked_stops_a_refresh_before_thinkific_hears_of_it(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    file.path.with_name("tokens.lock").mkdir()
    with pytest.raises(SettingsError, match=r"cannot be locked \(IsADirectoryError\)"):
        await bearer(app(file), http)
    assert (wire.used, file.load()) == ([], Tokens(FIRST))


async def test_a_call_does_not_wait_for_the_lock_longer_than_it_wants(
    http: httpx2.AsyncClient, file: FileTokens
) -> None:
    credentials = app(file)
    async with file.lock():
        with anyio.move_on_after(0.1) as scope:
            await bearer(credentials, http)
    assert scope.cancelled_caught
    assert await reads(credentials, http) == 200


def test_a_lock_that_never_comes_free_is_given_up_after_half_a_minute(file: FileTokens) -> None:
    async def patience() -> float:
        async with file.lock():
            started = anyio.current_time()
            with pytest.raises(SettingsError, match=r"kept .* locked for 30 seconds"):
                async with FileTokens(file.path).lock():
                    raise AssertionError
            return anyio.current_time() - started

    assert on_virtual_time(patience) == pytest.approx(30, abs=0.1)


def test_on_trio_too_a_refresh_outlives_the_call_that_needed_it(file: FileTokens) -> None:
    async def answer(_: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(8)
        return httpx2.Response(200, json={"access_token": "access", "refresh_token": "next"})

    async def patience() -> float:
        started = anyio.current_time()
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
            with anyio.move_on_after(1):
                await bearer(app(file), http)
            left = anyio.current_time() - started
            with anyio.CancelScope() as scope:
                scope.cancel()
                await finish(http)
        return left

    assert (on_virtual_time(patience), file.load()) == (1, Tokens("next", "access"))
