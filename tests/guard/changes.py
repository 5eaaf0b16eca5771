"""Writes over the sandbox, what the journal would tell of them, and their undoing."""

from collections.abc import Mapping
from typing import Any

import anyio
import httpx2

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.change import State, Undoing
from thinkific_mcp.client import Budgets
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.errors import NotFoundError
from thinkific_mcp.guard.journal import Change, Intent
from thinkific_mcp.guard.preview import state_of
from thinkific_mcp.guard.undo import step_operation
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Sandbox

from ..server.examples import NOW


def site(sandbox: Sandbox) -> Thinkific:
    """Return a client of the sandbox."""
    return Thinkific(
        ApiKey("sandbox", "sandbox"),
        client_secret="sandbox",
        budgets=Budgets(None, ProcessStore(anyio.current_time)),
        transport=httpx2.ASGITransport(sandbox),
        now=NOW.timestamp,
        random=lambda: 0.0,
    )


def a_change(
    tool: str,
    arguments: Mapping[str, Any],
    before: State | None = None,
    made: State | None = None,
    outcome: Any = "applied",
    undone_by: str = "",
) -> Change:
    """Return a change as the journal tells it."""
    noted = dict(arguments)
    if "password" in noted:
        noted["password"] = "(not shown)"
    intent = Intent("api.thinkific.com/sandbox", "", "tests", tool, noted, "", before or {})
    return Change("c-1", "2026-01-15T09:00:00Z", intent, outcome, "Done.", made or {}, undone_by)


async def change(thinkific: Thinkific, tool: str, arguments: Mapping[str, Any]) -> Change:
    """Carry out a write as the server does: look, write, note."""

    async def look(read: Operation[Any], /) -> Any:
        return await thinkific(read)

    operation = OPERATIONS[tool].model_validate(arguments)
    before: State = {}
    if operation.needs_state_before() and (target := operation.target()) is not None:
        found = await thinkific(target)
        before = {**state_of(found), **(await operation.consequences(found, look)).kept}
    made = state_of(await thinkific(operation))
    return a_change(tool, operation.model_dump(mode="json", warnings=False), before, made)


async def now(thinkific: Thinkific, undoing: Undoing) -> State | None:
    """Return what there is now; None where it is gone."""
    try:
        return state_of(await thinkific(undoing.look))
    except NotFoundError:
        return None


async def carry_out(thinkific: Thinkific, undoing: Undoing) -> None:
    """Carry out the steps of an undoing."""
    made: list[State] = []
    for step in undoing.steps:
        made.append(state_of(await thinkific(step_operation(step, made))))


def school(sandbox: Sandbox, *aside: str) -> Mapping[str, list[str]]:
    """Return all that a school has stored, told without what a remade thing gets anew.

    Args:
        sandbox: the school.
        aside: tables and columns (`table.column`) that are left aside.
    """
    remade = {"promotions": "name", "coupons": "code", "collections": "slug", "instructors": "slug"}
    names = {
        f"{table[:-1]}_id": {row["id"]: row[column] for row in sandbox.school.rows(f"SELECT * FROM {table}")}
        for table, column in remade.items()
    }
    told: dict[str, list[str]] = {}
    for table in sandbox.school.values("SELECT name FROM sqlite_master WHERE type = 'table'"):
        if table in aside or table.startswith("sqlite_"):
            continue
        rows: list[str] = []
        for row in sandbox.school.rows(f"SELECT * FROM {table}"):
            if table == "custom_profile_fields" and row["value"] is None:
                continue
            kept = {
                name: names[name].get(value) if name in names else value
                for name, value in row.items()
                if name not in ("created_at", "updated_at")
                and not (name == "id" and table in (*remade, "site_scripts", "custom_profile_fields"))
                and f"{table}.{name}" not in aside
            }
            rows.append(repr(kept))
        told[table] = sorted(rows)
    return told
