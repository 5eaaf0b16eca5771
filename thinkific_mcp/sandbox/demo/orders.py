"""Orders: what students paid through Thinkific, and what employers paid outside of it."""

from collections.abc import Sequence
from typing import NamedTuple

from thinkific_mcp.sandbox.demo.book import Book
from thinkific_mcp.sandbox.demo.dice import Dice
from thinkific_mcp.sandbox.demo.enrollments import Sale
from thinkific_mcp.sandbox.demo.promotions import coupons

AFFILIATES = ("LEOBAKES", "FLOURHANNA")


class Order(NamedTuple):
    """A row of `orders`."""

    id: int
    user_id: int
    product_id: int
    amount_cents: int
    subscription: bool
    coupon_id: int | None
    coupon_code: str | None
    affiliate_referral_code: str | None
    status: str
    created_at: float


class OrderItem(NamedTuple):
    """A row of `order_items`."""

    order_id: int
    product_id: int
    amount_cents: int


class ExternalOrder(NamedTuple):
    """A row of `external_orders`."""

    id: int
    user_id: int
    product_id: int
    payment_provider: str
    order_type: str
    created_at: float


class Transaction(NamedTuple):
    """A row of `external_order_transactions`; the amount is in cents."""

    external_order_id: int
    kind: str
    amount: float
    currency: str
    reference: str
    action: str
    created_at: float


def add_orders(book: Book, sales: Sequence[Sale]) -> None:
    """Write an order for every sale, in order of time, and count the coupons used."""
    _add_orders(book, [sale for sale in sales if not sale.invoiced])
    _add_external_orders(book, [sale for sale in sales if sale.invoiced])
    book.record_coupon_uses()


def _add_orders(book: Book, sales: Sequence[Sale]) -> None:
    dice = Dice("orders")
    offered = coupons(book)
    orders: list[Order] = []
    for order_id, sale in enumerate(sales, book.next_id("orders")):
        product = sale.product
        amount = product.prices[0] if dice.chance(0.75) else dice.pick(product.prices)
        accepted = [coupon for coupon in offered if coupon.accepted(product.id, sale.when)]
        coupon = dice.pick(accepted) if accepted and dice.chance(0.35) else None
        if coupon:
            amount = coupon.price(amount)
            coupon.left -= 1
        orders.append(
            Order(
                id=order_id,
                user_id=sale.student.id,
                product_id=product.id,
                amount_cents=amount,
                subscription=product.payment_type == "subscription",
                coupon_id=coupon.id if coupon else None,
                coupon_code=coupon.code if coupon else None,
                affiliate_referral_code=dice.pick(AFFILIATES) if dice.chance(0.1) else None,
                status="refunded" if sale.refunded else "complete",
                created_at=sale.when,
            )
        )
    book.add_many("orders", orders)
    book.add_many("order_items", [OrderItem(order.id, order.product_id, order.amount_cents) for order in orders])


def _add_external_orders(book: Book, sales: Sequence[Sale]) -> None:
    orders: list[ExternalOrder] = []
    transactions: list[Transaction] = []
    for order_id, sale in enumerate(sales, book.next_id("external_orders")):
        product, when, amount = sale.product, sale.when, float(sale.product.prices[0])
        reference = f"INV-{2000 + order_id}"
        orders.append(ExternalOrder(order_id, sale.student.id, product.id, "Invoice", product.payment_type, when))
        transactions.append(Transaction(order_id, "purchase", amount, "USD", reference, "purchase", when))
        if sale.refunded:
            returned = Transaction(order_id, "refund", amount, "USD", f"{reference}-R", "refund", when + 3)
            transactions.append(returned)
    book.add_many("external_orders", orders)
    book.add_many("external_order_transactions", transactions)
