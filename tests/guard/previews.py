"""Previews of writes, made at the demo school with five students."""

from collections.abc import Mapping
from typing import Any, TypeVar

import anyio
import httpx2

from tests.server.examples import EXAMPLES, NOW, demo_sandbox
from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import ApiKey, Budgets, Thinkific
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.guard.preview import Preview, preview_of
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Sandbox

R = TypeVar("R")

WRITES = [name for name, operation in OPERATIONS.items() if operation.spec.effect != "read"]


class Looked:
    """Reads at a sandbox, and counts.

    Attributes:
        reads: the names of what was read.
    """

    def __init__(self, sandbox: Sandbox, fails: bool = False) -> None:
        self._sandbox, self._fails = sandbox, fails
        self.reads: list[str] = []

    async def __call__(self, read: Operation[R]) -> R | None:
        self.reads.append(read.spec.name)
        if self._fails:
            return None
        try:
            async with Thinkific(
                ApiKey("sandbox", "sandbox"),
                budgets=Budgets(store=ProcessStore(anyio.current_time)),
                transport=httpx2.ASGITransport(self._sandbox),
                now=NOW.timestamp,
            ) as thinkific:
                return await thinkific(read)
        except ThinkificError:
            return None


class Answers:
    """Reads that answer what they are given, by the name of the read, whatever it is."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    async def __call__(self, read: Operation[R]) -> R | None:
        if read.spec.name not in self._answers:
            return None
        return read.receive(200, self._answers[read.spec.name])


async def previewed(
    tool: str, arguments: Mapping[str, Any], look: Looked | Answers | None = None, *, can_undo: bool | None = True
) -> Preview:
    """Preview a write at the demo school, or with these answers."""
    operation = OPERATIONS[tool].model_validate(dict(arguments))
    return await preview_of(operation, look or Looked(demo_sandbox()), can_undo=can_undo)


def complete(tool: str) -> list[dict[str, Any]]:
    """Return the arguments of the examples of a tool."""
    return [EXAMPLES[tool].required, *(call.arguments for call in EXAMPLES[tool].complete)]


def page(*items: Mapping[str, Any], total: int | None = None) -> dict[str, Any]:
    """Write a list as Thinkific answers it."""
    return {"items": list(items), "meta": {"pagination": {"total_items": len(items) if total is None else total}}}


ADA: dict[str, Any] = {"id": 12, "full_name": "Ada Lovelace", "email": "ada@example.com", "roles": []}


def enrollment(course: str, **fields: Any) -> dict[str, Any]:
    """Write an enrollment as Thinkific answers it."""
    return {"id": 1, "user_id": 12, "course_name": course, "completed": False, **fields}


async def lines(tool: str, arguments: dict[str, Any], answers: dict[str, Any] | None = None) -> list[str]:
    """Return the lines of a preview at the demo school, or with these answers."""
    look = None if answers is None else Answers(answers)
    return (await previewed(tool, arguments, look)).text.splitlines()
