"""Failures: every status that Thinkific documents, and some that nobody does, as a model reads them."""

from typing import Any

import httpx2
import pytest

from thinkific_mcp.client import AccessToken, ApiKey, Credentials
from thinkific_mcp.sandbox import Sandbox

from .conftest import CallTool, opened, text_of
from .examples import EXAMPLES

FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("rate_limit", {"retry_in": 117}),
    ("status", {"status": 400}),
    ("status", {"status": 401}),
    ("status", {"status": 403}),
    ("status", {"status": 409}),
    ("status", {"status": 422, "body": {"errors": {"email": ["has already been taken"]}}}),
    ("status", {"status": 500}),
    ("html", {"status": 502}),
    ("redirect", {"location": "https://example.com/elsewhere"}),
    ("invalid_json", {}),
    ("invalid_utf8", {}),
    ("reset", {}),
]


async def failure(call: CallTool, tool: str, arguments: dict[str, Any]) -> str:
    """Return the text of a call that must fail."""
    result = await call(tool, **arguments)
    assert result.is_error
    assert result.structured_content is None
    return text_of(result)


async def refused(sandbox: Sandbox, credentials: Credentials, tool: str) -> str:
    """Return the text of a call with these credentials that must fail."""
    async with opened(httpx2.ASGITransport(sandbox), [tool], "auto", credentials=credentials) as client:
        result = await client.call_tool(tool, EXAMPLES[tool].required)
    assert result.is_error
    return text_of(result)


async def test_wrong_credentials_say_both_reasons_and_how_to_check(sandbox: Sandbox) -> None:
    text = await refused(sandbox, ApiKey("sandbox", "not-the-key-7313"), "list_courses")
    assert "401" in text and "key" in text and "plan" in text and "Check" in text
    assert "7313" not in text


async def test_a_wrong_token_is_not_shown(sandbox: Sandbox) -> None:
    assert "7313" not in await refused(sandbox, AccessToken("not-the-token-7313"), "list_courses")


async def test_a_plan_without_apps_is_named(sandbox: Sandbox) -> None:
    text = await refused(sandbox, AccessToken("sandbox-without-apps"), "list_courses")
    assert "403" in text and "plan" in text and "Upgrade to gain access" in text
    assert "sandbox-without-apps" not in text


async def test_a_missing_scope_is_named(sandbox: Sandbox) -> None:
    text = await refused(sandbox, AccessToken("sandbox-without-scope"), "list_site_scripts")
    assert "403" in text and "scope" in text and "write:site_scripts" in text


@pytest.mark.parametrize(
    ("tool", "arguments", "named", "found_by"),
    [
        ("get_course", {"course_id": 7313}, "course_id 7313", "list_courses"),
        ("get_bundle", {"bundle_id": 7313}, "bundle_id 7313", "list_products (productable_id)"),
        ("get_group", {"group_id": 7313}, "group_id 7313", "list_groups"),
        (
            "list_group_analysts",
            {"group_id": 7313},
            '"group_id: Could not find group with ID 7313."',
            "list_groups",
        ),
        (
            "remove_analyst_from_group",
            {"group_id": 1, "user_id": 7313},
            '"user_id: Could not find user with ID 7313."',
            "list_groups tells the right group_id, list_users",
        ),
        ("get_user", {"user_id": "crm-7313", "provider": "SSO"}, "crm-7313", "list_users"),
        ("list_coupons", {"promotion_id": 7313}, "promotion_id 7313", "list_promotions"),
        ("get_promotion_by_coupon", {"product_id": 7313, "coupon_code": "X"}, "product_id 7313", "list_coupons"),
        ("delete_site_script", {"site_script_id": "01H"}, "site_script_id 01H", "list_site_scripts"),
    ],
)
async def test_what_is_not_there_is_named_in_every_shape_of_a_404_with_the_tool_that_finds_it(
    call: CallTool, tool: str, arguments: dict[str, Any], named: str, found_by: str
) -> None:
    text = await failure(call, tool, arguments)
    assert "404" in text and named in text and f"{found_by} tells the right" in text


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        (
            "create_user",
            {"first_name": "A", "last_name": "B", "email": "margit@example.com"},
            "email: has already been taken",
        ),
        ("create_enrollment", {"user_id": 8, "course_id": 2}, "User is already enrolled in this course."),
        ("approve_publish_request", {"publish_request_id": 1, "user_id": 1}, "status: is approved already"),
        ("add_analysts_to_group", {"group_id": 1, "user_ids": [13]}, "missing group_analyst role: 13"),
        ("add_user_to_groups", {"user_id": 13, "group_names": ["Nobody"]}, "Invalid group_names"),
        (
            "create_site_script",
            {**EXAMPLES["create_site_script"].required, "src": "https://evil.test/a.js"},
            "src must be on the app's domain",
        ),
    ],
)
async def test_what_thinkific_refuses_is_told_in_every_shape_of_a_422(
    call: CallTool, tool: str, arguments: dict[str, Any], said: str
) -> None:
    text = await failure(call, tool, arguments)
    assert "422" in text and "nothing was changed" in text and said in text


async def test_an_id_that_a_422_refuses_is_told_by_a_list(call: CallTool) -> None:
    text = await failure(
        call, "create_course_review", EXAMPLES["create_course_review"].required | {"user_id": 7313}
    )
    assert "422" in text and "list_users tells the right user_id" in text


@pytest.mark.parametrize(
    "body",
    [
        {"errors": {"name": ["is odd"]}},
        {"errors": {"name": "is odd"}},
        {"errors": ["name: is odd"]},
        {"errors": [{"name": "is odd"}]},
        {"errors": [{"name": ["is odd"]}]},
        [{"errors": [{"name": "is odd"}]}],
        {"error": {"name": ["is odd"]}},
        {"name": ["is odd"]},
        ["name: is odd"],
    ],
)
async def test_the_field_and_its_problem_are_read_from_any_shape(
    call: CallTool, sandbox: Sandbox, body: Any
) -> None:
    sandbox.faults.add("status", status=422, body=body)
    assert 'Thinkific says: "name: is odd"' in await failure(call, "create_group", {"name": "A"})


async def test_an_argument_that_has_another_name_for_thinkific_is_called_by_its_own(
    call: CallTool, sandbox: Sandbox
) -> None:
    sandbox.faults.add("status", status=422, body={"errors": {"query[email]": ["is odd"]}})
    assert 'Thinkific says: "email: is odd"' in await failure(call, "list_users", {"email": "a@example.com"})


async def test_what_thinkific_says_is_cleaned_and_bounded(call: CallTool, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", status=422, body={"errors": ["a\u202eb\x1b[2J" + "c" * 5000]})
    text = await failure(call, "create_group", {"name": "A"})
    assert "\u202e" not in text and "\x1b" not in text and len(text) < 700


async def test_a_request_that_makes_no_sense_to_thinkific_says_what_it_said(
    call: CallTool, sandbox: Sandbox
) -> None:
    sandbox.faults.add("status", status=400, body={"error": "Bad filter."})
    text = await failure(call, "list_users", {})
    assert "400" in text and "Bad filter." in text and "Check the arguments" in text


@pytest.mark.parametrize("reset", ["seconds", "milliseconds"])
async def test_the_rate_limit_says_when_to_try_again(call: CallTool, sandbox: Sandbox, reset: str) -> None:
    sandbox.faults.add("rate_limit", retry_in=117, reset=reset)
    text = await failure(call, "list_users", {})
    assert "429" in text and "Try again in 117 seconds" in text


@pytest.mark.parametrize(
    ("kind", "options"), [("status", {"status": 500}), ("html", {"status": 502}), ("reset", {})]
)
async def test_a_failed_read_says_to_try_later(
    call: CallTool, sandbox: Sandbox, kind: str, options: dict[str, Any]
) -> None:
    sandbox.faults.add(kind, **options, times=4)
    text = await failure(call, "list_users", {})
    assert "Try again later" in text and "<" not in text


@pytest.mark.parametrize(
    ("kind", "options"),
    [("status", {"status": 500}), ("html", {"status": 502}), ("reset", {}), ("invalid_json", {"after": True})],
)
async def test_a_failed_write_says_that_it_may_have_been_done_and_which_tool_tells(
    call: CallTool, sandbox: Sandbox, kind: str, options: dict[str, Any]
) -> None:
    sandbox.faults.add(kind, **options)
    text = await failure(call, "create_group", {"name": "Night shift"})
    assert text.endswith("may have been made all the same: look with list_groups before you try again.")
    assert "Try again" not in text and len(sandbox.requests) == 1


async def test_a_creation_answered_with_nothing_is_none(call: CallTool, sandbox: Sandbox) -> None:
    sandbox.faults.add("empty", after=True)
    assert not (await call("create_group", name="Night shift")).is_error


async def test_a_read_answered_with_nothing_is_a_failure(call: CallTool, sandbox: Sandbox) -> None:
    sandbox.faults.add("empty")
    assert "answer (200) is empty. Try again later" in await failure(call, "get_course", {"course_id": 1})


@pytest.mark.parametrize("kind", ["invalid_json", "invalid_utf8"])
async def test_an_answer_that_is_no_json_is_a_failure(call: CallTool, sandbox: Sandbox, kind: str) -> None:
    sandbox.faults.add(kind)
    assert "is not JSON" in await failure(call, "list_courses", {})


async def test_a_page_of_html_with_a_success_is_a_failure(call: CallTool, sandbox: Sandbox) -> None:
    sandbox.faults.add("html", status=200)
    text = await failure(call, "list_courses", {})
    assert "is a web page" in text and "<html>" not in text


async def test_a_redirect_is_not_followed(call: CallTool, sandbox: Sandbox) -> None:
    sandbox.faults.add("redirect", location="https://example.com/users")
    assert "302" in await failure(call, "list_users", {})
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(("kind", "options"), FAULTS)
async def test_no_failure_shows_a_password_or_the_credentials(
    sandbox: Sandbox, kind: str, options: dict[str, Any]
) -> None:
    sandbox.faults.add(kind, **options)
    key = ApiKey("sandbox", "key-7313")
    user = {"first_name": "A", "last_name": "B", "email": "a@example.com", "password": "levain 7313"}
    async with opened(httpx2.ASGITransport(sandbox), ["create_user"], "auto", credentials=key) as client:
        result = await client.call_tool("create_user", user)
    assert result.is_error
    assert "7313" not in text_of(result)


async def test_a_password_that_is_too_short_is_not_shown(call: CallTool) -> None:
    text = await failure(call, "update_user", {"user_id": "13", "password": "x7313"})
    assert "password" in text and "x7313" not in text
