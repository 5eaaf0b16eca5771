"""Promotions, and the coupons that buyers use."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import inf

from thinkific_mcp.sandbox.demo.book import Book, read


@dataclass
class Coupon:
    """A coupon in the hands of buyers.

    Attributes:
        starts: the moment from which it is accepted, in days from now.
        expires: the moment from which it is not.
        products: the ids of the products that it is for; empty is all.
        left: how many more times it may be used.
    """

    id: int
    code: str
    starts: float
    expires: float
    products: AbstractSet[int]
    discount_type: str
    amount: int
    left: float

    def accepted(self, product_id: int, when: float) -> bool:
        """Tell whether the coupon can be used for this product at this moment."""
        for_product = not self.products or product_id in self.products
        return for_product and self.left > 0 and self.starts <= when < self.expires

    def price(self, cents: int) -> int:
        """Return what is left to pay of a price in cents."""
        if self.discount_type == "percentage":
            return cents * (100 - self.amount) // 100
        return max(0, cents - self.amount * 100)


def add_promotions(book: Book) -> None:
    """Write the promotions with their coupons."""
    for promotion in read("promotions"):
        columns = {key: value for key, value in promotion.items() if key not in ("product_ids", "coupons")}
        book.add("promotions", columns)
        for product_id in promotion.get("product_ids", ()):
            book.add("promotion_products", {"promotion_id": promotion["id"], "product_id": product_id})
        for coupon in promotion["coupons"]:
            book.add("coupons", coupon | {"promotion_id": promotion["id"]})


def coupons(book: Book) -> list[Coupon]:
    """Return the coupons, less the uses that the hand-written orders make of them."""
    uses = book.coupon_uses()
    return [
        Coupon(
            id=coupon["id"],
            code=coupon["code"],
            starts=max(promotion["starts_at"], coupon["created_at"]),
            expires=promotion.get("expires_at", inf),
            products=frozenset(promotion.get("product_ids", ())),
            discount_type=promotion["discount_type"],
            amount=promotion["amount"],
            left=coupon.get("quantity", inf) - uses.get(coupon["id"], 0),
        )
        for promotion in read("promotions")
        for coupon in promotion["coupons"]
    ]
