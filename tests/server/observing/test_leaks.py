"""That nothing speaks of a student, or of what a client made up, of all that is exported and logged of calls."""

import httpx2
import pytest
from mcp.shared.exceptions import MCPError

from thinkific_mcp.guard.memory import ProcessMemory
from thinkific_mcp.sandbox import Sandbox

from ...leaks import CALLS, EMAIL, NAME, leaked, repeated
from ..asking import Person
from ..conftest import Era, Surface, opened
from ..failing import SECRET, Vault
from .exported import Exported
from .watched import call, guard, served


@pytest.mark.parametrize("status", [200, 404, 422, 500])
async def test_of_a_student_nothing_is_exported_or_logged(era: Era, exported: Exported, status: int) -> None:
    def parrot(request: httpx2.Request) -> httpx2.Response:
        said = repeated(request.headers, str(request.url), request.content)
        return httpx2.Response(status, json={"error": said, "email": EMAIL, "first_name": NAME})

    for person in (None, Person()):
        client = opened(
            httpx2.MockTransport(parrot), [*CALLS], era, guard=guard(mode="writes"), elicitation_callback=person
        )
        async with client:
            for tool, arguments in CALLS.items():
                await client.call_tool(tool, arguments)
    assert {line["tool"] for line in exported.calls if line["event"] == "call"} == {*CALLS}
    assert leaked(exported.text()) == []


async def test_nor_of_what_a_client_makes_up(
    sandbox: Sandbox, era: Era, exported: Exported, surface: Surface
) -> None:
    async with served(sandbox, era) as client:
        line = await call(client, exported, EMAIL)
        with pytest.raises(MCPError):
            await client.get_prompt(EMAIL)
    tool = {"full": "unknown", "search": "run_read_tool"}[surface]
    assert (line["tool"], line["outcome"]) == (tool, "failed")
    assert exported.trees().count(f"tools/call {tool}") == 1
    assert leaked(exported.text()) == []


async def test_nor_of_credentials_that_fail(sandbox: Sandbox, era: Era, exported: Exported) -> None:
    async with served(sandbox, era, credentials=Vault()) as client:
        line = await call(client, exported, "get_course", course_id=1)
    assert (line["outcome"], line["error"]) == ("crashed", "RuntimeError")
    assert SECRET not in exported.text()


class Forgetful(ProcessMemory):
    """Fails as nobody foresaw."""

    async def put(self, key: str, value: str, seconds: float) -> None:
        raise RuntimeError(SECRET)


async def test_nor_of_a_memory_that_fails_outside_of_all_tools(sandbox: Sandbox, exported: Exported) -> None:
    async with served(sandbox, "auto", Person(), guard=guard(memory=Forgetful())) as client:
        with pytest.raises(MCPError, match=r"thinkific-mcp itself failed \(RuntimeError in test_leaks.py:\d+\)"):
            await client.call_tool("delete_coupon", {"coupon_id": 1})
    (line,) = [line for line in exported.calls if line["event"] == "call"]
    assert (line["outcome"], line["error"]) == ("crashed", "RuntimeError")
    assert SECRET not in exported.text()
