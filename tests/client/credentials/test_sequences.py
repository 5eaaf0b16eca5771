"""Whatever happens to an app's tokens, in whatever order."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext

import anyio
import httpx2
from hypothesis import example, given
from hypothesis import strategies as st

from thinkific_mcp.client.credentials import OAuth, Tokens
from thinkific_mcp.client.credentials.errand import finish
from thinkific_mcp.errors import CredentialsError, UnreachableError
from thinkific_mcp.sandbox import Sandbox

from .conftest import FIRST, SIGN_IN, Clock, Wire, app, nothing, reads


class Store:
    """What a process leaves behind."""

    def __init__(self) -> None:
        self.tokens = Tokens(FIRST)

    def lock(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def load(self) -> Tokens | None:
        return self.tokens

    def save(self, tokens: Tokens) -> None:
        self.tokens = tokens


class Life:
    """An app's processes, one after another, and the person who signs in again where that is needed."""

    def __init__(self) -> None:
        self.clock, self.store = Clock(), Store()
        self.sandbox = Sandbox(students=1, now=self.clock.as_datetime)
        self.wire = Wire(self.sandbox)
        self.credentials: OAuth = app(self.store, self.clock)
        self.scope = anyio.CancelScope()
        self.cut_off: list[str] = []
        self.outcomes: list[int | str] = []
        self.https: list[httpx2.AsyncClient] = []

    async def call(self) -> None:
        with anyio.CancelScope() as self.scope:
            try:
                async with httpx2.AsyncClient(
                    transport=self.wire, base_url="http://sandbox", headers={"User-Agent": "tests/1"}
                ) as http:
                    self.https.append(http)
                    self.outcomes.append(await reads(self.credentials, http))
            except UnreachableError:
                self.outcomes.append("lost")
            except CredentialsError as error:
                assert SIGN_IN in str(error) and "cut off" in str(error)
                self.outcomes.append("signed out")
                self.store.save(Tokens(f"{FIRST}-{self.sandbox.tokens.answers.count(200)}"))

    async def restart(self) -> None:
        """End a process as closing its client does, and start another."""
        for http in self.https:
            await finish(http)
        await self.start()

    async def start(self) -> None:
        self.credentials = app(self.store, self.clock)

    async def expire(self) -> None:
        self.clock.now += 90_000

    async def revoke(self) -> None:
        self.clock.now += 600
        self.sandbox.tokens.expire_all()

    async def kill(self) -> None:
        self.cut_off.append(self.wire.used[-1])
        await self.start()
        raise anyio.get_cancelled_exc_class()  # as where the event loop ends

    async def lose(self) -> None:
        self.cut_off.append(self.wire.used[-1])
        raise httpx2.ReadError("reset")

    async def cancel(self) -> None:
        self.scope.cancel()
        await anyio.lowlevel.checkpoint()

    def once(self, happening: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def happen() -> None:
            self.wire.before = self.wire.after = nothing
            await happening()

        return happen

    async def before(self, happening: Callable[[], Awaitable[None]]) -> None:
        """Let something happen to the next refresh before Thinkific hears of it."""
        self.wire.before = self.once(happening)

    async def after(self, happening: Callable[[], Awaitable[None]]) -> None:
        """Let something happen to the next refresh once Thinkific has carried it out."""
        self.wire.after = self.once(happening)


STEPS: Mapping[str, Callable[[Life], Awaitable[None]]] = {
    "call": Life.call,
    "restart": Life.restart,
    "expire": Life.expire,
    "revoke": Life.revoke,
    "kill before": lambda life: life.before(life.kill),
    "kill after": lambda life: life.after(life.kill),
    "lose before": lambda life: life.before(life.lose),
    "lose after": lambda life: life.after(life.lose),
    "cancel before": lambda life: life.before(life.cancel),
    "cancel after": lambda life: life.after(life.cancel),
}


@example(["cancel after", "call", "revoke", "call"])
@example(["cancel before", "call", "cancel after", "restart", "call"])
@given(st.lists(st.one_of(st.just("call"), st.sampled_from(sorted(STEPS))), max_size=30))
async def test_no_refresh_token_is_used_twice_unless_a_refresh_was_cut_off(steps: list[str]) -> None:
    life = Life()
    for step in steps:
        await STEPS[step](life)
    used_again = {token for token, times in Counter(life.wire.used).items() if times > 1}
    assert used_again <= set(life.cut_off)
    assert 401 not in life.outcomes
    if not life.cut_off:
        assert life.sandbox.tokens.answers.count(400) == 0
    life.wire.before = life.wire.after = nothing
    await life.call()
    await life.call()
    assert life.outcomes[-1] == 200
    life.sandbox.close()
