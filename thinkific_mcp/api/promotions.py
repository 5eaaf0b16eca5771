"""Promotions, the discounts of the school, and coupons, the codes that give them."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import MISSING

from thinkific_mcp.operation import Arguments, InQuery, Operation, Page, Paging, PathId, Result
from thinkific_mcp.values import (
    Count,
    Id,
    Integer,
    Integers,
    Number,
    Positive,
    PositiveNumber,
    StoredTime,
    Text,
    Whole,
    not_bool,
    not_huge,
    wrong,
)

CodeLength = Annotated[int, Field(ge=6), BeforeValidator(not_bool), AfterValidator(not_huge)]


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


class CouponFields(Arguments):
    """What a coupon is."""

    code: str = Field(min_length=1, description="What the buyer types at checkout.")
    note: str | None | MISSING = Field(default=MISSING, description="For admins only.")
    quantity: Positive | None | MISSING = Field(
        default=MISSING, description="How often it can be used in all. null: without limit."
    )


class ListPromotions(Paging, Operation[Page[Promotion]], get="/promotions", operation_id="getPromotions"):
    """List the school's promotions (discounts): amount, dates, coupon ids. Their codes: list_coupons."""


class CreatePromotion(PromotionFields, Operation[Promotion], post="/promotions", operation_id="createPromotion"):
    """Create a promotion (discount). Buyers need a code for it: add one with create_coupon."""


class GetPromotion(Operation[Promotion], get="/promotions/{id}", operation_id="getPromotionByID"):
    """Get a promotion: its discount and dates."""

    promotion_id: PathId


class UpdatePromotion(
    PromotionFields,
    Operation[None],
    put="/promotions/{id}",
    operation_id="updatePromotionByID",
    done="Promotion {promotion_id} updated: {changed}.",
):
    """Change a promotion. name, discount_type and amount are always needed: give the present ones to keep them.
    Give product_ids too if it had any, as no tool shows them: left out may mean all products.
    """

    promotion_id: PathId


class DeletePromotion(
    Operation[None],
    delete="/promotions/{id}",
    operation_id="deletePromotionByID",
    done="Promotion {promotion_id} deleted.",
):
    """Delete a promotion; its coupon codes stop working."""

    promotion_id: PathId


class GetPromotionByCoupon(Operation[Promotion], get="/promotions/by_coupon"):
    """Find the promotion behind a coupon code; list_coupons then tells the coupon's id. Needs a product it applies
    to; not found may mean either is wrong.
    """

    product_id: Id
    coupon_code: Annotated[str, Field(min_length=1)]


class ListCoupons(Paging, Operation[Page[Coupon]], get="/coupons", operation_id="getCoupons"):
    """List the coupon codes of one promotion and how often each was used. Promotions: list_promotions."""

    promotion_id: Id


class CreateCoupon(CouponFields, Operation[Coupon], post="/coupons", operation_id="createCoupon"):
    """Create a coupon code for a promotion. Discount, expiry and products are the promotion's."""

    promotion_id: InQuery[Id]


class CreateCouponsInBulk(
    Operation[Page[Coupon]],
    post="/coupons/bulk_create",
    operation_id="bulkCreateCoupons",
    guarded="up to 1000 coupons that only one by one can be removed",
):
    """Create up to 1000 coupons with random codes for a promotion. They can only be deleted one by one."""

    promotion_id: InQuery[Id]
    bulk_quantity: Whole = Field(ge=1, le=1000, description="How many codes.")
    bulk_coupon_code_length: CodeLength | MISSING = MISSING
    bulk_quantity_per_coupon: Positive | None | MISSING = Field(
        default=MISSING, description="How often each can be used. null: without limit."
    )


class GetCoupon(Operation[Coupon], get="/coupons/{id}", operation_id="getCouponByID"):
    """Get a coupon and its uses."""

    coupon_id: PathId


class UpdateCoupon(
    CouponFields,
    Operation[None],
    put="/coupons/{id}",
    operation_id="updateCoupon",
    done="Coupon {coupon_id} updated: {changed}.",
):
    """Change a coupon. code is always needed: give the present one to keep it."""

    coupon_id: PathId
    quantity_used: Count | MISSING = Field(default=MISSING, description="Corrects the count of uses.")

    def wire_value(self, name: str, value: Any) -> Any:
        """Send `quantity_used` as the string that the published contract asks for."""
        return str(value) if name == "quantity_used" else value


class DeleteCoupon(
    Operation[None],
    delete="/coupons/{id}",
    operation_id="deleteCouponByID",
    done="Coupon {coupon_id} deleted.",
):
    """Delete a coupon; its code stops working, the promotion stays. Ids: list_coupons."""

    coupon_id: PathId
