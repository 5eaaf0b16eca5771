"""A host at the demo school, where changes are written down and taken back."""

from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx2
from mcp import Client
from mcp_types import CallToolResult

from thinkific_mcp.client import BASE_URL
from thinkific_mcp.guard.changes import CHANGES
from thinkific_mcp.guard.journal import Intent, Journal, Outcome
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.sandbox import Sandbox

from .asking import PATIENCE, WRITES, Person, status_of, writes
from .conftest import Era, opened, text_of
from .examples import demo_sandbox

SITE = "sandbox"
"""What the journal calls the demo school, where nothing else is said."""

_TOOLS = [*WRITES, *(offer.spec.name for offer in CHANGES)]


def journal_in(folder: Path) -> Journal:
    """Return a journal."""
    return Journal(folder / "journal.jsonl", now=lambda: datetime.now(UTC))


def rows_of(result: CallToolResult) -> list[dict[str, Any]]:
    """Return the rows of a list."""
    data: dict[str, Any] = result.structured_content if result.structured_content is not None else {}
    return data["items"]


@dataclass
class Host:
    """A client with a person in front of it.

    Attributes:
        client: the client.
        sandbox: the school.
        person: who is asked.
        journal: where changes are written down.
    """

    client: Client
    sandbox: Sandbox
    person: Person
    journal: Journal

    async def call(self, tool: str, /, **arguments: Any) -> CallToolResult:
        """Call a tool; its questions go to the person."""
        with anyio.fail_after(PATIENCE):
            return await self.client.call_tool(tool, arguments)

    async def change(self, tool: str, /, **arguments: Any) -> str:
        """Change something, and return the change's id."""
        result = await self.call(tool, **arguments)
        assert status_of(result) == "done", text_of(result)
        return (await self.changes())[0]["change_id"]

    async def changes(self, **arguments: Any) -> list[dict[str, Any]]:
        """List the changes."""
        result = await self.call("list_changes", **arguments)
        assert not result.is_error, text_of(result)
        return rows_of(result)

    async def undo(self, change_id: str) -> CallToolResult:
        """Take a change back."""
        return await self.call("undo_change", change_id=change_id)

    async def undone(self, change_id: str) -> str:
        """Take a change back, which has to work, and return what was said."""
        result = await self.undo(change_id)
        assert status_of(result) == "done", text_of(result)
        return text_of(result)

    async def refused(self, change_id: str) -> str:
        """Take a change back, which has to be refused without a write, and return why."""
        before = len(self.sandbox.requests)
        result = await self.undo(change_id)
        assert result.is_error
        assert writes(self.sandbox, before) == []
        return text_of(result)


@asynccontextmanager
async def host(
    folder: Path,
    era: Era = "auto",
    *,
    sandbox: Sandbox | None = None,
    can_ask: bool = True,
    without: Collection[str] = (),
    base_url: str = BASE_URL,
    **guard: Any,
) -> AsyncGenerator[Host]:
    """Open a host.

    Args:
        folder: where the journal is.
        era: which protocol it speaks.
        sandbox: the school; by default the demo school as it is at first.
        can_ask: whether it can ask a person, who says yes unless told otherwise.
        without: tools that the operator left out.
        base_url: where the school is.
        guard: what else the guard is given.
    """
    sandbox, person, journal = sandbox or demo_sandbox(), Person(), journal_in(folder)
    async with opened(
        httpx2.ASGITransport(sandbox),
        [tool for tool in _TOOLS if tool not in without],
        era,
        base_url=base_url,
        guard=Guard(journal=journal, **guard),
        elicitation_callback=person if can_ask else None,
    ) as client:
        yield Host(client, sandbox, person, journal)


async def noted(
    journal: Journal,
    tool: str,
    arguments: Mapping[str, Any],
    outcome: Outcome | None = None,
    *,
    caller: str = "",
    before: Mapping[str, Any] | None = None,
    undoes: str = "",
) -> str:
    """Write a change into the journal that nobody made, and return its id; without an outcome it is unknown."""
    change = await journal.intend(Intent(SITE, caller, "tests 1", tool, arguments, "", before or {}, undoes))
    if outcome is not None:
        await journal.conclude(change, outcome)
    return change
