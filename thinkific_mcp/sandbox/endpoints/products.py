"""Products: what the school sells, each one course or one bundle."""

import json

from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, Row
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

FLAGS = ("private", "hidden", "subscription", "has_certificate")


def _product(_school: School, row: Row) -> Row:
    prices = json.loads(row["product_prices"])
    return row | {
        # Integrators report prices as text, such as "10.0"; the contract types this one as a number.
        "price": None if row["price"] is None else str(row["price"]),
        **{flag: bool(row[flag]) for flag in FLAGS},
        "collection_ids": json.loads(row["collection_ids"]),
        "related_product_ids": json.loads(row["related_product_ids"]),
        "product_prices": [price | {"is_primary": bool(price["is_primary"])} for price in prices],
    }


PRODUCTS = Resource(
    "products",
    """
    SELECT products.*,
        (SELECT json_group_array(collection_id) FROM
            (SELECT collection_id FROM collection_products WHERE product_id = products.id
                ORDER BY collection_id)) AS collection_ids,
        (SELECT json_group_array(related_product_id) FROM
            (SELECT related_product_id FROM related_products WHERE product_id = products.id
                ORDER BY related_product_id)) AS related_product_ids,
        (SELECT json_group_array(json_object(
                'id', id, 'is_primary', is_primary, 'payment_type', payment_type, 'label', label,
                'price', price, 'days_until_expiry', days_until_expiry, 'pay_button_text', pay_button_text,
                'number_of_payments', number_of_payments, 'interval', interval,
                'interval_count', interval_count, 'trial_interval', trial_interval,
                'trial_interval_count', trial_interval_count, 'custom_first_price', custom_first_price,
                'price_name', price_name, 'currency', currency))
            FROM (SELECT * FROM product_prices WHERE product_id = products.id ORDER BY id)) AS product_prices
    FROM products
    """,
    _product,
    order="position, id",
)


def list_related(school: School, call: Call) -> Answer:
    """Answer the products related to a product."""
    PRODUCTS.require(school, call.path["id"])
    sql = "id IN (SELECT related_product_id FROM related_products WHERE product_id = ?)"
    return PRODUCTS.page(school, call, Condition(sql, (call.path["id"],)))
