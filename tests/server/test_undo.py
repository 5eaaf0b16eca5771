"""What a tool changed, undo_change takes back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from thinkific_mcp.api import OPERATIONS

from ..guard.changes import school
from ..guard.test_undo import ROUND_TRIPS
from .asking import status_of, writes
from .conftest import Era, text_of
from .undoing import host

RENAMED = {"coupon_id": 3, "code": "LEVAIN"}

ONE_WAY = ("create_user", "create_group", "create_coupons_in_bulk", "update_bundle_enrollment", "delete_promotion")
"""What is undone by a write that cannot be taken back, or by several."""

THERE_AND_BACK = [
    row
    for row in ROUND_TRIPS
    if row[0] not in ONE_WAY and row[1] not in ({"category_id": 2}, {"coupon_id": 5})  # two steps each
]


@pytest.mark.parametrize(("tool", "arguments", "lost"), ROUND_TRIPS)
async def test_what_was_undone_is_as_it_was_before(
    tool: str, arguments: Mapping[str, Any], lost: tuple[str, ...], tmp_path: Path
) -> None:
    async with host(tmp_path) as admin:
        before = school(admin.sandbox, *lost)
        change = await admin.change(tool, **arguments)
        assert school(admin.sandbox, *lost) != before
        await admin.undone(change)
        assert school(admin.sandbox, *lost) == before


@pytest.mark.parametrize(("tool", "arguments", "lost"), THERE_AND_BACK)
async def test_an_undo_can_itself_be_undone(
    tool: str, arguments: Mapping[str, Any], lost: tuple[str, ...], tmp_path: Path
) -> None:
    async with host(tmp_path) as admin:
        change = await admin.change(tool, **arguments)
        after = school(admin.sandbox, *lost)
        await admin.undone(change)
        await admin.undone((await admin.changes())[0]["change_id"])
        assert school(admin.sandbox, *lost) == after


@pytest.mark.parametrize(("tool", "arguments"), {tool: arguments for tool, arguments, _ in ROUND_TRIPS}.items())
async def test_the_list_names_a_change_with_its_undo(
    tool: str, arguments: Mapping[str, Any], tmp_path: Path
) -> None:
    async with host(tmp_path) as admin:
        await admin.change(tool, **arguments)
        (listed,) = await admin.changes()
    assert (listed["tool"], listed["outcome"]) == (tool, "applied")
    assert listed["undo"] == OPERATIONS[tool].spec.undo


async def test_an_undo_works_in_both_eras(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as admin:
        before = school(admin.sandbox)
        change = await admin.change("update_coupon", **RENAMED)
        said = await admin.undone(change)
        assert said == f"Change {change} (update_coupon) was undone."
        assert school(admin.sandbox) == before


async def test_what_an_undo_did_is_listed_with_what_it_undid(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        change = await admin.change("update_coupon", **RENAMED)
        await admin.undone(change)
        undo, undone = await admin.changes()
    assert (undo["tool"], undo["undoes"]) == ("update_coupon", change)
    assert undone["undone_by"] == undo["change_id"]
    assert "undo" not in undone


@pytest.mark.parametrize("spelling", [" {} ", "`{}`", "{}\n"])
async def test_a_change_id_is_understood_however_it_is_copied(spelling: str, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        change = await admin.change("update_coupon", **RENAMED)
        await admin.undone(spelling.format(change))
        await admin.undone(spelling.format((await admin.changes())[0]["change_id"].upper()))


async def test_a_promotion_deleted_unasked_comes_back_with_its_coupons(tmp_path: Path) -> None:
    async with host(tmp_path, mode="never") as admin:
        codes = "SELECT code FROM coupons ORDER BY code"
        before = admin.sandbox.school.values(codes)
        change = await admin.change("delete_promotion", promotion_id=2)
        assert admin.sandbox.school.values(codes) != before
        await admin.undone(change)
        assert admin.sandbox.school.values(codes) == before
        assert admin.person.asked == []


@pytest.mark.parametrize("status", [422, 500])
async def test_an_undo_that_fails_in_the_middle_says_how_far_it_went(status: int, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        change = await admin.change("delete_promotion", promotion_id=2)
        admin.sandbox.faults.add("status", status=status, match="POST /coupons")
        result = await admin.undo(change)
    assert result.is_error
    assert "1 of 4 steps were done (list_changes tells them); the rest is to be done by hand. " in text_of(result)


async def test_an_undo_that_failed_in_the_middle_stops_there_and_is_not_begun_again(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        change = await admin.change("delete_promotion", promotion_id=2)
        admin.sandbox.faults.add("status", status=422, match="POST /coupons")
        so_far = len(admin.sandbox.requests)
        await admin.undo(change)
        assert writes(admin.sandbox, so_far) == ["POST /promotions 201", "POST /coupons 422"]
        assert "already undone" in await admin.refused(change)


async def test_an_undo_that_was_refused_at_its_first_step_can_be_tried_again(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        change = await admin.change("update_coupon", **RENAMED)
        admin.sandbox.faults.add("status", status=422, match="PUT /coupons/{id}")
        assert status_of(await admin.undo(change)) == "error"
        await admin.undone(change)


async def test_without_reading_before_an_update_costs_one_request(tmp_path: Path) -> None:
    async with host(tmp_path, reads_before=False) as admin:
        await admin.change("update_coupon", **RENAMED)
        assert [request.method for request in admin.sandbox.requests] == ["PUT"]


async def test_without_reading_before_what_nobody_was_asked_about_is_not_undone(tmp_path: Path) -> None:
    async with host(tmp_path, reads_before=False) as admin:
        change = await admin.change("update_coupon", **RENAMED)
        assert "undo" not in (await admin.changes())[0]
        assert "What was there before was not read" in await admin.refused(change)


async def test_without_reading_before_what_was_asked_about_is_undone(tmp_path: Path) -> None:
    async with host(tmp_path, reads_before=False) as admin:
        before = school(admin.sandbox)
        await admin.undone(await admin.change("update_user", user_id="13", email="new@example.com"))
        assert school(admin.sandbox) == before


async def test_without_reading_before_what_was_created_is_undone(tmp_path: Path) -> None:
    async with host(tmp_path, reads_before=False) as admin:
        before = school(admin.sandbox)
        await admin.undone(await admin.change("create_coupon", promotion_id=2, code="LEVAIN"))
        assert school(admin.sandbox) == before
