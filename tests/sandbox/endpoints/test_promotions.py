from typing import Any

import pytest

from .conftest import Api

SPRING: dict[str, Any] = {"name": "Spring", "discount_type": "percentage", "amount": 15}


def test_a_promotion_is_created(api: Api) -> None:
    answer = api("POST /promotions", body={**SPRING, "starts_at": "2026-04-01"})
    assert (answer.status, answer.body) == (
        201,
        {
            "id": 1,
            "name": "Spring",
            "description": None,
            "starts_at": "2026-04-01T00:00:00Z",
            "expires_at": None,
            "discount_type": "percentage",
            "amount": 15.0,
            "duration": None,
            "coupon_ids": [],
        },
    )


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": " "}, {"name": ["can't be blank"]}),
        ({"amount": 101}, {"amount": ["must be less than or equal to 100"]}),
        ({"amount": 0}, {"amount": ["must be greater than 0"]}),
        ({"product_ids": [8]}, {"product_ids": ["8 not found"]}),
        ({"coupon_ids": [9]}, {"coupon_ids": ["9 not found"]}),
        (
            {"starts_at": "2026-04-02", "expires_at": "2026-04-01"},
            {"expires_at": ["must be after starts_at"]},
        ),
    ],
)
def test_a_promotion_that_makes_no_sense_is_refused(
    api: Api, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    answer = api("POST /promotions", body={**SPRING, **changes})
    assert (answer.status, answer.body) == (422, {"errors": errors})


def test_a_fixed_amount_may_be_over_100(api: Api) -> None:
    assert api("POST /promotions", body={**SPRING, "discount_type": "fixed", "amount": 150}).status == 201


def test_an_update_is_judged_together_with_what_is_stored(api: Api) -> None:
    row_id = api.promotion(starts_at="2026-04-02T00:00:00Z")
    answer = api("PUT /promotions/{id}", {"id": row_id}, body={**SPRING, "expires_at": "2026-04-01"})
    assert answer.body == {"errors": {"expires_at": ["must be after starts_at"]}}


def test_null_clears_the_end_of_a_promotion(api: Api) -> None:
    row_id = api.promotion(expires_at="2026-04-02T00:00:00Z", description="For all")
    api("PUT /promotions/{id}", {"id": row_id}, body={**SPRING, "expires_at": None})
    promotion = api("GET /promotions/{id}", {"id": row_id}).body
    assert (promotion["expires_at"], promotion["description"]) == (None, "For all")


def test_a_promotion_is_found_by_its_coupon_in_any_case(api: Api) -> None:
    row_id = api.promotion()
    api.coupon(row_id, "SPRING")
    query = {"coupon_code": "spring", "product_id": api.product(api.course())}
    assert api("GET /promotions/by_coupon", query=query).body["id"] == row_id


def test_a_promotion_is_not_found_for_a_product_out_of_its_scope(api: Api) -> None:
    pottery, glazing = api.product(api.course("Pottery")), api.product(api.course("Glazing"))
    api.coupon(api.promotion(pottery), "SPRING")
    found = [
        api("GET /promotions/by_coupon", query={"coupon_code": "SPRING", "product_id": product_id}).status
        for product_id in (pottery, glazing, 99)
    ]
    assert found == [200, 404, 404]


def test_a_list_of_products_replaces_the_former_one(api: Api) -> None:
    pottery, glazing = api.product(api.course("Pottery")), api.product(api.course("Glazing"))
    row_id = api.promotion(pottery)
    api.coupon(row_id, "SPRING")
    api("PUT /promotions/{id}", {"id": row_id}, body={**SPRING, "product_ids": [glazing]})
    query = {"coupon_code": "SPRING", "product_id": pottery}
    assert api("GET /promotions/by_coupon", query=query).status == 404


def test_coupons_can_be_moved_to_a_promotion(api: Api) -> None:
    coupon_id = api.coupon(api.promotion())
    answer = api("POST /promotions", body={**SPRING, "coupon_ids": [coupon_id]})
    assert answer.body["coupon_ids"] == [coupon_id]


def test_deleting_a_promotion_takes_its_coupons_along(api: Api) -> None:
    row_id = api.promotion()
    coupon_id = api.coupon(row_id)
    assert api("DELETE /promotions/{id}", {"id": row_id}).status == 204
    assert api("GET /coupons/{id}", {"id": coupon_id}).status == 404


def test_only_coupons_of_the_promotion_are_listed(api: Api) -> None:
    spring, autumn = api.promotion(), api.promotion()
    api.coupon(autumn, "AUTUMN")
    coupon_id = api.coupon(spring, "SPRING")
    assert api.ids("GET /coupons", query={"promotion_id": spring}) == [coupon_id]


@pytest.mark.parametrize("endpoint", ["GET /coupons", "POST /coupons", "POST /coupons/bulk_create"])
def test_coupons_need_a_known_promotion(api: Api, endpoint: str) -> None:
    body = {"code": "SPRING", "bulk_quantity": 1}
    assert api(endpoint, query={"promotion_id": 10**30}, body=body).status == 404


def test_a_coupon_is_created_without_a_limit(api: Api) -> None:
    answer = api("POST /coupons", query={"promotion_id": api.promotion()}, body={"code": "SPRING"})
    assert (answer.status, answer.body) == (
        201,
        {
            "id": 1,
            "code": "SPRING",
            "note": None,
            "quantity_used": 0,
            "quantity": None,
            "promotion_id": 1,
            "created_at": "2026-03-15T12:00:00Z",
        },
    )


def test_a_coupon_code_that_differs_in_case_alone_is_taken(api: Api) -> None:
    promotion_id = api.promotion()
    api.coupon(promotion_id, "SPRING")
    answer = api("POST /coupons", query={"promotion_id": promotion_id}, body={"code": "spring"})
    assert (answer.status, answer.body) == (422, {"errors": {"code": ["has already been taken"]}})


@pytest.mark.parametrize("used", ["4", 4])
def test_the_uses_of_a_coupon_are_sent_as_text_or_number(api: Api, used: str | int) -> None:
    row_id = api.coupon(api.promotion(), "SPRING", quantity=10)
    body = {"code": "SPRING", "quantity_used": used, "quantity": None}
    assert api("PUT /coupons/{id}", {"id": row_id}, body=body).status == 204
    coupon = api("GET /coupons/{id}", {"id": row_id}).body
    assert (coupon["quantity_used"], coupon["quantity"]) == (4, None)


def test_a_coupon_keeps_what_an_update_does_not_send(api: Api) -> None:
    row_id = api.coupon(api.promotion(), "SPRING", quantity=10, quantity_used=3)
    api("PUT /coupons/{id}", {"id": row_id}, body={"code": "SUMMER"})
    coupon = api("GET /coupons/{id}", {"id": row_id}).body
    assert (coupon["code"], coupon["quantity"], coupon["quantity_used"]) == ("SUMMER", 10, 3)


def test_uses_that_are_no_number_are_refused(api: Api) -> None:
    row_id = api.coupon(api.promotion(), "SPRING")
    answer = api("PUT /coupons/{id}", {"id": row_id}, body={"code": "SPRING", "quantity_used": "many"})
    assert (answer.status, answer.body) == (422, {"errors": {"quantity_used": ["is not a number"]}})


def test_codes_made_in_bulk_are_unique_and_as_long_as_asked(api: Api) -> None:
    query = {"promotion_id": api.promotion()}
    body = {"bulk_quantity": 1000, "bulk_coupon_code_length": 6, "bulk_quantity_per_coupon": 1}
    items = [
        item for _ in range(2) for item in api("POST /coupons/bulk_create", query=query, body=body).body["items"]
    ]
    codes = {item["code"] for item in items}
    assert (len(codes), {len(code) for code in codes}, {item["quantity"] for item in items}) == (2000, {6}, {1})


def test_codes_of_any_length_are_not_made(api: Api) -> None:
    body = {"bulk_quantity": 1, "bulk_coupon_code_length": 10**12}
    assert api("POST /coupons/bulk_create", query={"promotion_id": api.promotion()}, body=body).status == 422


def test_a_deleted_coupon_stays_named_on_its_orders(api: Api) -> None:
    coupon_id, product_id = api.coupon(api.promotion(), "SPRING"), api.product(api.course())
    order_id = api.school.insert(
        "orders",
        user_id=api.user(),
        product_id=product_id,
        amount_cents=2050,
        coupon_id=coupon_id,
        coupon_code="SPRING",
        created_at=api.school.stamp(),
    )
    assert api("DELETE /coupons/{id}", {"id": coupon_id}).status == 204
    order = api("GET /orders/{id}", {"id": order_id}).body
    assert (order["coupon_id"], order["coupon_code"]) == (None, "SPRING")
