import json
from typing import Any

import pytest

from thinkific_mcp.sandbox.contract import load_contract
from thinkific_mcp.sandbox.judge import Judge, Judgement, Request

JUDGE = Judge(load_contract())
HEADERS = {"user-agent": "tests/1", "x-auth-api-key": "sandbox", "x-auth-subdomain": "sandbox"}
JSON = {"content-type": "application/json"}
NEW_USER = {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"}


def judge(
    method: str, target: str, body: Any = None, headers: dict[str, str] | None = None, raw: bytes = b""
) -> Judgement:
    path, _, query = target.partition("?")
    content = raw if body is None else json.dumps(body).encode()
    given = {**HEADERS, **(JSON if content else {}), **(headers or {})}
    return JUDGE.judge(Request(method, path, query, given, content))


def refused(judgement: Judgement) -> tuple[int, Any]:
    assert judgement.call is None and judgement.refusal is not None
    return judgement.refusal.answer.status, judgement.refusal.answer.body


def test_a_request_that_the_contract_allows_becomes_a_typed_call() -> None:
    target = "/enrollments?page=2&query%5Buser_id%5D=7&query%5Bfull%5D=true&query%5Bcreated_on%5D=2025-01-31"
    call = judge("GET", target).call
    assert call is not None
    expected = {"page": 2, "query[user_id]": 7, "query[full]": True, "query[created_on]": "2025-01-31"}
    assert call.query == expected


def test_an_allowed_request_breaks_no_rule() -> None:
    assert judge("POST", "/users", NEW_USER).violations == ()


def test_a_call_carries_the_body() -> None:
    call = judge("POST", "/users", NEW_USER).call
    assert call is not None and call.body == NEW_USER


def test_an_id_in_the_path_is_typed() -> None:
    call = judge("GET", "/courses/3").call
    assert call is not None and call.path == {"id": 3}


def test_an_external_id_may_hold_a_slash_that_is_encoded() -> None:
    call = judge("GET", "/users/a%2Fb?provider=SSO").call
    assert call is not None and call.path == {"id": "a/b"}


def test_a_literal_path_goes_before_one_with_a_parameter() -> None:
    judgement = judge("GET", "/promotions/by_coupon?product_id=1&coupon_code=A")
    assert judgement.operation == "GET /promotions/by_coupon"


def test_the_operation_is_named_even_where_the_request_is_refused() -> None:
    assert judge("GET", "/courses/x").operation == "GET /courses/{id}"


@pytest.mark.parametrize("path", ["/lessons", "/courses/", "/courses/1/2/3", "/", "/users/1/../2"])
def test_a_path_that_the_contract_does_not_have_is_not_found(path: str) -> None:
    judgement = judge("GET", path)
    assert refused(judgement) == (404, {"error": "Record not found."})
    assert judgement.violations == ("path: not in the contract",)


def test_a_method_that_a_path_does_not_have_is_answered_with_those_it_has() -> None:
    judgement = judge("PATCH", "/collections/1")
    assert refused(judgement)[0] == 405
    assert judgement.allow == ("GET", "PUT", "DELETE")


@pytest.mark.parametrize(
    ("method", "target", "violation"),
    [
        ("GET", "/courses/x", "path id: type"),
        ("GET", "/courses/0", "path id: minimum"),
        ("GET", "/courses/9007199254740992", "path id: maximum"),
        ("GET", "/courses/1.0", "path id: type"),
        ("GET", "/courses?page=0", "query page: minimum"),
        ("GET", "/courses?page=", "query page: type"),
        ("GET", "/courses?page=1&page=2", "query page: repeated"),
        ("GET", "/courses?size=1", "query size: additionalProperties"),
        ("GET", "/coupons", "query promotion_id: required"),
        ("GET", "/enrollments?query[full]=yes", "query query[full]: type"),
        ("GET", "/enrollments?query[created_on]=yesterday", "query query[created_on]: anyOf"),
        ("GET", "/enrollments?query[created_on]=2025-02-30", "query query[created_on]: anyOf"),
        ("GET", "/users/1?provider=LDAP", "query provider: enum"),
    ],
)
def test_a_wrong_parameter_is_a_bad_request(method: str, target: str, violation: str) -> None:
    judgement = judge(method, target)
    status, body = refused(judgement)
    assert (status, list(body)) == (400, ["error"])
    assert judgement.violations == (violation,)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"\xff",
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b'{"name": "\\ud800"}',
        b'{"name": "a", "name": "b"}',
    ],
)
def test_a_body_that_is_not_json_is_a_bad_request(raw: bytes) -> None:
    judgement = judge("POST", "/groups", raw=raw)
    assert refused(judgement)[0] == 400
    assert judgement.violations == ("body: the body is not JSON",)


def test_a_body_that_is_not_an_object_is_a_bad_request() -> None:
    judgement = judge("POST", "/groups", ["a"])
    assert refused(judgement)[0] == 400


def test_a_body_of_another_content_type_is_a_bad_request() -> None:
    judgement = judge("POST", "/groups", {"name": "A"}, {"content-type": "text/plain"})
    assert refused(judgement)[0] == 400


def test_a_missing_body_is_a_bad_request() -> None:
    assert refused(judge("POST", "/groups"))[0] == 400


def test_a_body_that_no_operation_asked_for_is_a_bad_request() -> None:
    judgement = judge("GET", "/courses", {"page": 1})
    assert refused(judgement)[0] == 400
    assert judgement.violations == ("body: no body is taken",)


@pytest.mark.parametrize(
    ("method", "target", "body", "errors", "violation"),
    [
        ("POST", "/groups", {}, {"name": ["can't be blank"]}, "body name: required"),
        ("POST", "/groups", {"name": None}, {"name": ["can't be blank"]}, "body name: type"),
        ("POST", "/groups", {"name": 1}, {"name": ["is invalid"]}, "body name: type"),
        (
            "POST",
            "/groups",
            {"name": "A", "color": "red"},
            {"color": ["is not permitted"]},
            "body color: additionalProperties",
        ),
        (
            "POST",
            "/external_orders",
            {
                "payment_provider": "P",
                "user_id": 1,
                "product_id": 1,
                "order_type": "one-time",
                "transaction": {"currency": "USD"},
            },
            {"transaction.amount": ["can't be blank"]},
            "body transaction.amount: required",
        ),
        (
            "POST",
            "/users",
            {**NEW_USER, "password": "short"},
            {"password": ["is too short (minimum is 6 characters)"]},
            "body password: minLength",
        ),
        ("POST", "/users", {**NEW_USER, "email": "ada"}, {"email": ["is invalid"]}, "body email: format"),
        (
            "POST",
            "/users",
            {**NEW_USER, "roles": ["owner"]},
            {"roles.0": ["is not included in the list"]},
            "body roles.0: enum",
        ),
        (
            "POST",
            "/coupons/bulk_create?promotion_id=1",
            {"bulk_quantity": 1001},
            {"bulk_quantity": ["must be less than or equal to 1000"]},
            "body bulk_quantity: maximum",
        ),
        (
            "PUT",
            "/enrollments/1",
            {"expiry_date": "2025-01-31"},
            {"expiry_date": ["is invalid"]},
            "body expiry_date: format",
        ),
        (
            "PUT",
            "/enrollments/1",
            {"activated_at": "0001-01-01T00:00:00+10:00"},
            {"activated_at": ["is invalid"]},
            "body activated_at: format",
        ),
    ],
)
def test_a_wrong_field_is_unprocessable(
    method: str, target: str, body: Any, errors: dict[str, list[str]], violation: str
) -> None:
    judgement = judge(method, target, body)
    assert refused(judgement) == (422, {"errors": errors})
    assert judgement.violations == (violation,)


def test_an_address_of_a_script_is_a_whole_url() -> None:
    script = {"name": "A", "description": "B", "page_scopes": ["all"], "category": "analytics", "src": "/a.js"}
    assert judge("POST", "/site_scripts", script).violations == ("body src: format",)


def test_an_amount_may_have_decimals() -> None:
    promotion = {"name": "Spring", "discount_type": "percentage", "amount": 12.5}
    call = judge("POST", "/promotions", promotion).call
    assert call is not None and call.body["amount"] == 12.5


def test_null_is_taken_where_it_means_something() -> None:
    call = judge("PUT", "/enrollments/1", {"expiry_date": None}).call
    assert call is not None and call.body == {"expiry_date": None}


def test_a_refused_value_is_repeated_nowhere() -> None:
    judgement = judge("POST", "/users", {**NEW_USER, "password": "hush!"})
    assert "hush!" not in str(refused(judgement)) + str(judgement.violations)


def test_a_request_without_a_user_agent_is_forbidden() -> None:
    judgement = judge("GET", "/courses", headers={"user-agent": ""})
    assert refused(judgement)[0] == 403
    assert judgement.violations == ("header User-Agent: required",)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-auth-api-key": "other", "x-auth-subdomain": "sandbox"},
        {"x-auth-api-key": "sandbox", "x-auth-subdomain": "other"},
        {"x-auth-api-key": "sandbox"},
        {"authorization": "Bearer other"},
        {"authorization": "Basic sandbox"},
        {},
    ],
)
def test_wrong_or_missing_credentials_are_not_let_in(headers: dict[str, str]) -> None:
    request = Request("GET", "/courses", "size=1", {"user-agent": "tests/1", **headers})
    assert refused(JUDGE.judge(request)) == (401, {"error": "Authentication Error"})


@pytest.mark.parametrize(
    "headers",
    [
        {"x-auth-api-key": "sandbox", "x-auth-subdomain": "sandbox"},
        {"authorization": "Bearer sandbox"},
        {"authorization": "bearer sandbox-without-scope"},
    ],
)
def test_the_credentials_of_the_site_are_let_in(headers: dict[str, str]) -> None:
    assert JUDGE.judge(Request("GET", "/courses", "", {"user-agent": "tests/1", **headers})).call is not None


def test_a_token_without_the_scope_does_not_reach_site_scripts() -> None:
    judgement = judge("GET", "/site_scripts", headers={"authorization": "Bearer sandbox-without-scope"})
    assert refused(judgement) == (403, {"error": "Access token has insufficient scope."})


@pytest.mark.parametrize(
    "headers",
    [{"x-auth-api-key": "sandbox-without-apps"}, {"authorization": "Bearer sandbox-without-apps"}],
)
def test_a_plan_without_apps_reaches_nothing(headers: dict[str, str]) -> None:
    status, body = refused(judge("GET", "/courses", headers=headers))
    assert status == 403
    assert "Apps" in body["error"]
