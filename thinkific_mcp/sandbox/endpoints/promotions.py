"""Promotions: discounts on all products or on some, unlocked by coupons."""

import json
from collections.abc import Mapping
from typing import Any

from thinkific_mcp.sandbox.endpoints.dates import times
from thinkific_mcp.sandbox.endpoints.products import PRODUCTS
from thinkific_mcp.sandbox.endpoints.refusals import NOT_FOUND, blanks, not_found, refuse
from thinkific_mcp.sandbox.endpoints.resource import Resource, Row, changes, unknown_ids
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

COLUMNS = ("name", "description", "discount_type", "amount", "duration")
TIMES = ("starts_at", "expires_at")
LARGEST_PERCENTAGE = 100


def _promotion(_school: School, row: Row) -> Row:
    return row | {"coupon_ids": json.loads(row["coupon_ids"])}


PROMOTIONS = Resource(
    "promotions",
    """
    SELECT id, name, description, starts_at, expires_at, discount_type, amount, duration,
        (SELECT json_group_array(id) FROM
            (SELECT id FROM coupons WHERE promotion_id = promotions.id ORDER BY id)) AS coupon_ids
    FROM promotions
    """,
    _promotion,
)


def create(school: School, call: Call) -> Answer:
    """Create a promotion for the products that were sent, or for all of them."""
    columns = _columns(call.body)
    _refuse_errors(school, call.body, columns)
    row_id = school.insert("promotions", **columns)
    _relate(school, row_id, call.body)
    return Answer(201, PROMOTIONS.answer(school, row_id))


def update(school: School, call: Call) -> Answer:
    """Change a promotion; a list of products replaces the former one."""
    row_id = call.path["id"]
    columns = _columns(call.body)
    _refuse_errors(school, call.body, PROMOTIONS.answer(school, row_id) | columns)
    school.update("promotions", row_id, **columns)
    _relate(school, row_id, call.body)
    return Answer(204)


def get_by_coupon(school: School, call: Call) -> Answer:
    """Answer the promotion that a coupon code unlocks for a product, whatever the code's case."""
    product_id = call.query["product_id"]
    PRODUCTS.require(school, product_id)
    row_id = school.value(
        """
        SELECT promotion_id FROM coupons WHERE code = ?
            AND (promotion_id NOT IN (SELECT promotion_id FROM promotion_products)
                OR promotion_id IN (SELECT promotion_id FROM promotion_products WHERE product_id = ?))
        """,
        [call.query["coupon_code"], product_id],
    )
    if row_id is None:
        raise not_found()
    return Answer(200, PROMOTIONS.answer(school, row_id))


def _columns(body: Mapping[str, Any]) -> Row:
    return changes(body, COLUMNS) | times(body, TIMES)


def _refuse_errors(school: School, sent: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    errors = blanks(sent, "name")
    if result["amount"] <= 0:
        errors["amount"] = ["must be greater than 0"]
    elif result["discount_type"] == "percentage" and result["amount"] > LARGEST_PERCENTAGE:
        errors["amount"] = [f"must be less than or equal to {LARGEST_PERCENTAGE}"]
    starts_at, expires_at = result.get("starts_at"), result.get("expires_at")
    if starts_at and expires_at and expires_at <= starts_at:
        errors["expires_at"] = ["must be after starts_at"]
    for name, table in (("product_ids", "products"), ("coupon_ids", "coupons")):
        unknown = unknown_ids(school, table, sent.get(name, []))
        if unknown:
            errors[name] = [f"{row_id} {NOT_FOUND}" for row_id in unknown]
    refuse(errors)


def _relate(school: School, row_id: int, body: Mapping[str, Any]) -> None:
    """Set the products of a promotion, and move coupons to it.

    A coupon belongs to one promotion always, so coupons that a list leaves out stay where they are.
    """
    if "product_ids" in body:
        school.db.execute("DELETE FROM promotion_products WHERE promotion_id = ?", [row_id])
        for product_id in dict.fromkeys(body["product_ids"]):
            school.insert("promotion_products", promotion_id=row_id, product_id=product_id)
    for coupon_id in body.get("coupon_ids", []):
        school.update("coupons", coupon_id, promotion_id=row_id)
