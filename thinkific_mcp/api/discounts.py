"""Discounts: what promotions and the coupons that give them are, and what becomes of them, in words."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import MISSING

from thinkific_mcp.api.naming import first_looked_up, total_of
from thinkific_mcp.api.products import GetProduct
from thinkific_mcp.change import Look, State
from thinkific_mcp.operation import Arguments
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import (
    Id,
    Integer,
    Integers,
    Number,
    Positive,
    PositiveNumber,
    StoredTime,
    Text,
    wrong,
)
from thinkific_mcp.wording import counted, enumerated, name, shown


class Promotion(Result):
    """A discount: dollars off when `discount_type` is fixed, per cent off when it is percentage."""

    id: Integer = None
    name: Text = None
    description: Text = None
    discount_type: Text = None
    amount: Number = None
    starts_at: Text = None
    expires_at: Text = None
    duration: Number = None
    coupon_ids: Integers = None


class Coupon(Result):
    """A code that gives a promotion's discount; no `quantity` means unlimited uses."""

    id: Integer = None
    code: Text = None
    note: Text = None
    quantity: Integer = None
    quantity_used: Integer = None
    promotion_id: Integer = None
    created_at: Text = None


class PromotionFields(Arguments):
    """What a promotion is."""

    name: str
    discount_type: Literal["fixed", "percentage"]
    amount: PositiveNumber = Field(description="Dollars if fixed, per cent (at most 100) if percentage.")
    description: str | None | MISSING = MISSING
    starts_at: StoredTime | None | MISSING = Field(default=MISSING, description="2026-01-31, or a date-time.")
    expires_at: StoredTime | None | MISSING = Field(
        default=MISSING, description="A date ends it as the day begins (UTC). null: no end."
    )
    product_ids: list[Id] | MISSING = Field(
        default=MISSING, description="What it applies to. Left out: all products."
    )
    coupon_ids: list[Id] | MISSING = Field(default=MISSING, description="Existing coupons to move here.")
    duration: Positive | None | MISSING = Field(
        default=MISSING, description="For how many payments; subscriptions and payment plans only."
    )

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if self.discount_type == "percentage" and self.amount > 100:
            raise wrong("amount should be at most 100 when discount_type is percentage")
        return self

    def moved(self, present: Sequence[Any]) -> list[str]:
        """Say that coupons come along from elsewhere, if any but those that are here at present."""
        given = [] if self.coupon_ids is MISSING else self.coupon_ids
        new = [coupon_id for coupon_id in given if coupon_id not in present]
        return ["Coupons that are new to it leave the promotion they have now."] if new else []

    async def products_told(self, look: Look) -> list[str]:
        """Name the products that it applies to, where they are given."""
        if self.product_ids is MISSING or not self.product_ids:
            return []
        return [f"Applies to {await first_looked_up(GetProduct, self.product_ids, look)}."]


class CouponFields(Arguments):
    """What a coupon is."""

    code: str = Field(min_length=1, description="What the buyer types at checkout.")
    note: str | None | MISSING = Field(default=MISSING, description="For admins only.")
    quantity: Positive | None | MISSING = Field(
        default=MISSING, description="How often it can be used in all. null: without limit."
    )


def discount(promotion: Any) -> str:
    """Say what a promotion takes off, such as `20 % off`; promotions count in dollars."""
    amount = getattr(promotion, "amount", None)
    if amount is None:
        return "a discount that is not known"
    if getattr(promotion, "discount_type", None) == "percentage":
        return f"{shown(amount)} % off"
    return f"{shown(amount)} dollars off"


def uses(coupon: Any) -> str:
    """Say how often a coupon was used, of how many times."""
    used, quantity = getattr(coupon, "quantity_used", None), getattr(coupon, "quantity", None)
    if used is None:
        return "uses not known"
    return f"used {shown(used)} of {shown(quantity)} times" if quantity else f"used {counted(used, 'time')}"


def coupons_told(page: Page[Any] | None) -> Sequence[str]:
    """Say which coupons go along with a promotion.

    Args:
        page: the first of them; None where they could not be read.
    """
    if page is None:
        return ["Which coupons go along is not known."]
    total = total_of(page)
    if not total:
        return ["It has no coupons."]
    codes = [f"{name(getattr(row, 'code', None)) or 'no code'} ({uses(row)})" for row in page.items]
    read = f"; the first {len(codes)} of them" if len(codes) < total else ""
    used = sum(getattr(row, "quantity_used", None) or 0 for row in page.items)
    return [
        f"{counted(total, 'coupon goes', 'coupons go')} along: {enumerated(codes, total)}.",
        f"Used {counted(used, 'time')} so far{read}. The codes stop working.",
    ]


def coupons_kept(page: Page[Any] | None) -> State:
    """Return the coupons as plain data, for the undo that makes them anew, and how many there are in all."""
    if page is None:
        return {}
    coupons = [
        {field: value for field in row.shown_fields() if (value := getattr(row, field)) is not None}
        for row in page.items
    ]
    return {"coupons": coupons, "coupons_total": total_of(page)}
