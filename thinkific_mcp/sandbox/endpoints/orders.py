"""Orders that students placed with the school."""

import json

from thinkific_mcp.sandbox.endpoints.resource import Resource, Row
from thinkific_mcp.sandbox.school import School


def _order(_school: School, row: Row) -> Row:
    return row | {
        # The contract has the dollars of an order as text, and those of its items as a number.
        "amount_dollars": str(row["amount_cents"] / 100),
        "subscription": bool(row["subscription"]),
        "items": json.loads(row["items"]),
    }


ORDERS = Resource(
    "orders",
    """
    SELECT orders.id, orders.user_id, email AS user_email, first_name || ' ' || last_name AS user_name,
        products.name AS product_name, orders.product_id, amount_cents, orders.subscription,
        coupon_code, coupon_id, affiliate_referral_code, orders.status, orders.created_at,
        (SELECT json_group_array(json_object('product_id', sold.id, 'product_name', sold.name,
                'amount_dollars', order_items.amount_cents / 100.0,
                'amount_cents', order_items.amount_cents))
            FROM order_items JOIN products AS sold ON sold.id = order_items.product_id
            WHERE order_items.order_id = orders.id) AS items
    FROM orders
        JOIN users ON users.id = orders.user_id
        JOIN products ON products.id = orders.product_id
    """,
    _order,
)
