"""What undo_change does not take back, and that it sends nothing but reads then."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp_types import ElicitResult

from thinkific_mcp.guard.journal import Outcome
from thinkific_mcp.guard.undo import WHY_NOT
from thinkific_mcp.sandbox import Sandbox

from ..guard.changes import change, site
from ..guard.test_undo_as_left import MEANWHILE
from .asking import YES, writes
from .conftest import Era, text_of
from .examples import EXAMPLES
from .undoing import host, noted

RENAMED = {"coupon_id": 3, "code": "LEVAIN"}
FORMER = {"id": 3, "code": "CRUST", "promotion_id": 2}


async def meanwhile(sandbox: Sandbox, tool: str, arguments: Mapping[str, Any]) -> None:
    """Change something by another client."""
    async with site(sandbox) as thinkific:
        await change(thinkific, tool, arguments)


@pytest.mark.parametrize(("tool", "arguments", "other", "other_arguments"), MEANWHILE)
async def test_what_was_changed_since_is_not_undone(
    tool: str, arguments: Mapping[str, Any], other: str, other_arguments: Mapping[str, Any], tmp_path: Path
) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change(tool, **arguments)
        await meanwhile(admin.sandbox, other, other_arguments)
        asked = len(admin.person.asked)
        assert "it cannot be undone. Nothing was sent." in await admin.refused(done)
        assert len(admin.person.asked) == asked


async def test_what_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        await meanwhile(admin.sandbox, "delete_coupon", {"coupon_id": 3})
        assert "What the change was about is gone" in await admin.refused(done)


async def test_what_is_changed_while_the_person_is_asked_is_not_undone(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as admin:
        done = await admin.change("update_coupon", **RENAMED)

        async def too_late(_: str) -> ElicitResult:
            await meanwhile(admin.sandbox, "update_coupon", {"coupon_id": 3, "code": "OTHER"})
            admin.sandbox.requests.clear()
            return YES

        admin.person.replies = [too_late]
        result = await admin.undo(done)
        assert "was changed since" in text_of(result)
        assert writes(admin.sandbox) == []


async def test_where_another_field_changes_while_the_person_is_asked_they_are_asked_again(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("update_user", user_id="13", company="Mill")

        async def another_field(_: str) -> ElicitResult:
            await meanwhile(admin.sandbox, "update_user", {"user_id": "13", "headline": "Baker"})
            return YES

        admin.person.replies = [another_field]
        await admin.undone(done)
        assert len(admin.person.asked) == 2


async def test_what_was_deleted_is_not_made_anew_where_nobody_can_look_directly_before(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("delete_coupon", coupon_id=3)

        def failing(_: str) -> ElicitResult:
            admin.sandbox.faults.add("status", status=403, match="GET /coupons/{id}")
            admin.sandbox.requests.clear()
            return YES

        admin.person.replies = [failing]
        result = await admin.undo(done)
        assert result.is_error
        assert writes(admin.sandbox) == []


async def test_what_was_undone_is_not_undone_again(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        await admin.undone(done)
        undo = (await admin.changes())[0]["change_id"]
        assert f"{done} was already undone, by {undo}." in await admin.refused(done)


async def test_what_thinkific_refused_is_not_undone(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        admin.sandbox.faults.add("status", status=422, match="PUT /coupons/{id}")
        assert (await admin.call("update_coupon", **RENAMED)).is_error
        (listed,) = await admin.changes()
        assert "was refused and changed nothing" in await admin.refused(listed["change_id"])


@pytest.mark.parametrize("after", [True, False])
async def test_where_the_outcome_is_not_known_nothing_is_undone(after: bool, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        admin.sandbox.faults.add("status", status=500, after=after, match="PUT /coupons/{id}")
        assert (await admin.call("update_coupon", **RENAMED)).is_error
        (listed,) = await admin.changes()
        why = await admin.refused(listed["change_id"])
    assert "It is not known whether" in why
    assert "Look with get_coupon (coupon_id) first" in why


@pytest.mark.parametrize("after", [True, False])
async def test_where_the_outcome_of_an_earlier_undo_is_not_known_none_follows(after: bool, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        admin.sandbox.faults.add("status", status=500, after=after, match="PUT /coupons/{id}")
        assert (await admin.undo(done)).is_error
        tried = (await admin.changes())[0]
        assert (tried["outcome"], tried["undoes"]) == ("unknown", done)
        assert f"how {tried['change_id']} ended is not known" in await admin.refused(done)


@pytest.mark.parametrize("tool", sorted(WHY_NOT))
async def test_what_cannot_be_undone_says_why(tool: str, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change(tool, **EXAMPLES[tool].required)
        assert "undo" not in (await admin.changes())[0]
        assert f"{done} cannot be undone. {WHY_NOT[tool]}" in await admin.refused(done)


@pytest.mark.parametrize("change_id", ["c-aaaaaaaaaa", "", "3", "c-", "../journal", "c-\u202e"])
async def test_an_unknown_change_is_not_undone(change_id: str, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        await admin.change("update_coupon", **RENAMED)
        assert "There is no such change here" in await admin.refused(change_id)


async def test_a_change_of_another_school_is_not_undone(tmp_path: Path) -> None:
    async with host(tmp_path, school="first") as admin:
        done = await admin.change("update_coupon", **RENAMED)
    async with host(tmp_path, school="second", sandbox=admin.sandbox) as admin:
        assert "There is no such change here" in await admin.refused(done)


async def test_a_change_of_another_caller_is_not_undone(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        applied = Outcome("applied", "Coupon 3 updated: code.", {})
        theirs = await noted(admin.journal, "update_coupon", RENAMED, applied, caller="bob", before=FORMER)
        await meanwhile(admin.sandbox, "update_coupon", RENAMED)
        assert "There is no such change here" in await admin.refused(theirs)


async def test_a_change_that_only_the_journal_tells_of_is_undone_by_its_caller(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        applied = Outcome("applied", "Coupon 3 updated: code.", {})
        mine = await noted(admin.journal, "update_coupon", RENAMED, applied, before=FORMER)
        await meanwhile(admin.sandbox, "update_coupon", RENAMED)
        await admin.undone(mine)


async def test_an_undo_does_not_use_what_the_operator_left_out(tmp_path: Path) -> None:
    async with host(tmp_path, without={"delete_user"}) as admin:
        made = await admin.change("create_user", first_name="Ada", last_name="Lund", email="ada@example.com")
        assert "this server does not offer delete_user" in await admin.refused(made)
        assert "undo" not in (await admin.changes())[0]


async def test_what_was_changed_at_a_stand_in_is_not_undone_at_the_school_of_that_name(tmp_path: Path) -> None:
    async with host(tmp_path, base_url="http://127.0.0.1:8080/api/public/v1") as trying:
        done = await trying.change("update_coupon", **RENAMED)
    async with host(tmp_path) as admin:
        assert await admin.changes() == []
        assert "There is no such change here" in await admin.refused(done)
