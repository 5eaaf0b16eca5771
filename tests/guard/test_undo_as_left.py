"""Only what still is as the write left it is undone; what was empty before comes back as what that means."""

from collections.abc import Mapping
from typing import Any

import pytest

from thinkific_mcp.guard.undo import undoing_of

from ..server.examples import demo_sandbox
from .changes import a_change, change, now, site

MEANWHILE: list[tuple[str, Mapping[str, Any], str, Mapping[str, Any]]] = [
    ("update_user", {"user_id": "13", "bio": "A"}, "update_user", {"user_id": "13", "bio": "B"}),
    ("update_user", {"user_id": "13", "bio": "A"}, "delete_user", {"user_id": "13"}),
    (
        "update_user",
        {"user_id": "13", "custom_profile_fields": [{"custom_profile_field_definition_id": 1, "value": "A"}]},
        "update_user",
        {"user_id": "13", "custom_profile_fields": [{"custom_profile_field_definition_id": 1, "value": "B"}]},
    ),
    (
        "update_enrollment",
        {"enrollment_id": 5, "expiry_date": "2026-01-15"},
        "update_enrollment",
        {"enrollment_id": 5, "expiry_date": "2026-01-16"},
    ),
    (
        "update_bundle_enrollment",
        {"bundle_id": 2, "user_id": 8, "expiry_date": "2026-07-01"},
        "update_enrollment",
        {"enrollment_id": 1, "expiry_date": None},
    ),
    (
        "create_category",
        {"name": "A", "description": "", "slug": "a"},
        "add_products_to_category",
        {"category_id": 7, "product_ids": [1]},
    ),
    (
        "add_products_to_category",
        {"category_id": 6, "product_ids": [1, 2]},
        "remove_products_from_category",
        {"category_id": 6, "product_ids": [2]},
    ),
    (
        "remove_products_from_category",
        {"category_id": 5, "product_ids": [12]},
        "add_products_to_category",
        {"category_id": 5, "product_ids": [12]},
    ),
    (
        "create_promotion",
        {"name": "A", "discount_type": "fixed", "amount": 5},
        "create_coupon",
        {"promotion_id": 9, "code": "A"},
    ),
    (
        "create_coupon",
        {"promotion_id": 2, "code": "A"},
        "update_coupon",
        {"coupon_id": 12, "code": "A", "quantity_used": 1},
    ),
    (
        "create_coupons_in_bulk",
        {"promotion_id": 4, "bulk_quantity": 2},
        "delete_coupon",
        {"coupon_id": 12},
    ),
    (
        "add_analysts_to_group",
        {"group_id": 4, "user_ids": [8, 9]},
        "remove_analyst_from_group",
        {"group_id": 4, "user_id": 8},
    ),
    (
        "remove_analyst_from_group",
        {"group_id": 3, "user_id": 9},
        "add_analysts_to_group",
        {"group_id": 3, "user_ids": [9]},
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "other", "other_arguments"), MEANWHILE)
async def test_another_change_in_between_is_noticed(
    tool: str, arguments: Mapping[str, Any], other: str, other_arguments: Mapping[str, Any]
) -> None:
    async with site(demo_sandbox()) as thinkific:
        undoing = undoing_of(await change(thinkific, tool, arguments))
        await change(thinkific, other, other_arguments)
        assert not undoing.is_as_left(await now(thinkific, undoing))


async def test_another_field_may_have_changed_in_between() -> None:
    async with site(demo_sandbox()) as thinkific:
        undoing = undoing_of(await change(thinkific, "update_user", {"user_id": "13", "bio": "A"}))
        await change(thinkific, "update_user", {"user_id": "13", "headline": "B"})
        assert undoing.is_as_left(await now(thinkific, undoing))


async def test_a_deletion_is_not_undone_where_the_thing_is_there_again() -> None:
    async with site(demo_sandbox()) as thinkific:
        undoing = undoing_of(await change(thinkific, "delete_coupon", {"coupon_id": 3}))
    assert not undoing.is_as_left({"id": 3})


@pytest.mark.parametrize(
    ("tool", "sent", "found"),
    [
        ("update_user", {"user_id": "13", "email": "Ida@Example.com"}, {"email": "ida@example.com "}),
        ("update_user", {"user_id": "13", "bio": None}, {}),
        ("update_user", {"user_id": "13", "bio": ""}, {}),
        (
            "update_user",
            {"user_id": "13", "roles": ["site_admin", "affiliate"]},
            {"roles": ["affiliate", "site_admin"]},
        ),
        ("update_user", {"user_id": "13", "affiliate_commission": 10}, {"affiliate_commission": 10.0}),
        (
            "update_enrollment",
            {"enrollment_id": 13, "expiry_date": "2026-01-15"},
            {"expiry_date": "2026-01-15T00:00:00.500Z"},
        ),
    ],
)
def test_the_same_in_other_words_is_no_change(
    tool: str, sent: Mapping[str, Any], found: Mapping[str, Any]
) -> None:
    before = {
        "id": 13,
        "bio": "A",
        "email": "a@example.com",
        "affiliate_commission": 5,
        "expiry_date": "2027-01-01",
    }
    undoing = undoing_of(a_change(tool, sent, before))
    assert undoing.is_as_left({"id": 13, **found})


def test_a_new_category_that_was_filled_is_not_as_it_was_left() -> None:
    arguments = {"name": "A", "description": "", "slug": "a"}
    undoing = undoing_of(a_change("create_category", arguments, made={"id": 7, "slug": "a"}))
    assert not undoing.is_as_left({"id": 7, "slug": "a", "product_ids": [1]})


def test_a_new_promotion_with_coupons_is_not_as_it_was_left() -> None:
    arguments = {"name": "A", "discount_type": "fixed", "amount": 5}
    undoing = undoing_of(a_change("create_promotion", arguments, made={"id": 7}))
    assert not undoing.is_as_left({"id": 7, "coupon_ids": [1]})


@pytest.mark.parametrize(
    ("tool", "sent", "before", "put_back"),
    [
        ("update_user", {"user_id": "13", "roles": ["site_admin"]}, {}, {"roles": []}),
        (
            "update_user",
            {"user_id": "13", "affiliate_commission": 900, "affiliate_commission_type": "$"},
            {"affiliate_commission": 20},
            {"affiliate_commission": 20, "affiliate_commission_type": "%"},
        ),
        (
            "update_category",
            {"category_id": 13, "name": "A", "slug": "a", "description": "B"},
            {"name": "A", "slug": "a"},
            {"name": "A", "slug": "a", "description": ""},
        ),
    ],
)
def test_what_was_null_before_is_put_back_as_what_it_means(
    tool: str, sent: Mapping[str, Any], before: Mapping[str, Any], put_back: Mapping[str, Any]
) -> None:
    (step,) = undoing_of(a_change(tool, sent, {"id": 13, **before})).steps
    which = {name: value for name, value in sent.items() if name.endswith("_id")}
    assert dict(step.arguments) == {**which, **put_back}
