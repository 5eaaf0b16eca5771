"""Of many undos of one change, one is carried out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp_types import ElicitResult

from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.guard.memory import ProcessMemory

from ..guard.changes import school
from .asking import YES, status_of, writes
from .conftest import Era, text_of
from .undoing import Host, host

RENAMED = {"coupon_id": 3, "code": "LEVAIN"}


async def undone_twice_at_once(admin: Host, done: str, replies: int) -> list[str]:
    """Take a change back in two calls, whose questions wait for each other, and return how they ended."""
    both_asked, ended = anyio.Event(), list[str]()
    asked_before = len(admin.person.asked)

    async def wait(_: str) -> ElicitResult:
        if len(admin.person.asked) - asked_before == 2:
            both_asked.set()
        await both_asked.wait()
        return YES

    async def undo() -> None:
        ended.append(status_of(await admin.undo(done)))

    admin.person.replies = [wait] * replies
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(undo)
        tasks.start_soon(undo)
    return sorted(ended)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("update_coupon", RENAMED),
        ("create_coupon", {"promotion_id": 2, "code": "LEVAIN"}),
        ("delete_coupon", {"coupon_id": 3}),
    ],
)
async def test_of_two_undos_at_once_one_is_carried_out(
    tool: str, arguments: Mapping[str, Any], era: Era, tmp_path: Path
) -> None:
    async with host(tmp_path, era) as admin:
        before = school(admin.sandbox, "orders.coupon_id")
        done = await admin.change(tool, **arguments)
        admin.sandbox.requests.clear()
        assert await undone_twice_at_once(admin, done, 2) == ["done", "error"]
        assert len(writes(admin.sandbox)) == 1
        assert school(admin.sandbox, "orders.coupon_id") == before


async def test_of_two_undos_at_once_that_nobody_is_asked_about_one_is_carried_out(
    era: Era, tmp_path: Path
) -> None:
    async with host(tmp_path, era, mode="never") as admin:
        done = await admin.change("delete_coupon", coupon_id=3)
        admin.sandbox.requests.clear()
        assert await undone_twice_at_once(admin, done, 0) == ["done", "error"]
        assert len(writes(admin.sandbox)) == 1


async def test_an_undo_in_another_process_that_is_under_way_is_noticed(tmp_path: Path) -> None:
    async with host(tmp_path) as first, host(tmp_path, sandbox=first.sandbox) as second:
        done = await first.change("update_coupon", **RENAMED)

        async def undone_elsewhere(_: str) -> ElicitResult:
            await second.undone(done)
            first.sandbox.requests.clear()
            return YES

        first.person.replies = [undone_elsewhere]
        result = await first.undo(done)
        assert "was already undone" in text_of(result)
        assert writes(first.sandbox) == []


class Forgetful(ProcessMemory):
    """A memory that is lost once something was put into it."""

    async def take(self, key: str) -> str | None:
        raise UnreachableError("Redis cannot be reached. Nothing was sent.", sent=False)


async def test_why_an_undo_failed_is_told_though_the_memory_fails_after_it(tmp_path: Path) -> None:
    async with host(tmp_path, mode="never", memory=Forgetful()) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        admin.sandbox.faults.add("status", status=500, match="PUT /coupons/{id}")
        assert "The change may have been made all the same" in text_of(await admin.undo(done))
