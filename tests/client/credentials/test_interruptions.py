"""A refresh that is cut off: by a cancelled call, a broken connection, a full disk, or the end of the process."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from functools import partial

import anyio
import httpx2
import pytest

from thinkific_mcp.client.credentials import FileTokens, Tokens
from thinkific_mcp.client.credentials.errand import finish
from thinkific_mcp.errors import CredentialsError, SettingsError, UnreachableError
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from .conftest import FIRST, NOW, SIGN_IN, Wire, app, bearer, nothing, reads

CHILD = """
import os, signal, sys
from pathlib import Path
import anyio, httpx2
from thinkific_mcp.client.credentials import FileTokens, OAuth

address, path, moment = sys.argv[1:]

class Doomed(httpx2.AsyncHTTPTransport):
    async def handle_async_request(self, request):
        if moment == "after":
            await (await super().handle_async_request(request)).aread()
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with httpx2.AsyncClient(transport=Doomed()) as http:
        await OAuth("sandbox", "sandbox", "sandbox", FileTokens(Path(path)), oauth_url=address).headers(http)

anyio.run(main)
"""


class Disk:
    """A store that may be full."""

    def __init__(self) -> None:
        self.tokens = Tokens(FIRST)
        self.is_full = False

    def lock(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def load(self) -> Tokens | None:
        return self.tokens

    def save(self, tokens: Tokens) -> None:
        if self.is_full:
            raise SettingsError("The disk is full.")
        self.tokens = tokens


async def broken() -> None:
    raise httpx2.ReadError("s3cret")


async def killed(address: str, file: FileTokens, moment: str) -> None:
    """Let a process refresh, and kill it before Thinkific hears of it, or after it has answered."""
    child = await anyio.run_process(
        [sys.executable, "-c", CHILD, address, str(file.path), moment], check=False, stderr=None
    )
    assert child.returncode == -9


@pytest.fixture
async def served(sandbox: Sandbox) -> AsyncIterator[str]:
    with running(sandbox) as address:
        yield address


async def cancelled_by_anyio(work: Callable[[], Awaitable[object]]) -> bool:
    with anyio.move_on_after(0.05) as scope:
        await work()
    return scope.cancelled_caught


async def cancelled_by_asyncio(work: Callable[[], Awaitable[object]]) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await work()
            return False
    return True


@pytest.mark.parametrize("cancelled", [cancelled_by_anyio, cancelled_by_asyncio])
async def test_a_call_that_is_cancelled_while_it_refreshes_loses_nothing(
    http: httpx2.AsyncClient,
    wire: Wire,
    file: FileTokens,
    cancelled: Callable[[Callable[[], Awaitable[object]]], Awaitable[bool]],
) -> None:
    wire.after = partial(anyio.sleep, 0.2)
    credentials = app(file)
    assert await cancelled(partial(credentials.headers, http))
    assert file.load() == Tokens(FIRST, refreshing=True)
    await finish(http)
    assert file.load() == Tokens(f"{FIRST}-1", "sandbox-access-1", NOW + 86_399)
    assert (await reads(credentials, http), wire.used) == (200, [FIRST])


async def test_a_call_that_waits_for_another_s_refresh_can_be_cancelled(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    refreshing, answered = anyio.Event(), anyio.Event()

    async def hold() -> None:
        refreshing.set()
        await answered.wait()

    wire.before = hold
    credentials = app(file)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(credentials.headers, http)
            await refreshing.wait()
            with anyio.CancelScope() as scope:
                scope.cancel()
                await credentials.headers(http)
            assert scope.cancelled_caught
            answered.set()


async def test_a_process_killed_before_thinkific_heard_of_the_refresh_goes_on_at_its_next_start(
    served: str, http: httpx2.AsyncClient, file: FileTokens
) -> None:
    await killed(served, file, "before")
    assert file.load() == Tokens(FIRST, refreshing=True)
    assert await reads(app(file), http) == 200


async def test_a_process_killed_before_it_stored_the_answer_says_so_at_its_next_start(
    served: str, http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    await killed(served, file, "after")
    for _ in range(2):
        with pytest.raises(CredentialsError, match="cut off before its answer could be stored") as caught:
            await bearer(app(file), http)
        assert SIGN_IN in str(caught.value)
    file.path.write_text(f"{FIRST}-1")
    assert await reads(app(file), http) == 200


async def test_while_thinkific_is_asked_the_store_says_so(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    seen: list[Tokens | None] = []

    async def look() -> None:
        seen.append(file.load())

    wire.before = wire.after = look
    await bearer(app(file), http)
    assert seen == [Tokens(FIRST, refreshing=True)] * 2


async def test_a_refresh_whose_answer_was_lost_is_tried_again_and_explained(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    wire.after = broken
    credentials = app(file)
    with pytest.raises(UnreachableError) as lost:
        await bearer(credentials, http)
    assert (lost.value.sent, "ReadError" in str(lost.value)) == (False, True)
    wire.after = nothing
    with pytest.raises(CredentialsError, match="cut off"):
        await bearer(credentials, http)


async def test_a_refresh_that_never_arrived_is_made_up_for(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    wire.before = broken
    credentials = app(file)
    with pytest.raises(UnreachableError):
        await bearer(credentials, http)
    wire.before = nothing
    assert (await reads(credentials, http), wire.used) == (200, [FIRST, FIRST])


async def test_a_store_that_takes_nothing_stops_a_refresh_before_thinkific_hears_of_it(
    http: httpx2.AsyncClient, wire: Wire
) -> None:
    store = Disk()
    store.is_full = True
    with pytest.raises(SettingsError, match="full"):
        await bearer(app(store), http)
    assert wire.used == []


async def test_tokens_that_could_not_be_stored_are_neither_used_nor_lost(
    http: httpx2.AsyncClient, wire: Wire
) -> None:
    store = Disk()

    async def fill() -> None:
        store.is_full = True

    wire.after = fill
    credentials = app(store)
    for _ in range(2):
        with pytest.raises(SettingsError, match="full"):
            await bearer(credentials, http)
    store.is_full = False
    assert (await reads(credentials, http), wire.used, store.tokens.refresh_token) == (200, [FIRST], f"{FIRST}-1")


async def test_tokens_that_could_not_be_stored_do_not_replace_those_of_a_new_sign_in(
    http: httpx2.AsyncClient, wire: Wire
) -> None:
    store = Disk()

    async def fill() -> None:
        store.is_full = True

    wire.after = fill
    credentials = app(store)
    with pytest.raises(SettingsError, match="full"):
        await bearer(credentials, http)
    wire.after, store.is_full, store.tokens = nothing, False, Tokens("new")
    with pytest.raises(CredentialsError):  # the sandbox knows nothing of the new one
        await bearer(credentials, http)
    assert (wire.used, store.tokens) == ([FIRST, "new"], Tokens("new"))


async def test_an_error_of_a_store_reaches_the_caller_as_it_is(http: httpx2.AsyncClient, wire: Wire) -> None:
    class Vault(Disk):
        def save(self, tokens: Tokens) -> None:
            raise ConnectionRefusedError("vault")

    with pytest.raises(ConnectionRefusedError, match="vault"):
        await bearer(app(Vault()), http)
