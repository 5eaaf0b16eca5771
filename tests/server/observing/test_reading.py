"""That nothing speaks of a student of all that is exported and logged of resources and completions."""

import httpx2
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import ResourceTemplateReference

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.sandbox import Sandbox

from ...leaks import EMAIL, EXTERNAL_ID, NAME, leaked, repeated
from ..conftest import Era, opened
from ..failing import SECRET, Vault
from .exported import Exported
from .watched import served

URIS = ["courses/1", "users/1", "enrollments/1", "orders/1", "courses/1/outline"]
REF = ResourceTemplateReference(type="ref/resource", uri="thinkific://users/{user_id}")


async def read(client: Client, uri: str) -> str:
    """Read a resource, or return why it cannot be read."""
    try:
        return str(await client.read_resource(uri))
    except MCPError as error:
        return error.message


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 422, 500])
async def test_of_what_is_read_nothing_is_exported_or_logged(era: Era, exported: Exported, status: int) -> None:
    def parrot(request: httpx2.Request) -> httpx2.Response:
        said = repeated(request.headers, str(request.url), request.content)
        return httpx2.Response(status, json={"error": f'{said} {EMAIL}. "so', "email": EMAIL, "name": NAME})

    async with opened(httpx2.MockTransport(parrot), list(OPERATIONS), era) as client:
        told = [await read(client, f"thinkific://{path}") for path in URIS]
        for argument in ("user_id", "enrollment_id", "course_id"):
            await client.complete(REF, {"name": argument, "value": EMAIL})
    assert leaked(exported.text()) == []
    assert (leaked("".join(told)) == []) == (status != 200)


async def test_nor_of_what_a_client_makes_up(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    async with served(sandbox, era) as client:
        for uri in (
            f"thinkific://users/{EMAIL}",
            f"thinkific://{EXTERNAL_ID}/1",
            f"thinkific://users/1/{NAME}",
            EMAIL,
        ):
            await read(client, uri)
        await client.complete(REF, {"name": EMAIL, "value": NAME})
    assert not sandbox.requests
    assert leaked(exported.text()) == []


async def test_nor_of_credentials_that_fail(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    async with served(sandbox, era, credentials=Vault(times=5)) as client:
        for path in ("users/1", "courses/1/outline"):
            assert "thinkific-mcp itself failed" in await read(client, f"thinkific://{path}")
        await client.complete(REF, {"name": "course_id", "value": "a"})
    assert SECRET not in exported.text()
