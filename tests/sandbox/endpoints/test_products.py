from typing import Any

import pytest

from .conftest import LONG_AGO, Api

CATEGORY = {"name": "Crafts", "description": "By hand", "slug": "crafts"}


def pending(api: Api, product_id: int) -> int:
    """Add a publish request of a new user."""
    return api.school.insert(
        "publish_requests",
        product_id=product_id,
        requesting_user_id=api.user("Asker"),
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )


def test_products_come_by_position(api: Api) -> None:
    last = api.product(api.course("Pottery"), position=2)
    first = api.product(api.course("Glazing"), position=1)
    assert api.ids("GET /products") == [first, last]


@pytest.mark.parametrize(("price", "told"), [(10, "10.0"), (None, None)])
def test_a_products_price_is_told_as_text(api: Api, price: float | None, told: str | None) -> None:
    row_id = api.product(api.course(), price=price)
    assert api("GET /products/{id}", {"id": row_id}).body["price"] == told


def test_a_product_tells_its_prices(api: Api) -> None:
    row_id = api.product(api.course())
    price = {"payment_type": "one-time", "price": "10.0", "price_name": "Pottery", "is_primary": True}
    api.school.insert("product_prices", product_id=row_id, **price)
    told = api("GET /products/{id}", {"id": row_id}).body["product_prices"][0]
    assert (told["price"], told["is_primary"], told["interval"], told["currency"]) == ("10.0", True, None, "usd")


def test_related_products_are_listed(api: Api) -> None:
    pottery, glazing, firing = (api.product(api.course(name)) for name in ("Pottery", "Glazing", "Firing"))
    for related in (firing, glazing):
        api.school.insert("related_products", product_id=pottery, related_product_id=related)
    told = api("GET /products/{id}", {"id": pottery}).body["related_product_ids"]
    assert (api.ids("GET /products/{id}/related", {"id": pottery}), told) == (
        [glazing, firing],
        [glazing, firing],
    )


def test_a_category_is_created_empty(api: Api) -> None:
    answer = api("POST /collections", body=CATEGORY)
    more: dict[str, Any] = {"id": 1, "created_at": "2026-03-15T12:00:00Z", "product_ids": [], "default": False}
    assert (answer.status, answer.body) == (201, {**CATEGORY, **more})


def test_a_categorys_slug_can_be_taken(api: Api) -> None:
    api("POST /collections", body=CATEGORY)
    answer = api("POST /collections", body=CATEGORY)
    assert (answer.status, answer.body) == (422, {"errors": {"slug": ["has already been taken"]}})


def test_a_categorys_name_can_be_too_long(api: Api) -> None:
    row_id = api("POST /collections", body=CATEGORY).body["id"]
    answer = api("PUT /collections/{id}", {"id": row_id}, body={**CATEGORY, "name": "x" * 256})
    assert answer.body == {"errors": {"name": ["value too long for type character"]}}


def test_a_category_is_renamed(api: Api) -> None:
    row_id = api("POST /collections", body=CATEGORY).body["id"]
    status = api("PUT /collections/{id}", {"id": row_id}, body={**CATEGORY, "name": "Arts"}).status
    assert (status, api("GET /collections/{id}", {"id": row_id}).body["name"]) == (204, "Arts")


def test_a_category_is_deleted_and_its_products_stay(api: Api) -> None:
    row_id = api("POST /collections", body=CATEGORY).body["id"]
    product_id = api.product(api.course())
    api("POST /collection_memberships/{id}", {"id": row_id}, body={"product_ids": [product_id]})
    assert api("DELETE /collections/{id}", {"id": row_id}).status == 204
    assert api("GET /products/{id}", {"id": product_id}).body["collection_ids"] == []


def test_the_default_category_stays(api: Api) -> None:
    row_id = api.school.insert("collections", name="All", slug="all", is_default=1, created_at=LONG_AGO)
    assert api("DELETE /collections/{id}", {"id": row_id}).status == 403
    assert api("GET /collections/{id}", {"id": row_id}).body["default"] is True


def test_products_are_put_into_a_category_once(api: Api) -> None:
    path = {"id": api("POST /collections", body=CATEGORY).body["id"]}
    product_id = api.product(api.course())
    for _ in range(2):
        body = {"product_ids": [product_id, product_id]}
        assert api("POST /collection_memberships/{id}", path, body=body).status == 201
    assert api.ids("GET /collections/{id}/products", path) == [product_id]


def test_products_are_taken_out_of_a_category(api: Api) -> None:
    path = {"id": api("POST /collections", body=CATEGORY).body["id"]}
    pottery, glazing = api.product(api.course("Pottery")), api.product(api.course("Glazing"))
    api("POST /collection_memberships/{id}", path, body={"product_ids": [pottery, glazing]})
    status = api("DELETE /collection_memberships/{id}", path, body={"product_ids": [pottery]}).status
    assert (status, api("GET /collections/{id}", path).body["product_ids"]) == (204, [glazing])


def test_unknown_products_cannot_be_put_into_a_category(api: Api) -> None:
    path = {"id": api("POST /collections", body=CATEGORY).body["id"]}
    assert api("POST /collection_memberships/{id}", path, body={"product_ids": [9]}).status == 404


def test_only_pending_publish_requests_are_listed(api: Api) -> None:
    product_id, user_id = api.product(api.course()), api.user()
    row_id = pending(api, product_id)
    assert api.ids("GET /product_publish_requests") == [row_id]
    api("POST /product_publish_requests/{id}/deny", {"id": row_id}, body={"user_id": user_id})
    assert api.ids("GET /product_publish_requests") == []


@pytest.mark.parametrize(
    ("act", "status", "product_status"),
    [("approve", "approved", "published"), ("deny", "denied", "draft")],
)
def test_approving_publishes_the_product_and_denying_does_not(
    api: Api, act: str, status: str, product_status: str
) -> None:
    product_id, user_id = api.product(api.course(), status="draft"), api.user()
    row_id = pending(api, product_id)
    body = {"user_id": user_id, "response_text": "Thanks"}
    answer = api(f"POST /product_publish_requests/{{id}}/{act}", {"id": row_id}, body=body)
    assert (answer.status, answer.body) == (200, None)
    assert api("GET /products/{id}", {"id": product_id}).body["status"] == product_status
    assert api("GET /product_publish_requests/{id}", {"id": row_id}).body == {
        "id": row_id,
        "product_id": product_id,
        "status": status,
        "response_text": "Thanks",
        "requesting_user_id": 2,
        "responding_user_id": user_id,
        "completed_at": "2026-03-15T12:00:00Z",
        "created_at": LONG_AGO,
        "updated_at": "2026-03-15T12:00:00Z",
    }


def test_an_answer_to_a_publish_request_needs_a_known_user(api: Api) -> None:
    row_id = pending(api, api.product(api.course()))
    answer = api("POST /product_publish_requests/{id}/approve", {"id": row_id}, body={"user_id": 99})
    assert (answer.status, answer.body) == (422, [{"errors": [{"user_id": "not found"}]}])


def test_a_publish_request_is_answered_once(api: Api) -> None:
    path, body = {"id": pending(api, api.product(api.course()))}, {"user_id": api.user()}
    api("POST /product_publish_requests/{id}/deny", path, body=body)
    answer = api("POST /product_publish_requests/{id}/approve", path, body=body)
    assert (answer.status, answer.body) == (422, [{"errors": [{"status": "is denied already"}]}])
