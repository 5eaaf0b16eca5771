"""What an app's calls are sent like, while its tokens run out."""

from collections.abc import AsyncIterator, Mapping

import anyio
import httpx2
import pytest

from thinkific_mcp import Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.credentials import Credentials, FileTokens
from thinkific_mcp.errors import CredentialsError
from thinkific_mcp.sandbox import Sandbox

from .conftest import FIRST, Clock, Wire, app

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")


def groups(sandbox: Sandbox) -> int:
    return sandbox.school.value("SELECT count(*) FROM groups WHERE name = 'Night bakers'")


def client(credentials: Credentials, wire: Wire) -> Thinkific:
    return Thinkific(credentials, transport=wire, budgets=Budgets(Limits(10**9, 10**9)))


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
