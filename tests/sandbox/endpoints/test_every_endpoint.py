"""What holds for all endpoints: each exists, and nothing that a request may carry crashes one."""

import json
from importlib.resources import files
from typing import Any

import pytest

from thinkific_mcp.sandbox.endpoints import ENDPOINTS

from .conftest import Api

CONTRACT = json.loads(files("thinkific_mcp.sandbox").joinpath("contract.json").read_text("utf-8"))
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
    if method != "parameters"
}
# Where a record outside of the database's numbers is not the one that the path names.
TEXT_IDS = {"/users/{id}", "/site_scripts/{id}"}
WITH_PATH_ID = sorted(key for key in ENDPOINTS if "{" in key and key.split()[1] not in TEXT_IDS)


def bodies() -> dict[str, dict[str, Any]]:
    """Return for each endpoint a body with every field that the contract has, of no existing record."""
    values: dict[str, Any] = {"string": "words", "number": 7, "integer": 7, "boolean": True, "array": []}

    def sample(schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return sample(CONTRACT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
        if "enum" in schema:
            return schema["enum"][0]
        if "properties" in schema:
            return {name: sample(each) for name, each in schema["properties"].items()}
        if schema.get("format") == "date-time":
            return "2026-01-01T00:00:00Z"
        return values[schema["type"]]

    return {
        key: sample(operation["requestBody"]["content"]["application/json"]["schema"])
        for key, operation in OPERATIONS.items()
        if "requestBody" in operation
    }


BODIES = bodies()


def test_the_table_has_every_operation_of_the_contract() -> None:
    assert set(ENDPOINTS) == set(OPERATIONS)


@pytest.mark.parametrize("endpoint", WITH_PATH_ID)
def test_an_id_beyond_64_bits_belongs_to_nobody(api: Api, endpoint: str) -> None:
    path = {"id": 10**30, "group_id": 10**30, "user_id": 10**30, "provider": "SSO"}
    status = api(endpoint, path, body=BODIES.get(endpoint, {})).status
    assert status == (422 if endpoint == "POST /groups/{group_id}/analysts" else 404)


@pytest.mark.parametrize("row_id", ["9" * 5000, "-1", "1.5", "\x00", "\ud800", "١"])
def test_a_user_id_that_is_no_number_belongs_to_nobody(api: Api, row_id: str) -> None:
    api.user()
    assert api("GET /users/{id}", {"id": row_id}).status == 404


@pytest.mark.parametrize("row_id", ["\x00", "\ud800", "01HZZZ"])
def test_an_unknown_script_id_belongs_to_nobody(api: Api, row_id: str) -> None:
    assert api("DELETE /site_scripts/{id}", {"id": row_id}).status == 404


def test_a_filter_beyond_64_bits_finds_nothing(api: Api) -> None:
    api.enrollment(api.user(), api.course())
    assert api.ids("GET /enrollments", query={"query[user_id]": 10**30}) == []


@pytest.mark.parametrize("value", [10**30, float("inf"), "\ud800", ["\ud800"], {"value": 10**30}])
def test_a_value_that_no_record_can_hold_is_refused(api: Api, value: Any) -> None:
    answer = api("POST /groups", body={"name": value})
    assert (answer.status, answer.body) == (422, {"errors": {"name": ["is invalid"]}})


def test_a_nul_character_is_kept(api: Api) -> None:
    assert api("POST /groups", body={"name": "a\x00b"}).body["name"] == "a\x00b"


def response_properties(endpoint: str) -> set[str]:
    content = OPERATIONS[endpoint]["responses"]["200"]["content"]
    schemas = CONTRACT["components"]["schemas"]
    schema = schemas[content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]]
    return set(schema["properties"])


@pytest.mark.parametrize(
    "endpoint",
    [
        "GET /bundles/{id}",
        "GET /chapters/{id}",
        "GET /collections/{id}",
        "GET /contents/{id}",
        "GET /coupons/{id}",
        "GET /course_reviews/{id}",
        "GET /courses/{id}",
        "GET /enrollments/{id}",
        "GET /groups/{id}",
        "GET /instructors/{id}",
        "GET /orders/{id}",
        "GET /product_publish_requests/{id}",
        "GET /products/{id}",
        "GET /promotions/{id}",
        "GET /users/{id}",
    ],
)
def test_an_answer_has_every_property_of_the_contract_and_its_id(api: Api, endpoint: str) -> None:
    user_id, course_id, now = api.user(), api.course(), api.school.stamp()
    product_id = api.product(course_id)
    api.enrollment(user_id, course_id)
    api.bundle(course_id)
    api.coupon(api.promotion())
    api.group()
    insert = api.school.insert
    insert("chapters", course_id=course_id, position=1, name="One")
    insert("contents", chapter_id=1, position=1, name="Quiz", contentable_type="Quiz", take_url="https://x")
    insert("collections", name="All", slug="all", created_at=now)
    insert("instructors", first_name="Bo", last_name="Li", slug="bo", created_at=now)
    insert("orders", user_id=user_id, product_id=product_id, amount_cents=1, created_at=now)
    review = {"rating": 5, "title": "Good", "review_text": "Very"}
    insert("course_reviews", user_id=user_id, course_id=course_id, created_at=now, **review)
    insert("publish_requests", product_id=product_id, requesting_user_id=user_id, created_at=now, updated_at=now)
    answer = api(endpoint, {"id": "1" if "users" in endpoint else 1})
    properties = response_properties(endpoint)
    # Enrollments carry their date of creation too, as integrators report.
    extra = {"created_at"} if endpoint == "GET /enrollments/{id}" else set[str]()
    expected = {"created_at" if name == "created at" else name for name in properties} | {"id"} | extra
    assert set(answer.body) == expected
