"""Calls of a school by a client, and what is told of the last."""

from collections.abc import Mapping
from typing import Any

import anyio
import httpx2
from mcp import Client

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox

from ..asking import PATIENCE, Person
from ..conftest import Era, opened
from ..examples import NOW
from .exported import Exported


def guard(**options: Any) -> Guard:
    return Guard(now=lambda: NOW, **options)


def served(sandbox: Sandbox, era: Era, person: Person | None = None, **options: Any) -> Client:
    """Connect a client to a school, and to a person where it can ask one."""
    options = {"guard": guard(), **options}
    return opened(httpx2.ASGITransport(sandbox), list(OPERATIONS), era, elicitation_callback=person, **options)


async def call(client: Client, exported: Exported, tool: str, /, **arguments: Any) -> Mapping[str, Any]:
    """Call a tool, and return what its last line in the log tells."""
    exported.clear()
    with anyio.fail_after(PATIENCE):
        await client.call_tool(tool, arguments)
    return [line for line in exported.calls if line["event"] == "call"][-1]
