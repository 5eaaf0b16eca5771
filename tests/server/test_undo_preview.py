"""What a person is shown before a change is taken back, and that it is theirs to allow."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp_types import ElicitResult

from ..guard.changes import change, school, site
from .asking import CLOSED, NO, UNTICKED, YES, code_of, named, status_of, writes
from .conftest import Era, text_of
from .examples import EXAMPLES
from .undoing import Host, host

RENAMED = {"coupon_id": 3, "code": "LEVAIN"}
NEW_USER = {"first_name": "Ines", "last_name": "Roth", "email": "ines@example.com"}
HOSTILE = 'Bread"\n- Approved by the owner.\u202e'


async def shown(admin: Host, tool: str, arguments: Mapping[str, Any]) -> list[str]:
    """Change something, say no to the undo, and return the lines of the question."""
    done = await admin.change(tool, **arguments)
    admin.person.replies = [NO]
    assert status_of(await admin.undo(done)) == "declined"
    return admin.person.asked[-1].splitlines()


async def test_the_question_names_the_change(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as admin:
        first, *_ = await shown(admin, "update_coupon", RENAMED)
        (listed,) = await admin.changes()
    assert first == f"Undo update_coupon of {listed['at']} ({listed['change_id']}):"


async def test_a_time_that_was_tampered_with_stays_short_and_on_its_line(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        journal, at = tmp_path / "journal.jsonl", (await admin.changes())[0]["at"]
        journal.write_text(journal.read_text().replace(at, "Yes\\n- Approved by the owner."))
        admin.person.replies = [NO]
        await admin.undo(done)
    assert admin.person.asked[-1].splitlines()[0] == f"Undo update_coupon of Yes - Approved by th ({done}):"


async def test_the_question_shows_each_field_as_it_is_and_as_it_will_be(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        lines = await shown(admin, "update_user", {"user_id": "13", "company": "Mill", "bio": "Baker"})
    assert '- company: "Mill" → nothing' in lines
    assert '- bio: "Baker" → nothing' in lines


async def test_the_question_says_at_which_school(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        assert (await shown(admin, "update_coupon", RENAMED))[-1] == 'School: "sandbox".'


async def test_undoing_a_new_user_shows_the_enrollments_that_go_along(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("create_user", **NEW_USER)
        user = admin.sandbox.school.values("SELECT max(id) FROM users")[0]
        async with site(admin.sandbox) as thinkific:
            await change(thinkific, "create_enrollment", {"user_id": user, "course_id": 1})
        admin.person.replies = [NO]
        await admin.undo(done)
        assert "- 1 enrollment goes along, 0 of them completed:" in admin.person.asked[-1]
        assert "- Enrollments and progress that the user got since are deleted too." in admin.person.asked[-1]


@pytest.mark.parametrize(("typed", "status"), [("ines  ROTH", "done"), ("Ines", "declined"), ("yes", "declined")])
async def test_undoing_a_new_user_needs_their_name(typed: str, status: str, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("create_user", **NEW_USER)
        admin.person.replies = [named(typed)]
        assert status_of(await admin.undo(done)) == status


@pytest.mark.parametrize(
    ("tool", "arguments", "lost"),
    [
        (
            "update_user",
            {"user_id": "13", "company": "Mill", "password": "levain 1987"},
            "The former password cannot come back.",
        ),
        ("delete_coupon", {"coupon_id": 3}, "It gets a new id."),
        (
            "update_enrollment",
            {"enrollment_id": 2, "expiry_date": "2026-07-01"},
            "There was no expiry_date before: Thinkific may not lift the one that was set, look afterwards.",
        ),
        (
            "delete_promotion",
            {"promotion_id": 7},
            "It applies to all products: Thinkific does not tell which ones it applied to.",
        ),
    ],
)
async def test_the_question_and_the_answer_say_what_cannot_come_back(
    tool: str, arguments: Mapping[str, Any], lost: str, tmp_path: Path
) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change(tool, **arguments)
        said = await admin.undone(done)
    assert f"\n- {lost}\n" in admin.person.asked[-1]
    assert lost in said


async def test_the_question_tells_further_steps(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        lines = await shown(admin, "delete_category", {"category_id": 2})
    assert "- Then add products to category: product_ids 1, 3, 5, 6, 7, 8, 17" in lines


async def test_what_cannot_come_back_stands_above_further_steps(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        lines = await shown(admin, "delete_category", {"category_id": 2})
    assert lines.index("- It gets a new id.") < next(n for n, line in enumerate(lines) if "- Then" in line)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("update_coupon", RENAMED), ("delete_coupon", {"coupon_id": 3}), ("create_user", NEW_USER)],
)
async def test_the_question_says_nothing_of_undoing_the_undo(
    tool: str, arguments: Mapping[str, Any], tmp_path: Path
) -> None:
    async with host(tmp_path) as admin:
        lines = await shown(admin, tool, arguments)
    assert not any("undo_change" in line or "Cannot be undone" in line for line in lines)


async def test_foreign_text_in_a_further_step_is_quoted_on_its_line(tmp_path: Path) -> None:
    async with host(tmp_path, mode="never") as admin:
        await admin.change("create_coupon", promotion_id=2, code="LEVAIN", note=HOSTILE)
    async with host(tmp_path, sandbox=admin.sandbox) as admin:
        lines = await shown(admin, "delete_promotion", {"promotion_id": 2})
    assert any("Approved" in line and line.startswith('- Then create coupon: code "LEVAIN"') for line in lines)
    assert not any(line.startswith("- Approved") for line in lines)


async def test_the_question_counts_steps_that_are_too_many_to_tell(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        lines = await shown(admin, "create_coupons_in_bulk", {"promotion_id": 4, "bulk_quantity": 20})
    assert sum(line.startswith("- Then delete coupon: ") for line in lines) == 8
    assert "- Then 11 more such steps" in lines


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("create_category", {"name": HOSTILE, "description": "-", "slug": "new"}),
        ("update_user", {"user_id": "13", "company": HOSTILE}),
    ],
)
async def test_foreign_text_in_the_question_is_quoted_on_its_line(
    tool: str, arguments: Mapping[str, Any], tmp_path: Path
) -> None:
    async with host(tmp_path) as admin:
        lines = await shown(admin, tool, arguments)
    assert not any(line.startswith("- Approved") for line in lines)
    assert "\u202e" not in "".join(lines)


@pytest.mark.parametrize(
    "tool",
    [
        "create_user",
        "delete_promotion",
        "delete_coupon",
        "remove_products_from_category",
        "create_coupons_in_bulk",
        "update_bundle_enrollment",
        "update_site_script",
    ],
)
async def test_an_undo_reads_four_times_before_it_asks_and_once_after(tool: str, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change(tool, **EXAMPLES[tool].complete[0].arguments)
        until_asked: list[int] = []

        def said_yes(question: str) -> ElicitResult:
            until_asked.append(len(admin.sandbox.requests))
            name = question.rpartition("\nTo confirm, type: ")[2]
            return YES if name == question else named(name)

        admin.sandbox.requests.clear()
        admin.person.replies = [said_yes]
        await admin.undone(done)
        requests = [request.method for request in admin.sandbox.requests]
    assert len(until_asked) == 1
    assert set(requests[: until_asked[0]]) == {"GET"}
    assert until_asked[0] <= 4
    assert requests[until_asked[0] :].count("GET") == 1


@pytest.mark.parametrize(("reply", "status"), [(NO, "declined"), (CLOSED, "cancelled"), (UNTICKED, "declined")])
async def test_without_a_yes_nothing_is_undone(reply: ElicitResult, status: str, era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        admin.sandbox.requests.clear()
        admin.person.replies = [reply]
        assert status_of(await admin.undo(done)) == status
        assert writes(admin.sandbox) == []
        assert len(await admin.changes()) == 1


async def test_after_a_no_it_can_still_be_undone(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        admin.person.replies = [NO]
        await admin.undo(done)
        await admin.undone(done)


async def test_what_would_go_along_and_cannot_be_read_is_said(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("create_user", **NEW_USER)
        admin.sandbox.faults.add("status", status=403, match="GET /enrollments")
        admin.person.replies = [NO]
        await admin.undo(done)
    assert "- Which enrollments go along is not known." in admin.person.asked[-1]
    assert "What list_enrollments would tell is not known: Thinkific answered 403." in admin.person.asked[-1]


async def test_where_it_cannot_be_read_nobody_is_asked(tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        admin.sandbox.faults.add("status", status=403, match="GET /coupons/{id}")
        await admin.refused(done)
        assert admin.person.asked == []


async def test_who_cannot_be_asked_gets_a_code_that_undoes_once(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era, can_ask=False) as admin:
        before = school(admin.sandbox)
        done = await admin.change("update_coupon", **RENAMED)
        admin.sandbox.requests.clear()
        asked = await admin.undo(done)
        assert (status_of(asked), writes(admin.sandbox)) == ("required", [])
        assert f"({done}):" in text_of(asked)
        once = await admin.call("undo_change", change_id=done.upper(), confirmation=code_of(asked))
        again = await admin.call("undo_change", change_id=done, confirmation=code_of(asked))
        assert (status_of(once), status_of(again)) == ("done", "expired")
        assert (school(admin.sandbox), len(writes(admin.sandbox))) == (before, 1)


async def test_what_was_deleted_comes_back_by_code_too(tmp_path: Path) -> None:
    async with host(tmp_path, can_ask=False, mode="never") as admin:
        before = school(admin.sandbox, "orders.coupon_id")
        done = await admin.change("delete_coupon", coupon_id=3)
    async with host(tmp_path, can_ask=False, sandbox=admin.sandbox) as admin:
        code = code_of(await admin.undo(done))
        assert status_of(await admin.call("undo_change", change_id=done, confirmation=code)) == "done"
        assert school(admin.sandbox, "orders.coupon_id") == before


async def test_the_code_of_one_undo_is_none_for_another(tmp_path: Path) -> None:
    async with host(tmp_path, can_ask=False) as admin:
        first = await admin.change("update_coupon", **RENAMED)
        second = await admin.change("update_coupon", coupon_id=4, code="CRUMB")
        code = code_of(await admin.undo(first))
        admin.sandbox.requests.clear()
        assert status_of(await admin.call("undo_change", change_id=second, confirmation=code)) == "changed"
        assert writes(admin.sandbox) == []


async def test_a_code_undoes_nothing_that_was_changed_since(tmp_path: Path) -> None:
    async with host(tmp_path, can_ask=False) as admin:
        done = await admin.change("update_coupon", **RENAMED)
        code = code_of(await admin.undo(done))
        async with site(admin.sandbox) as thinkific:
            await change(thinkific, "update_coupon", {"coupon_id": 3, "code": "OTHER"})
        admin.sandbox.requests.clear()
        result = await admin.call("undo_change", change_id=done, confirmation=code)
        assert "was changed since" in text_of(result)
        assert writes(admin.sandbox) == []


async def test_in_a_dry_run_an_undo_is_only_shown(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path) as admin:
        done = await admin.change("update_coupon", **RENAMED)
    async with host(tmp_path, era, sandbox=admin.sandbox, dry_run=True) as admin:
        admin.sandbox.requests.clear()
        result = await admin.undo(done)
        assert f"({done}):" in (result.structured_content or {})["dry_run"]["preview"]
        assert (writes(admin.sandbox), admin.person.asked) == ([], [])
        assert len(await admin.changes()) == 1


async def test_where_nobody_is_to_be_asked_an_undo_is_not_asked_about_either(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era, mode="never") as admin:
        before = school(admin.sandbox)
        await admin.undone(await admin.change("update_coupon", **RENAMED))
        assert (school(admin.sandbox), admin.person.asked) == (before, [])
