"""Orders that were paid elsewhere: the API stores them and never shows them again."""

from collections.abc import Mapping
from typing import Any

from thinkific_mcp.sandbox.endpoints.products import PRODUCTS
from thinkific_mcp.sandbox.endpoints.refusals import NOT_FOUND, blanks, not_found, refuse
from thinkific_mcp.sandbox.endpoints.resource import changes
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

COLUMNS = ("payment_provider", "user_id", "product_id", "order_type")
TRANSACTION_COLUMNS = ("amount", "currency", "reference", "action")


def create(school: School, call: Call) -> Answer:
    """Store an order, with the purchase that paid for it when one was sent."""
    errors = blanks(call.body, "payment_provider")
    for name, resource in (("user_id", USERS), ("product_id", PRODUCTS)):
        if not resource.exists(school, call.body[name]):
            errors[name] = [NOT_FOUND]
    refuse(errors)
    row_id = school.insert("external_orders", created_at=school.stamp(), **changes(call.body, COLUMNS))
    if "transaction" in call.body:
        _insert_transaction(school, row_id, "purchase", call.body["transaction"])
    return Answer(201, {"id": row_id})


def purchase(school: School, call: Call) -> Answer:
    """Store a payment of an order."""
    return _transact(school, call, "purchase")


def refund(school: School, call: Call) -> Answer:
    """Store that a payment of an order was given back."""
    return _transact(school, call, "refund")


def _transact(school: School, call: Call, kind: str) -> Answer:
    row_id = school.value("SELECT id FROM external_orders WHERE id = ?", [call.path["id"]])
    if row_id is None:
        raise not_found()
    _insert_transaction(school, row_id, kind, call.body)
    return Answer(200)


def _insert_transaction(school: School, row_id: int, kind: str, transaction: Mapping[str, Any]) -> None:
    school.insert(
        "external_order_transactions",
        external_order_id=row_id,
        kind=kind,
        created_at=school.stamp(),
        **changes(transaction, TRANSACTION_COLUMNS),
    )
