"""What an app's calls are sent like, while its tokens run out."""

import json
from collections.abc import AsyncIterator, Mapping

import anyio
import httpx2
import pytest

from thinkific_mcp import Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.credentials import Credentials, FileTokens, Tokens
from thinkific_mcp.errors import CredentialsError, DeadlineError, UnreachableError
from thinkific_mcp.sandbox import Sandbox

from .conftest import FIRST, NOW, Clock, Wire, app

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")


def groups(sandbox: Sandbox) -> int:
    return sandbox.school.value("SELECT count(*) FROM groups WHERE name = 'Night bakers'")


def client(credentials: Credentials, wire: httpx2.AsyncBaseTransport, deadline: float = 45) -> Thinkific:
    budgets = Budgets(Limits(10**9, 10**9))
    return Thinkific(credentials, transport=wire, budgets=budgets, deadline=deadline, random=lambda: 0.0)


@pytest.fixture
async def thinkific(wire: Wire, file: FileTokens, clock: Clock) -> AsyncIterator[Thinkific]:
    async with client(app(file, clock), wire) as thinkific:
        yield thinkific


async def test_a_write_that_meets_a_401_is_sent_once_more_and_carried_out_once(
    thinkific: Thinkific, sandbox: Sandbox, wire: Wire, clock: Clock
) -> None:
    await thinkific(READ)
    sandbox.requests.clear()
    sandbox.tokens.expire_all()
    clock.now += 600
    await thinkific(WRITE)
    assert [request.status for request in sandbox.requests] == [401, 200]
    assert (groups(sandbox), wire.used) == (1, [FIRST, f"{FIRST}-1"])


async def test_twenty_calls_with_a_token_that_ran_out_unseen_cause_one_refresh(
    thinkific: Thinkific, sandbox: Sandbox, wire: Wire, clock: Clock
) -> None:
    await thinkific(READ)
    sandbox.tokens.expire_all()
    clock.now += 600
    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(thinkific, READ)
    statuses = [request.status for request in sandbox.requests]
    assert (statuses.count(200), statuses.count(401) > 1, wire.used) == (21, True, [FIRST, f"{FIRST}-1"])


async def test_a_call_that_no_renewal_helps_is_sent_twice(sandbox: Sandbox, wire: Wire) -> None:
    class Guessing:
        site = "sandbox"

        async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
            return {"Authorization": "Bearer guessed"}

        async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
            return True

    async with client(Guessing(), wire) as thinkific:
        with pytest.raises(CredentialsError):
            await thinkific(WRITE)
    assert [request.status for request in sandbox.requests] == [401, 401]


async def test_a_call_whose_tokens_cannot_be_renewed_is_not_sent(
    sandbox: Sandbox, wire: Wire, file: FileTokens
) -> None:
    file.path.write_text("guessed")
    async with client(app(file), wire) as thinkific:
        with pytest.raises(CredentialsError, match="refuses the refresh token"):
            await thinkific(WRITE)
    assert (len(sandbox.requests), groups(sandbox)) == (0, 0)


async def test_a_call_out_of_time_does_not_wait_for_a_refresh_which_is_finished_all_the_same(
    wire: Wire, file: FileTokens
) -> None:
    asked, answered = anyio.Event(), anyio.Event()

    async def hold() -> None:
        asked.set()
        await answered.wait()

    wire.after = hold
    with anyio.fail_after(5):
        async with client(app(file), wire, deadline=1) as thinkific:
            with pytest.raises(DeadlineError, match="could not be renewed"):
                await thinkific(READ)
            assert asked.is_set()
            answered.set()
            await thinkific(READ)
    assert wire.used == [FIRST]


async def test_a_call_out_of_time_does_not_wait_for_a_refresh_after_a_401(
    wire: Wire, sandbox: Sandbox, file: FileTokens, clock: Clock
) -> None:
    async with client(app(file, clock), wire, deadline=1) as thinkific:
        await thinkific(READ)
        clock.now += 600
        sandbox.tokens.expire_all()
        answered = anyio.Event()
        wire.before = answered.wait
        with anyio.fail_after(5), pytest.raises(DeadlineError, match="could not be renewed"):
            await thinkific(READ)
        answered.set()
        await thinkific(READ)
    assert wire.used == [FIRST, f"{FIRST}-1"]


@pytest.mark.parametrize(
    ("met", "refreshes"),
    [
        (500, 1),
        (503, 1),
        (429, 1),
        (httpx2.ReadError("reset"), 1),
        (httpx2.ReadTimeout("slow"), 1),
        (httpx2.ConnectError("refused"), 4),
    ],
    ids=str,
)
async def test_a_refresh_that_thinkific_may_have_heard_of_is_not_repeated(
    file: FileTokens, met: int | Exception, refreshes: int
) -> None:
    used: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        used.append(json.loads(request.content)["refresh_token"])
        if isinstance(met, Exception):
            raise met
        return httpx2.Response(met)

    async with client(app(file), httpx2.MockTransport(answer)) as thinkific:
        with pytest.raises(UnreachableError):
            await thinkific(WRITE)
    assert used == [FIRST] * refreshes


async def test_a_client_that_is_closed_lets_a_refresh_come_to_its_end(wire: Wire, file: FileTokens) -> None:
    class Far(httpx2.AsyncBaseTransport):
        """A transport that breaks off what is under way when it is closed, as a pool of connections does."""

        def __init__(self) -> None:
            self.closed = anyio.Event()

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            response = await wire.handle_async_request(request)
            with anyio.move_on_after(1.5):
                await self.closed.wait()
                raise httpx2.ReadError("closed")
            return response

        async def aclose(self) -> None:
            self.closed.set()

    with pytest.raises(DeadlineError):
        async with client(app(file), Far(), deadline=0.5) as thinkific:
            await thinkific(READ)
    assert file.load() == Tokens(f"{FIRST}-1", "sandbox-access-1", NOW + 86_399)
