"""A call whose credentials are refused, and renewed: once, in a turn of its own, within the deadline."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
import httpx2
import pytest
import trio

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.client.retries import TRIES
from thinkific_mcp.errors import CredentialsError, DeadlineError
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Limit

from .conftest import failure
from .pace.virtual import Site, virtual

both = pytest.mark.parametrize(
    "operation", [GetCourse(course_id=3), CreateGroup(name="Night bakers")], ids=["read", "write"]
)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return virtual()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site(delay=lambda: 0)
    yield site
    site.sandbox.close()


class Renewable:
    """Credentials with one token after another."""

    site = "sandbox"

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.tokens[0]}"}

    async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
        has_more = len(self.tokens) > 1
        self.tokens = self.tokens[has_more:]
        return has_more


@both
async def test_renewed_credentials_are_tried_once_in_a_turn_of_their_own(operation: Operation[Any]) -> None:
    site = Site(Limit(requests=1), delay=lambda: 0)
    await site.client().for_site(Renewable("expired", "sandbox"))(operation)
    assert site.statuses == [401, 200]
    assert site.arrivals[1] > 60
    site.sandbox.close()


@both
async def test_credentials_are_renewed_once_for_a_call(site: Site, operation: Operation[Any]) -> None:
    credentials = Renewable("expired", "revoked", "sandbox")
    error = await failure(site.client().for_site(credentials), operation)
    assert isinstance(error, CredentialsError)
    assert (site.statuses, credentials.tokens) == ([401, 401], ["revoked", "sandbox"])


@both
async def test_credentials_that_cannot_be_renewed_are_refused_once(site: Site, operation: Operation[Any]) -> None:
    error = await failure(site.client().for_site(Renewable("expired")), operation)
    assert (type(error), site.statuses) == (CredentialsError, [401])


async def test_a_renewal_is_none_of_the_tries(site: Site) -> None:
    site.sandbox.faults.add("status", status=502, times=TRIES - 2)
    site.sandbox.faults.add("status", status=401)
    site.sandbox.faults.add("status", status=502)
    await site.client().for_site(Renewable("sandbox", "sandbox"))(GetCourse(course_id=3))
    assert site.statuses == [502, 502, 401, 502, 200]


@both
async def test_a_renewal_that_outlasts_the_deadline_ends_the_call_in_time(
    site: Site, operation: Operation[Any]
) -> None:
    class Slow(Renewable):
        async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
            await anyio.sleep(100)
            return await super().renew(http, refused)

    error = await failure(site.client(deadline=45).for_site(Slow("expired", "sandbox")), operation)
    assert (type(error), trio.current_time(), site.statuses) == (DeadlineError, 45, [401])
