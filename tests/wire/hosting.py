"""Hosts that talk to the server's process about one coupon after the other."""

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import ElicitResult

from thinkific_mcp.sandbox import Sandbox

from ..server.asking import (
    PATIENCE,
    YES,
    Person,
    Question,
    Reply,
    answer,
    asked,
    code_of,
    status_of,
    writes,
)
from ..server.conftest import Era


class Host:
    """A host that talks to the server's process, about one coupon in each row.

    Args:
        client: its end of the pipes.
        sandbox: the school behind the server.
        person: who answers; None where this host cannot ask.
    """

    _numbers = count()

    def __init__(self, client: Client, sandbox: Sandbox, person: Person | None) -> None:
        self.client, self.sandbox, self.person = client, sandbox, person
        self.coupon = 0

    def turn_to_a_new_coupon(self) -> None:
        self.coupon = self.sandbox.school.insert(
            "coupons", promotion_id=2, code=f"ROW{next(self._numbers)}", created_at="2026-01-01T00:00:00Z"
        )

    @property
    def it(self) -> dict[str, Any]:
        return {"coupon_id": self.coupon}

    def edited(self) -> None:
        """Let somebody else change the coupon."""
        self.sandbox.school.update("coupons", self.coupon, note=f"edit {next(self._numbers)}")

    def gone(self) -> None:
        """Let somebody else delete the coupon."""
        self.sandbox.school.db.execute("DELETE FROM coupons WHERE id = ?", [self.coupon])

    async def call(self, tool: str = "delete_coupon", *replies: Reply, **arguments: Any) -> str:
        """Call a tool, by default for the coupon, and return what came of it."""
        if self.person is not None:
            self.person.replies = list(replies)
        return status_of(await self.client.call_tool(tool, arguments or self.it))

    async def delete(self, *replies: Reply, **more: Any) -> str:
        return await self.call("delete_coupon", *replies, **self.it, **more)

    async def question(self) -> Question:
        return await asked(self.client, "delete_coupon", self.it)

    async def answer(self, question: Question, reply: ElicitResult = YES, **other: Any) -> str:
        return status_of(await answer(self.client, question, reply, **other))

    async def code(self) -> str:
        return code_of(await self.client.call_tool("delete_coupon", self.it))

    async def at_once(self, times: int, call: Callable[[], Awaitable[str]]) -> list[str]:
        """Call so many times at once, and return what came of it in order of the alphabet."""
        statuses: list[str] = []

        async def once() -> None:
            statuses.append(await call())

        async with anyio.create_task_group() as tasks:
            for _ in range(times):
                tasks.start_soon(once)
        return sorted(statuses)


Story = Callable[[Host], Awaitable[list[str]]]
Row = tuple[Story, list[str], list[str]]
"""What happens; what each call ends with; which writes reach the school, `{}` being the coupon's id."""


@asynccontextmanager
async def hosted(
    environment: dict[str, str], sandbox: Sandbox, era: Era, person: Person | None
) -> AsyncGenerator[Host]:
    server = StdioServerParameters(command=sys.executable, args=["-m", "thinkific_mcp"], env=environment)
    async with Client(server, mode=era, elicitation_callback=person) as client:
        yield Host(client, sandbox, person)


async def outcomes(host: Host, rows: dict[str, Row]) -> dict[str, tuple[list[str], list[str]]]:
    """Let the rows happen one after the other."""
    told: dict[str, tuple[list[str], list[str]]] = {}
    for title, (story, _, _) in rows.items():
        host.turn_to_a_new_coupon()
        before = len(host.sandbox.requests)
        with anyio.fail_after(PATIENCE):
            statuses = await story(host)
        told[title] = statuses, [line.replace(f"/{host.coupon} ", "/{} ") for line in writes(host.sandbox, before)]
    return told
