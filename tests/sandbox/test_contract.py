from copy import deepcopy
from typing import Any

import pytest

from thinkific_mcp.sandbox.contract import (
    StaleAmendmentError,
    amended,
    load_amendments,
    load_contract,
    published_contract,
)
from thinkific_mcp.sandbox.rules import RULES, operations

CONTRACT = load_contract()


def change(**fields: Any) -> dict[str, Any]:
    return {"changes": [{"because": "a test", **fields}], "rules": []}


def rule(name: str, **data: Any) -> dict[str, Any]:
    return {"changes": [], "rules": [{"rule": name, "because": "a test", **data}]}


def schema(name: str) -> dict[str, Any]:
    return CONTRACT["components"]["schemas"][name]


def parameter(path: str, method: str, name: str) -> dict[str, Any]:
    return next(item for item in CONTRACT["paths"][path][method]["parameters"] if item["name"] == name)


def test_a_change_replaces_what_is_published() -> None:
    amendments = change(at="/info/version", was="v1", now="v2")
    assert amended(published_contract(), amendments)["info"]["version"] == "v2"


def test_a_change_without_a_new_value_removes_the_published_one() -> None:
    amendments = change(at="/info/version", was="v1")
    assert "version" not in amended(published_contract(), amendments)["info"]


def test_a_change_addresses_a_parameter_by_its_name() -> None:
    at = "/paths/~1enrollments/get/parameters/query[full]/schema"
    amendments = change(at=at, was={"type": "boolean"}, now={"type": "string"})
    parameters = amended(published_contract(), amendments)["paths"]["/enrollments"]["get"]["parameters"]
    assert {"name": "query[full]", "in": "query", "schema": {"type": "string"}} in parameters


@pytest.mark.parametrize(
    "fields",
    [
        {"at": "/info/version", "was": "v9", "now": "v2"},
        {"at": "/info/version", "now": "v2"},
        {"at": "/info/nothing", "was": "v1", "now": "v2"},
        {"at": "/nowhere/at/all", "now": "v2"},
        {"at": "/paths/~1enrollments/get/parameters/query[gone]/schema", "now": {}},
    ],
)
def test_a_change_that_does_not_fit_the_published_document_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(StaleAmendmentError):
        amended(published_contract(), change(**fields))


def test_a_rule_without_effect_is_refused() -> None:
    strict = rule("strict_bodies")
    published: dict[str, Any] = {"paths": {}}
    with pytest.raises(StaleAmendmentError, match="strict_bodies"):
        amended(published, strict)


def test_a_rule_that_names_what_does_not_exist_is_refused() -> None:
    with pytest.raises(StaleAmendmentError, match="prize"):
        amended(published_contract(), rule("numbers_as_strings", names=["price", "prize"]))


def test_the_published_document_is_left_as_it_is() -> None:
    published = published_contract()
    before = deepcopy(published)
    amended(published, load_amendments())
    assert published == before


def test_every_amendment_says_why() -> None:
    amendments = load_amendments()
    assert all(entry["because"] for entry in [*amendments["changes"], *amendments["rules"]])


def test_every_rule_is_in_use() -> None:
    assert {entry["rule"] for entry in load_amendments()["rules"]} == set(RULES)


@pytest.mark.parametrize("status", ["400", "401", "403", "429"])
def test_every_operation_names_the_errors_that_can_always_happen(status: str) -> None:
    assert [path for path, operation in operations(CONTRACT) if status not in operation["responses"]] == []


def test_an_operation_on_something_names_its_absence() -> None:
    missing = [path for path, item in operations(CONTRACT) if "{" in path and "404" not in item["responses"]]
    assert missing == []


def test_a_list_below_a_parent_in_the_query_names_its_absence() -> None:
    assert "404" in CONTRACT["paths"]["/coupons"]["get"]["responses"]


def test_a_list_of_everything_cannot_be_absent() -> None:
    assert "404" not in CONTRACT["paths"]["/courses"]["get"]["responses"]


def test_every_operation_with_a_body_requires_it_and_names_what_is_wrong_with_it() -> None:
    with_body = [operation for _, operation in operations(CONTRACT) if "requestBody" in operation]
    assert all(item["requestBody"]["required"] and "422" in item["responses"] for item in with_body)


def test_an_id_is_a_positive_integer() -> None:
    bounds = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
    assert parameter("/courses/{id}", "get", "id")["schema"] == bounds


def test_the_id_of_a_user_stays_text() -> None:
    assert parameter("/users/{id}", "get", "id")["schema"] == {"type": "string"}


def test_a_page_starts_at_one_by_default() -> None:
    assert parameter("/courses", "get", "page")["schema"]["default"] == 1


def test_a_limit_has_no_maximum_of_its_own() -> None:
    assert parameter("/courses", "get", "limit")["schema"]["maximum"] == 2**53 - 1


def test_a_filter_by_date_takes_a_date_too() -> None:
    filters = parameter("/enrollments", "get", "query[created_on]")["schema"]["anyOf"]
    assert [branch["format"] for branch in filters] == ["date", "date-time"]


def test_a_bundle_is_filtered_by_completion_with_a_boolean() -> None:
    filters = parameter("/bundles/{id}/enrollments", "get", "query[completed]")
    assert filters["schema"] == {"type": "boolean"}


def test_publish_requests_are_listed_as_such() -> None:
    items = schema("GetProductPublishResponse")["properties"]["items"]["items"]
    assert items == {"$ref": "#/components/schemas/ProductPublishRequest"}


def test_nothing_is_required_in_an_answer() -> None:
    assert "required" not in schema("CourseResponse")


def test_a_choice_in_an_answer_may_be_null() -> None:
    assert None in schema("PromotionResponse")["properties"]["discount_type"]["enum"]


def test_an_amount_may_be_answered_as_a_number_or_as_text() -> None:
    for name in ("OrderResponse", "Item"):
        branches = schema(name)["properties"]["amount_dollars"]["anyOf"]
        assert [branch["type"] for branch in branches] == ["number", "string"]


def test_a_body_and_what_it_nests_are_closed() -> None:
    assert schema("CreateUserRequest")["additionalProperties"] is False
    assert schema("CustomProfileFieldRequest")["additionalProperties"] is False


def test_a_field_that_is_cleared_by_null_takes_it() -> None:
    assert schema("UpdateEnrollmentRequest")["properties"]["expiry_date"]["nullable"] is True


def test_a_field_where_null_means_nothing_does_not_take_it() -> None:
    assert "nullable" not in schema("UpdateEnrollmentRequest")["properties"]["activated_at"]
