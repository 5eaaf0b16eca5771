"""What a write changed is as it was before, once the write is undone."""

from collections.abc import Mapping
from typing import Any

import pytest

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.guard.undo import undoing_of

from ..server.examples import EXAMPLES, demo_sandbox
from .changes import carry_out, change, now, school, site

SCRIPT = {"name": "Timer", "description": "Counts.", "category": "functional", "page_scopes": ["all"]}

ROUND_TRIPS: list[tuple[str, Mapping[str, Any], tuple[str, ...]]] = [
    ("create_user", EXAMPLES["create_user"].complete[0].arguments, ()),
    ("update_user", {"user_id": "13", "first_name": "Ina", "company": "Mill", "bio": "New", "roles": []}, ()),
    ("update_user", {"user_id": "14", "headline": None, "bio": None, "email": "other@example.com"}, ()),
    ("update_user", {"user_id": "crm-5", "provider": "SSO", "roles": ["site_admin"]}, ()),
    ("update_user", {"user_id": "12", "affiliate_commission": 3, "affiliate_payout_email": "p@example.com"}, ()),
    ("update_user", {"user_id": "11", "affiliate_commission_type": "$", "affiliate_commission": 900}, ()),
    (
        "update_user",
        {
            "user_id": "13",
            "custom_profile_fields": [
                {"custom_profile_field_definition_id": 1, "value": None},
                {"custom_profile_field_definition_id": 3, "value": "A poster"},
            ],
        },
        (),
    ),
    (
        "update_user",
        EXAMPLES["update_user"].complete[0].arguments,
        (
            "users.affiliate_code",
            "users.affiliate_commission",
            "users.affiliate_commission_type",
            "users.affiliate_payout_email",
        ),
    ),
    ("update_enrollment", {"enrollment_id": 5, "expiry_date": "2026-01-15"}, ()),
    ("update_enrollment", {"enrollment_id": 7, "activated_at": "2025-01-15", "expiry_date": None}, ()),
    (
        "update_enrollment",
        {"enrollment_id": 3, "activated_at": "2026-02-01", "expiry_date": "2026-05-01"},
        ("enrollments.activated_at",),
    ),
    ("update_enrollment", {"enrollment_id": 2, "expiry_date": "2026-07-01"}, ()),
    ("update_bundle_enrollment", EXAMPLES["update_bundle_enrollment"].complete[0].arguments, ()),
    ("create_category", EXAMPLES["create_category"].complete[0].arguments, ()),
    ("update_category", EXAMPLES["update_category"].complete[0].arguments, ()),
    ("delete_category", {"category_id": 2}, ()),
    ("delete_category", {"category_id": 6}, ()),
    ("add_products_to_category", {"category_id": 2, "product_ids": [1, 2, 9, 14]}, ()),
    ("remove_products_from_category", {"category_id": 2, "product_ids": [1, 9, 14]}, ()),
    ("create_promotion", EXAMPLES["create_promotion"].required, ()),
    ("update_promotion", {**EXAMPLES["update_promotion"].required, "amount": 20, "expires_at": None}, ()),
    (
        "update_promotion",
        {**EXAMPLES["update_promotion"].complete[0].arguments, "product_ids": [3], "coupon_ids": [2, 7]},
        ("promotion_products", "coupons.promotion_id"),
    ),
    ("delete_promotion", {"promotion_id": 2}, ("orders.coupon_id",)),
    ("delete_promotion", {"promotion_id": 7}, ("orders.coupon_id", "promotion_products")),
    ("create_coupon", EXAMPLES["create_coupon"].complete[0].arguments, ()),
    ("create_coupons_in_bulk", EXAMPLES["create_coupons_in_bulk"].complete[0].arguments, ()),
    ("create_coupons_in_bulk", {"promotion_id": 4, "bulk_quantity": 20}, ()),
    ("update_coupon", EXAMPLES["update_coupon"].complete[0].arguments, ()),
    ("delete_coupon", {"coupon_id": 3}, ("orders.coupon_id",)),
    ("delete_coupon", {"coupon_id": 5}, ("orders.coupon_id",)),
    ("create_group", EXAMPLES["create_group"].complete[0].arguments, ()),
    ("add_analysts_to_group", {"group_id": 3, "user_ids": [8, 9, 10]}, ()),
    ("remove_analyst_from_group", {"group_id": 3, "user_id": 9}, ()),
    ("remove_group_from_analyst", {"user_id": 10, "group_id": 3}, ()),
    ("create_instructor", EXAMPLES["create_instructor"].complete[0].arguments, ()),
    ("update_instructor", EXAMPLES["update_instructor"].complete[0].arguments, ()),
    ("delete_instructor", {"instructor_id": 2}, ("courses.instructor_id",)),
    ("create_site_script", {**SCRIPT, "content": "<script>timer()</script>"}, ()),
    ("update_site_script", EXAMPLES["update_site_script"].complete[0].arguments, ()),
    ("update_site_script", EXAMPLES["update_site_script"].complete[1].arguments, ()),
    (
        "update_site_script",
        {
            "site_script_id": "01HEARTHMR3V9K2T7QWXYZBN4C",
            "name": "Visit counter",
            "description": "Counts visits to the landing pages, without cookies.",
            "category": "analytics",
            "page_scopes": ["landing_pages", "checkout"],
            "content": "<script>other()</script>",
        },
        (),
    ),
    ("delete_site_script", {"site_script_id": "01HEARTHMR3V9K2T7QWXYZBN4C"}, ()),
    ("delete_site_script", {"site_script_id": "01HEARTHMR8D5J6P1EGRSMA0FH"}, ()),
]


@pytest.mark.parametrize(("tool", "arguments", "lost"), ROUND_TRIPS)
async def test_what_was_undone_is_as_it_was_before(
    tool: str, arguments: Mapping[str, Any], lost: tuple[str, ...]
) -> None:
    sandbox = demo_sandbox()
    before = school(sandbox, *lost)
    async with site(sandbox) as thinkific:
        done = await change(thinkific, tool, arguments)
        assert school(sandbox, *lost) != before
        undoing = undoing_of(done)
        assert undoing.is_as_left(await now(thinkific, undoing))
        await carry_out(thinkific, undoing)
    assert school(sandbox, *lost) == before
    assert bool(undoing.losses) or not lost


def test_every_write_that_says_it_can_be_undone_goes_there_and_back() -> None:
    reversible = {name for name, kind in OPERATIONS.items() if kind.spec.undo}
    assert {tool for tool, _, _ in ROUND_TRIPS} == reversible


def test_every_write_that_says_it_can_be_undone_knows_how() -> None:
    knowing = {name for name, kind in OPERATIONS.items() if "undoing" in vars(kind)}
    assert knowing == {name for name, kind in OPERATIONS.items() if kind.spec.undo}
