from collections.abc import Sequence
from typing import Any

import pytest

from thinkific_mcp.sandbox.contract import load_contract, published_contract
from tools.contract_check.differences import compare

from .conftest import GONE, Document, altered

CONTRACT = load_contract()


def found(contract: Document) -> list[str]:
    return [str(difference) for difference in compare(contract)]


def found_in(keys: str, to: Any) -> list[str]:
    return found(altered(CONTRACT, *keys.split(" "), to=to))


@pytest.mark.parametrize(
    ("keys", "to", "line"),
    [
        ("paths /courses get", GONE, "GET /courses: only here"),
        ("paths /quizzes", {"get": {"responses": {}}}, "GET /quizzes: only in the contract"),
        ("paths /courses/{id} patch", {"responses": {}}, "PATCH /courses/{id}: only in the contract"),
        (
            "paths /courses get operationId",
            "listCourses",
            "GET /courses: operationId listCourses in the contract, operationId getCourses here",
        ),
        (
            "paths /courses get operationId",
            GONE,
            "GET /courses: no operationId in the contract, operationId getCourses here",
        ),
    ],
)
def test_an_operation_that_differs_is_found(keys: str, to: Any, line: str) -> None:
    assert found_in(keys, to) == [line]


@pytest.mark.parametrize(
    ("keys", "to", "lines"),
    [
        ("/coupons get parameters page", GONE, ["GET /coupons query page: only here"]),
        (
            "/coupons get parameters page name",
            "offset",
            ["GET /coupons query offset: only in the contract", "GET /coupons query page: only here"],
        ),
        (
            "/coupons post parameters promotion_id in",
            "header",
            [
                "POST /coupons header promotion_id: only in the contract",
                "POST /coupons query promotion_id: only here",
            ],
        ),
        (
            "/coupons get parameters promotion_id required",
            False,
            ["GET /coupons query promotion_id: optional in the contract, required here"],
        ),
        (
            "/enrollments get parameters query[full] schema type",
            "string",
            ["GET /enrollments query query[full]: type string in the contract, type boolean here"],
        ),
        (
            "/courses get parameters page schema minimum",
            0,
            ["GET /courses query page: minimum 0 in the contract, minimum 1 here"],
        ),
        (
            "/courses get parameters limit schema x-cap",
            500,
            ["GET /courses query limit: maximum 500 in the contract, maximum 250 here"],
        ),
        (
            "/users/{id} get parameters provider schema enum",
            ["SSO", "OPENID_CONNECT", "SAML"],
            ["GET /users/{id} query provider: enum SAML only in the contract"],
        ),
        (
            "/courses/{id} get parameters id schema type",
            "string",
            ["GET /courses/{id} path id: type string in the contract, type integer here"],
        ),
    ],
)
def test_a_parameter_that_differs_is_found(keys: str, to: Any, lines: Sequence[str]) -> None:
    assert found_in(f"paths {keys}", to) == lines


@pytest.mark.parametrize(
    ("keys", "to", "line"),
    [
        ("GroupRequest properties color", {"type": "string"}, "POST /groups body color: only in the contract"),
        ("GroupRequest properties name", GONE, "POST /groups body name: only here"),
        ("GroupRequest required", [], "POST /groups body name: optional in the contract, required here"),
        (
            "GroupRequest properties name type",
            "integer",
            "POST /groups body name: type integer in the contract, type string here",
        ),
        (
            "CreateCouponRequest properties note nullable",
            GONE,
            "POST /coupons body note: null refused in the contract, null allowed here",
        ),
        (
            "CreateCouponRequest properties quantity minimum",
            GONE,
            "POST /coupons body quantity: no minimum in the contract, minimum 1 here",
        ),
        (
            "CreateCouponRequest properties quantity maximum",
            99,
            "POST /coupons body quantity: maximum 99 in the contract, no maximum here",
        ),
        (
            "UpdateCoupon properties quantity_used type",
            "integer",
            "PUT /coupons/{id} body quantity_used: type integer in the contract, type string here",
        ),
        (
            "CreateUserRequest properties password minLength",
            8,
            "POST /users body password: minLength 8 in the contract, minLength 6 here",
        ),
        (
            "CreateUserRequest properties affiliate_commission exclusiveMaximum",
            False,
            "POST /users body affiliate_commission: no exclusiveMaximum in the contract, "
            "exclusiveMaximum 9999.99 here",
        ),
        (
            "CreateUserRequest properties roles items enum",
            ["affiliate", "course_admin", "group_analyst"],
            "POST /users body roles[]: enum site_admin only here",
        ),
        (
            "ExternalOrderRequest properties order_type enum",
            GONE,
            "POST /external_orders body order_type: no enum in the contract, "
            "enum one-time, payment-plan, subscription here",
        ),
        (
            "GroupAddAnalystRequest properties user_ids items type",
            "string",
            "POST /groups/{group_id}/analysts body user_ids[]: type string in the contract, type integer here",
        ),
        (
            "ExternalOrderTransaction properties reference",
            GONE,
            "POST /external_orders body transaction.reference: only here",
        ),
        (
            "CustomProfileFieldRequest properties color",
            {"type": "string"},
            "PUT /users/{id} body custom_profile_fields[].color: only in the contract",
        ),
    ],
)
def test_a_field_of_a_body_that_differs_is_found(keys: str, to: Any, line: str) -> None:
    assert line in found_in(f"components schemas {keys}", to)


@pytest.mark.parametrize(
    ("keys", "to", "line"),
    [
        (
            "CourseResponse properties mood",
            {"type": "string"},
            "GET /courses/{id} answer mood: only in the contract",
        ),
        ("CourseResponse properties name", GONE, "GET /courses answer items[].name: only here"),
        (
            "CourseResponse properties reviews_enabled",
            {"type": "string"},
            "GET /courses/{id} answer reviews_enabled: type string in the contract, type boolean here",
        ),
        (
            "CourseResponse properties chapter_ids",
            {"type": "string"},
            "GET /courses/{id} answer chapter_ids: type string in the contract, type array here",
        ),
        (
            "CourseResponse properties chapter_ids items",
            {"type": "string"},
            "GET /courses/{id} answer chapter_ids[]: type string in the contract, type number here",
        ),
        ("Item properties product_name", GONE, "GET /orders/{id} answer items[].product_name: only here"),
        ("Pagination properties total_items", GONE, "GET /users answer meta.pagination.total_items: only here"),
        (
            "Pagination properties prev_page x-unread",
            GONE,
            "GET /users answer meta.pagination.prev_page: only in the contract",
        ),
    ],
)
def test_a_field_of_an_answer_that_differs_is_found(keys: str, to: Any, line: str) -> None:
    assert line in found_in(f"components schemas {keys}", to)


def test_an_answer_that_has_no_content_where_one_is_read_is_found() -> None:
    lines = found_in("paths /groups/{id} get responses 200 content", GONE)
    assert lines == ["GET /groups/{id} answer: only here"]


def test_an_answer_that_has_content_where_none_is_read_is_found() -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/GroupResponse"}}}
    lines = found_in("paths /groups/{id} delete responses 204 content", content)
    assert lines == ["DELETE /groups/{id} answer: only in the contract"]


def test_how_a_value_is_written_is_no_difference() -> None:
    assert found_in("components schemas UpdateEnrollmentRequest properties expiry_date format", GONE) == []


def test_without_amendments_there_are_differences() -> None:
    assert "POST /enrollments body user_id: optional in the contract, required here" in found(published_contract())
