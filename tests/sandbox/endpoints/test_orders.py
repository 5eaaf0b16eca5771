from typing import Any

import pytest

from .conftest import LONG_AGO, Api

ORDER: dict[str, Any] = {"payment_provider": "Till", "order_type": "one-time"}
PAYMENT: dict[str, Any] = {"amount": 4950, "currency": "USD"}


def test_the_dollars_of_an_order_are_text_and_those_of_its_items_a_number(api: Api) -> None:
    user_id, product_id = api.user(), api.product(api.course())
    order_id = api.school.insert(
        "orders", user_id=user_id, product_id=product_id, amount_cents=2000, created_at=LONG_AGO
    )
    api.school.insert("order_items", order_id=order_id, product_id=product_id, amount_cents=2000)
    item = {"product_id": 1, "product_name": "Product of 1", "amount_dollars": 20.0, "amount_cents": 2000}
    assert api.items("GET /orders") == [
        {
            "id": 1,
            "user_id": 1,
            "user_email": "ada@example.com",
            "user_name": "Ada Park",
            "product_name": "Product of 1",
            "product_id": 1,
            "amount_cents": 2000,
            "amount_dollars": "20.0",
            "subscription": False,
            "coupon_code": None,
            "coupon_id": None,
            "affiliate_referral_code": None,
            "status": "complete",
            "created_at": LONG_AGO,
            "items": [item],
        }
    ]


def transactions(api: Api) -> list[tuple[str, float]]:
    rows = api.school.rows("SELECT kind, amount FROM external_order_transactions ORDER BY id")
    return [(row["kind"], row["amount"]) for row in rows]


def test_an_external_order_is_stored_with_its_payment(api: Api) -> None:
    body = {**ORDER, "user_id": api.user(), "product_id": api.product(api.course()), "transaction": PAYMENT}
    answer = api("POST /external_orders", body=body)
    assert (answer.status, answer.body, transactions(api)) == (201, {"id": 1}, [("purchase", 4950)])


def test_an_external_order_needs_a_known_user_and_product(api: Api) -> None:
    answer = api("POST /external_orders", body={**ORDER, "user_id": 8, "product_id": 9})
    errors = {"user_id": ["not found"], "product_id": ["not found"]}
    assert (answer.status, answer.body) == (422, {"errors": errors})


@pytest.mark.parametrize("kind", ["purchase", "refund"])
def test_transactions_of_an_external_order_are_stored(api: Api, kind: str) -> None:
    body = {**ORDER, "user_id": api.user(), "product_id": api.product(api.course())}
    path = {"id": api("POST /external_orders", body=body).body["id"]}
    answer = api(f"POST /external_orders/{{id}}/transactions/{kind}", path, body=PAYMENT)
    assert (answer.status, answer.body, transactions(api)) == (200, None, [(kind, 4950)])
