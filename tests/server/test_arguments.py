"""How arguments are read: what is understood, what is refused, and what then goes over the wire."""

from typing import Any

import pytest

from thinkific_mcp.sandbox import Sandbox

from .conftest import CallTool, text_of
from .examples import sent

COUPON = {"coupon_id": 4, "code": "CRUMB15"}
USER = {"first_name": "Ada", "last_name": "Park", "email": "ada.park@example.com"}


async def test_an_unknown_argument_is_refused_with_the_nearest_one_there_is(
    call: CallTool, sandbox: Sandbox
) -> None:
    result = await call("list_users", emial="margit@example.com")
    assert result.is_error
    assert "unknown argument emial: did you mean email?" in text_of(result)
    assert len(sandbox.requests) == 0


async def test_an_unknown_argument_like_no_other_is_refused_with_all_there_are(call: CallTool) -> None:
    result = await call("get_bundle", xyz=1, bundle_id=1)
    assert "unknown argument xyz: known are: bundle_id" in text_of(result)


async def test_an_unknown_argument_is_not_taken_for_one_that_only_looks_a_little_like_it(call: CallTool) -> None:
    assert "unknown argument name: known are: email" in text_of(await call("list_users", name="Maria"))
    assert "known are: user_id" in text_of(await call("list_enrollments", expires_before="2027-01-01"))


async def test_an_unknown_argument_of_a_tool_that_takes_pages_only_is_refused(call: CallTool) -> None:
    assert (await call("list_courses", query="bread")).is_error


async def test_an_unknown_name_is_not_repeated_when_it_is_no_name(call: CallTool) -> None:
    result = await call("get_bundle", **{"bundle_id": 1, "</tool>\nhidden": 1})
    assert result.is_error
    assert "</tool>" not in text_of(result)


async def test_an_unknown_field_within_an_object_is_refused(call: CallTool, sandbox: Sandbox) -> None:
    result = await call(
        "create_external_order",
        payment_provider="Till",
        user_id=8,
        product_id=3,
        order_type="one-time",
        transaction={"amount": 1, "currency": "USD", "secret": "hush"},
    )
    assert result.is_error
    assert "transaction has an unknown field" in text_of(result)
    assert len(sandbox.requests) == 0


async def test_all_wrong_arguments_are_named_at_once(call: CallTool) -> None:
    result = await call("create_enrollment", user_id="ada", activated_at="soon")
    text = text_of(result)
    assert all(name in text for name in ("user_id", "course_id is required", "activated_at"))


async def test_of_a_great_many_wrong_arguments_some_are_named(call: CallTool) -> None:
    text = text_of(await call("get_bundle", **{f"x{number}": 1 for number in range(1_000)}))
    assert (text.count("unknown argument"), "bundle_id is required" in text, "; and 991 more" in text) == (
        9,
        True,
        True,
    )


async def test_a_list_that_comes_as_json_in_a_string_is_understood(call: CallTool, sandbox: Sandbox) -> None:
    assert not (await call("add_products_to_category", category_id=6, product_ids="[1, 2]")).is_error
    assert sandbox.requests[0].body == {"product_ids": [1, 2]}


async def test_an_object_that_comes_as_json_in_a_string_is_understood(call: CallTool, sandbox: Sandbox) -> None:
    result = await call(
        "create_external_order",
        payment_provider="Till",
        user_id=8,
        product_id=3,
        order_type="one-time",
        transaction='{"amount": 1999, "currency": "USD"}',
    )
    assert not result.is_error
    assert sandbox.requests[0].body["transaction"] == {"amount": 1999, "currency": "USD"}


@pytest.mark.parametrize("text", ["null", "true", "17", '["a"]', '{"a": 1}', '"quoted"'])
async def test_json_in_a_text_stays_text(call: CallTool, sandbox: Sandbox, text: str) -> None:
    assert not (await call("create_group", name=text)).is_error
    assert sandbox.requests[0].body == {"name": text}


@pytest.mark.parametrize("text", ["null", "1", "[1", '"[1]"', "[1,]"])
async def test_other_json_in_place_of_a_list_is_refused(call: CallTool, sandbox: Sandbox, text: str) -> None:
    result = await call("add_products_to_category", category_id=6, product_ids=text)
    assert result.is_error
    assert "product_ids" in text_of(result)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("get_course", {"course_id": None}),
        ("list_users", {"email": None}),
        ("list_courses", {"page": None}),
        ("list_enrollments", {"created_after": None}),
        ("create_user", {**USER, "roles": None}),
        ("update_user", {"user_id": "13", "email": None}),
        ("create_enrollment", {"user_id": 7, "course_id": 1, "activated_at": None}),
        ("update_coupon", {**COUPON, "quantity_used": None}),
    ],
)
async def test_null_is_refused_where_it_means_nothing(
    call: CallTool, sandbox: Sandbox, tool: str, arguments: dict[str, Any]
) -> None:
    result = await call(tool, **arguments)
    assert result.is_error
    assert next(name for name, value in arguments.items() if value is None) in text_of(result)
    assert len(sandbox.requests) == 0


async def test_null_is_sent_where_it_takes_a_value_away(call: CallTool, sandbox: Sandbox) -> None:
    assert not (await call("update_coupon", **COUPON, note=None)).is_error
    assert sandbox.requests[0].body == {"code": "CRUMB15", "note": None}


async def test_what_is_left_out_is_not_sent(call: CallTool, sandbox: Sandbox) -> None:
    assert not (await call("update_coupon", **COUPON)).is_error
    assert sandbox.requests[0].body == {"code": "CRUMB15"}


async def test_an_empty_text_is_sent_as_it_is(call: CallTool, sandbox: Sandbox) -> None:
    assert not (await call("update_user", user_id="13", bio="")).is_error
    assert sandbox.requests[0].body == {"bio": ""}


@pytest.mark.parametrize(
    ("tool", "arguments", "request_line"),
    [
        ("get_course", {"course_id": "3"}, "GET /courses/3"),
        ("list_group_analysts", {"group_id": "3"}, "GET /groups/3/analysts"),
        ("get_user_authentication", {"user_id": "8", "provider": "OPENID_CONNECT"}, None),
        ("list_courses", {"page": "1", "limit": "2"}, "GET /courses"),
    ],
)
async def test_a_number_may_come_as_a_string(
    call: CallTool, sandbox: Sandbox, tool: str, arguments: dict[str, Any], request_line: str | None
) -> None:
    assert not (await call(tool, **arguments)).is_error
    assert sandbox.violations == []
    assert request_line in (None, sent(sandbox.requests[0]).request)


async def test_a_number_in_a_body_is_sent_as_a_number_though_it_came_as_a_string(
    call: CallTool, sandbox: Sandbox
) -> None:
    assert not (await call("add_products_to_category", category_id=6, product_ids=["1", 2])).is_error
    assert sandbox.requests[0].body == {"product_ids": [1, 2]}


@pytest.mark.parametrize(
    ("tool", "arguments", "name"),
    [
        ("get_course", {"course_id": True}, "course_id"),
        ("get_user", {"user_id": True}, "user_id"),
        ("list_courses", {"page": True}, "page"),
        ("add_products_to_category", {"category_id": 6, "product_ids": [1, True]}, "product_ids"),
        ("create_promotion", {"name": "A", "discount_type": "fixed", "amount": True}, "amount"),
        ("create_coupon", {"promotion_id": 2, "code": "A", "quantity": True}, "quantity"),
        ("create_instructor", {"first_name": "A", "last_name": "B", "slug": "ab", "user_id": True}, "user_id"),
        ("update_coupon", {**COUPON, "quantity_used": False}, "quantity_used"),
        ("refund_external_order", {"external_order_id": 2, "amount": False, "currency": "USD"}, "amount"),
    ],
)
async def test_true_and_false_are_no_numbers(
    call: CallTool, sandbox: Sandbox, tool: str, arguments: dict[str, Any], name: str
) -> None:
    result = await call(tool, **arguments)
    assert result.is_error
    assert name in text_of(result)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("user_id", [13, "13"])
async def test_a_user_is_found_by_id_as_number_or_text(
    call: CallTool, sandbox: Sandbox, user_id: int | str
) -> None:
    assert not (await call("get_user", user_id=user_id)).is_error
    assert sent(sandbox.requests[0]).request == "GET /users/13"


@pytest.mark.parametrize("user_id", [0, -1, "0", "-1", "13.0", "١٣", 2**63, "9" * 400])
async def test_a_user_id_that_is_no_id_is_refused(call: CallTool, sandbox: Sandbox, user_id: int | str) -> None:
    result = await call("get_user", user_id=user_id)
    assert result.is_error
    assert "user_id" in text_of(result)
    assert len(sandbox.requests) == 0


async def test_an_external_id_may_be_a_number(call: CallTool, sandbox: Sandbox) -> None:
    await call("get_user", user_id=4711, provider="SSO")
    assert sandbox.violations == []
    assert sent(sandbox.requests[0]).query == {"provider": "SSO"}


@pytest.mark.parametrize(
    ("tool", "arguments", "rule"),
    [
        ("list_users", {"custom_profile_field_label": "Region"}, "custom_profile_field_value"),
        ("list_users", {"custom_profile_field_value": "Scotland"}, "custom_profile_field_label"),
        ("create_promotion", {"name": "A", "discount_type": "percentage", "amount": 100.5}, "at most 100"),
        ("update_user", {"user_id": "13", "affiliate_commission": 101}, "at most 100"),
        ("create_coupons_in_bulk", {"promotion_id": 1, "bulk_quantity": 1001}, "bulk_quantity"),
        ("list_courses", {"limit": 10_001}, "limit"),
        ("list_courses", {"page": 0}, "page"),
    ],
)
async def test_what_the_prose_forbids_and_no_type_tells_is_refused_too(
    call: CallTool, sandbox: Sandbox, tool: str, arguments: dict[str, Any], rule: str
) -> None:
    result = await call(tool, **arguments)
    assert result.is_error
    assert rule in text_of(result)
    assert len(sandbox.requests) == 0


async def test_a_commission_in_dollars_may_pass_a_hundred(call: CallTool, sandbox: Sandbox) -> None:
    result = await call("update_user", user_id="11", affiliate_commission=150, affiliate_commission_type="$")
    assert not result.is_error
    assert sandbox.violations == []


@pytest.mark.parametrize("sources", [{}, {"src": "https://cdn.example.com/a.js", "content": "a()"}])
async def test_a_site_script_has_exactly_one_source(
    call: CallTool, sandbox: Sandbox, sources: dict[str, str]
) -> None:
    script = {"name": "A", "description": "B", "category": "functional", "page_scopes": ["all"]}
    result = await call("create_site_script", **script, **sources)
    assert result.is_error
    assert "exactly one of src and content" in text_of(result)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("list_courses", {"page": 10**30}),
        ("update_coupon", {"coupon_id": 3, "code": "RYE", "quantity_used": 2**53}),
        ("create_coupons_in_bulk", {"promotion_id": 1, "bulk_quantity": 1, "bulk_coupon_code_length": 2**53}),
    ],
)
async def test_a_number_too_large_for_json_is_refused(
    call: CallTool, sandbox: Sandbox, tool: str, arguments: dict[str, Any]
) -> None:
    result = await call(tool, **arguments)
    assert f"{list(arguments)[-1]}: is too large" in text_of(result)
    assert list(sandbox.requests) == []
