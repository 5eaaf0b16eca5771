"""Promotions, the discounts of the school, and coupons, the codes that give them."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import MISSING

from thinkific_mcp.api.discounts import (
    Coupon,
    CouponFields,
    Promotion,
    PromotionFields,
    coupons_kept,
    coupons_told,
    discount,
    uses,
)
from thinkific_mcp.api.naming import items_of, looked_up
from thinkific_mcp.api.undoing import MOST_STEPS, listed, make_anew, put_back, rows_in, take_away
from thinkific_mcp.change import Consequences, Look, State, Step, Undoing
from thinkific_mcp.operation import InQuery, Operation, Paging, PathId
from thinkific_mcp.result import Page
from thinkific_mcp.values import (
    API_PAGE_SIZE,
    LARGEST_LIMIT,
    Count,
    Id,
    Positive,
    Whole,
    not_bool,
    not_huge,
)
from thinkific_mcp.wording import counted, shown

CodeLength = Annotated[int, Field(ge=6), BeforeValidator(not_bool), AfterValidator(not_huge)]

_FOR_ALL_PRODUCTS = "It applies to all products: Thinkific does not tell which ones it applied to."
_PRODUCTS_STAY = "The products it applies to stay as they are: Thinkific does not tell which ones they were."
_COUPONS_STAY = "Coupons that were moved to it stay: where they came from is not known."


class ListPromotions(Paging, Operation[Page[Promotion]], get="/promotions", operation_id="getPromotions"):
    """List the school's promotions (discounts): amount, dates, coupon ids. Their codes: list_coupons."""


class CreatePromotion(
    PromotionFields,
    Operation[Promotion],
    post="/promotions",
    operation_id="createPromotion",
    guarded="",
    undo="deletes the promotion again",
):
    """Create a promotion (discount). Buyers need a code for it: add one with create_coupon."""

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what it applies to, and which coupons come along."""
        products = await self.products_told(look) or ["Applies to all products."]
        return Consequences([f"Gives {discount(self)}.", *products, *self.moved([])])

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the promotion, unless coupons would go with it that were there before."""
        if self.coupon_ids is not MISSING and self.coupon_ids:
            raise ValueError(
                "Existing coupons were moved to it, and deleting it would delete them too. Move them back with "
                "coupon_ids of update_promotion first, then use delete_promotion."
            )
        return take_away(DeletePromotion, {"coupon_ids": [], **made})


class GetPromotion(Operation[Promotion], get="/promotions/{id}", operation_id="getPromotionByID"):
    """Get a promotion: its discount and dates."""

    promotion_id: PathId


class UpdatePromotion(
    PromotionFields,
    Operation[None],
    put="/promotions/{id}",
    operation_id="updatePromotionByID",
    guarded="",
    undo="puts back what was; not which products it applied to",
    target=GetPromotion,
    done="Promotion {promotion_id} updated: {changed}.",
):
    """Change a promotion. name, discount_type and amount are always needed: give the present ones to keep them.
    Give product_ids too if it had any, as no tool shows them: left out may mean all products.
    """

    promotion_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what it applies to, as far as is known."""
        unknown = "No tool shows which products it applies to; it may apply to all of them afterwards."
        products = await self.products_told(look) or [unknown]
        moved = self.moved(items_of(getattr(target, "coupon_ids", None)))
        return Consequences([f"Gives {discount(self)}.", *products, *moved])

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back what was; which products it applied to only where Thinkific tells."""
        lost = {} if "product_ids" in before else {"product_ids": _PRODUCTS_STAY}
        moved = [] if self.coupon_ids is MISSING else self.coupon_ids
        stay = len(moved) > len(listed(before, "coupon_ids", moved))
        return put_back(self, before, lost=lost | {"coupon_ids": _COUPONS_STAY if stay else ""})


class DeletePromotion(
    Operation[None],
    delete="/promotions/{id}",
    operation_id="deletePromotionByID",
    undo="makes a new one with the same coupon codes, under other ids and for all products",
    target=GetPromotion,
    done="Promotion {promotion_id} deleted.",
):
    """Delete a promotion; its coupon codes stop working."""

    promotion_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell which coupons go along, and keep them."""
        page = await look(ListCoupons(promotion_id=self.promotion_id, limit=API_PAGE_SIZE))
        return Consequences(coupons_told(page), coupons_kept(page))

    def undoing(self, before: State, made: State) -> Undoing:
        """Create the promotion again, with as many of its coupons as there are steps for."""
        told = {name: value for name, value in before.items() if name != "coupon_ids"}
        plan = make_anew(self, CreatePromotion, told, *([] if "product_ids" in told else [_FOR_ALL_PRODUCTS]))
        steps, again = list(plan.steps), 0
        for coupon in rows_in(before, "coupons"):
            fields = {name: coupon[name] for name in CouponFields.model_fields if name in coupon}
            further = [Step(CreateCoupon, fields, {"promotion_id": 0}), *_uses(coupon, len(steps))]
            if isinstance(coupon.get("code"), str) and len(steps) + len(further) <= MOST_STEPS:
                steps += further
                again += 1
        total = before.get("coupons_total")
        missing = max(total if isinstance(total, int) else 0, len(rows_in(before, "coupons"))) - again
        losses = [f"{missing} of its coupons stay deleted."] if missing else []
        return replace(plan, steps=steps, losses=[*plan.losses, *losses])


class GetPromotionByCoupon(Operation[Promotion], get="/promotions/by_coupon"):
    """Find the promotion behind a coupon code; list_coupons then tells the coupon's id. Needs a product it applies
    to; not found may mean either is wrong.
    """

    product_id: Id
    coupon_code: Annotated[str, Field(min_length=1)]


class ListCoupons(Paging, Operation[Page[Coupon]], get="/coupons", operation_id="getCoupons"):
    """List the coupon codes of one promotion and how often each was used. Promotions: list_promotions."""

    promotion_id: Id


class CreateCoupon(
    CouponFields,
    Operation[Coupon],
    post="/coupons",
    operation_id="createCoupon",
    guarded="",
    undo="deletes the coupon again",
    target=GetPromotion,
):
    """Create a coupon code for a promotion. Discount, expiry and products are the promotion's."""

    promotion_id: InQuery[Id]

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what the code gives."""
        return Consequences([f"The code gives {discount(target)}."])

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the coupon, as long as it was not used."""
        return take_away(DeleteCoupon, {"quantity_used": 0, **made})


class CreateCouponsInBulk(
    Operation[Page[Coupon]],
    post="/coupons/bulk_create",
    operation_id="bulkCreateCoupons",
    guarded="up to 1000 coupons that only one by one can be removed",
    undo="deletes them again, if they are 20 at most",
    target=GetPromotion,
):
    """Create up to 1000 coupons with random codes for a promotion. They can only be deleted one by one."""

    promotion_id: InQuery[Id]
    bulk_quantity: Whole = Field(ge=1, le=1000, description="How many codes.")
    bulk_coupon_code_length: CodeLength | MISSING = MISSING
    bulk_quantity_per_coupon: Positive | None | MISSING = Field(
        default=MISSING, description="How often each can be used. null: without limit."
    )

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell how many codes there will be, and what each gives."""
        often = self.bulk_quantity_per_coupon
        limit = counted(often, "time") if isinstance(often, int) else "without limit"
        return Consequences(
            [
                f"Makes {counted(self.bulk_quantity, 'code')}: {discount(target)} with each, to be used {limit}.",
                "They can be removed only one by one.",
            ]
        )

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the coupons, as long as none was used."""
        coupons = rows_in(made)
        if self.bulk_quantity > MOST_STEPS or len(coupons) > MOST_STEPS:
            raise ValueError(f"At most {MOST_STEPS} coupons are deleted again; delete_coupon deletes one by one.")
        if len(coupons) != self.bulk_quantity:
            raise ValueError("Thinkific did not tell all coupons that it made; list_coupons does.")
        plans = [take_away(DeleteCoupon, {**coupon, "quantity_used": 0}) for coupon in coupons]

        def is_as_left(now: State | None) -> bool:
            return all(any(plan.is_as_left(row) for row in rows_in(now or {})) for plan in plans)

        look = ListCoupons(promotion_id=self.promotion_id, limit=LARGEST_LIMIT)
        return Undoing([step for plan in plans for step in plan.steps], look, is_as_left)


class GetCoupon(Operation[Coupon], get="/coupons/{id}", operation_id="getCouponByID"):
    """Get a coupon and its uses."""

    coupon_id: PathId


class UpdateCoupon(
    CouponFields,
    Operation[None],
    put="/coupons/{id}",
    operation_id="updateCoupon",
    guarded="",
    undo="puts back what was",
    target=GetCoupon,
    done="Coupon {coupon_id} updated: {changed}.",
):
    """Change a coupon. code is always needed: give the present one to keep it."""

    coupon_id: PathId
    quantity_used: Count | MISSING = Field(default=MISSING, description="Corrects the count of uses.")

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell which code stops working."""
        code = getattr(target, "code", None)
        is_other = bool(code) and code != self.code
        return Consequences([f"The code {shown(code)} stops working."] if is_other else [])

    def wire_value(self, name: str, value: Any) -> Any:
        """Send `quantity_used` as the string that the published contract asks for."""
        return str(value) if name == "quantity_used" else value

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back what was."""
        return put_back(self, before)


class DeleteCoupon(
    Operation[None],
    delete="/coupons/{id}",
    operation_id="deleteCouponByID",
    undo="makes a new one with the same code, under another id",
    target=GetCoupon,
    done="Coupon {coupon_id} deleted.",
):
    """Delete a coupon; its code stops working, the promotion stays. Ids: list_coupons."""

    coupon_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell of its uses and its promotion."""
        promotion = await looked_up(GetPromotion, getattr(target, "promotion_id", None), look)
        return Consequences(
            [f"The code stops working; {uses(target)}.", f"It belongs to {promotion}, which stays."]
        )

    def undoing(self, before: State, made: State) -> Undoing:
        """Create the coupon again, with its count of uses."""
        plan = make_anew(self, CreateCoupon, before)
        return replace(plan, steps=[*plan.steps, *_uses(before, 0)])


def _uses(coupon: State, made: int) -> list[Step]:
    """Return the step that gives a new coupon its former count of uses; none where it was not used."""
    used = coupon.get("quantity_used")
    if not isinstance(used, int) or used < 1:
        return []
    return [Step(UpdateCoupon, {"code": coupon.get("code"), "quantity_used": used}, {"coupon_id": made})]
