"""What a model reads of a success: which part of a list, what was changed, what was only begun."""

import hashlib
import hmac
import json
import re
from collections.abc import Generator

import anyio
import httpx2
import pytest
from mcp_types import CallToolResult, TextContent
from trio.testing import MockClock

from thinkific_mcp.client import Limits
from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox

from .conftest import CallTool, assert_valid, opened, text_of
from .examples import EXAMPLES, NOW

UNLIMITED = Form(limit=0)
SCRIPT = {"name": "Snow", "description": "Snows.", "category": "marketing", "page_scopes": ["all"]}


@pytest.fixture
def big_school() -> Generator[Sandbox]:
    sandbox = Sandbox(students=228, now=lambda: NOW)
    yield sandbox
    sandbox.close()


@pytest.fixture
def long_list() -> Generator[Sandbox]:
    sandbox = Sandbox(students=588, now=lambda: NOW)  # with the staff, 600 users
    yield sandbox
    sandbox.close()


def told_of(result: CallToolResult) -> list[str]:
    """Return the lines of what is said of a list."""
    last = result.content[-1]
    assert isinstance(last, TextContent)
    return last.text.splitlines()


async def last_line(sandbox: Sandbox, **arguments: int) -> str:
    """Return the last line of what a model reads of a list of users."""
    async with opened(httpx2.ASGITransport(sandbox), ["list_users"], "auto", form=UNLIMITED) as client:
        result = await client.call_tool("list_users", {**arguments, "fields": ["id"]})
    return text_of(result).splitlines()[-1]


async def test_a_page_says_which_part_of_the_list_it_is(big_school: Sandbox) -> None:
    assert await last_line(big_school, page=2) == "items 26–50 of 240, next page 3"


async def test_a_page_of_another_size_counts_by_that_size(big_school: Sandbox) -> None:
    assert await last_line(big_school, page=3, limit=7) == "items 15–21 of 240, next page 4"


async def test_the_last_page_has_no_next_one(big_school: Sandbox) -> None:
    assert await last_line(big_school, page=3, limit=100) == "items 201–240 of 240"


async def test_a_page_past_the_end_says_how_many_there_are(big_school: Sandbox) -> None:
    assert await last_line(big_school, page=99) == "no items on page 99, 240 in all"


async def test_a_page_longer_than_the_api_s_counts_by_its_size_too(long_list: Sandbox) -> None:
    assert await last_line(long_list, page=1, limit=400) == "items 1–400 of 600, next page 2"
    assert await last_line(long_list, page=2, limit=400) == "items 401–600 of 600"


async def test_a_list_may_be_read_whole(long_list: Sandbox) -> None:
    async with opened(httpx2.ASGITransport(long_list), ["list_users"], "auto", form=UNLIMITED) as client:
        (tool,) = (await client.list_tools()).tools
        result = await client.call_tool("list_users", {"limit": 10_000})
    assert result.structured_content is not None
    assert_valid(tool.output_schema, result.structured_content)
    users = result.structured_content.pop("items")
    assert len({user["id"] for user in users}) == 600
    assert result.structured_content == {"page": 1, "total_pages": 1, "total_items": 600, "complete": True}
    assert told_of(result)[0] == "items 1–600 of 600"
    assert long_list.violations == []


def test_a_list_that_takes_longer_than_its_deadline_is_a_part_that_says_where_to_go_on(long_list: Sandbox) -> None:
    async def slowly(request: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(20)
        return await httpx2.ASGITransport(long_list).handle_async_request(request)

    async def check() -> None:
        async with opened(httpx2.MockTransport(slowly), ["list_users"], "auto", form=UNLIMITED) as client:
            (tool,) = (await client.list_tools()).tools
            result = await client.call_tool("list_users", {"limit": 10_000})
        assert (result.is_error, result.structured_content is not None) == (False, True)
        assert_valid(tool.output_schema, result.structured_content)
        part = dict(result.structured_content or {})
        assert (len(part.pop("items")), part) == (
            500,
            {
                "page": 1,
                "total_pages": 1,
                "total_items": 600,
                "complete": False,
                "stopped": "the deadline",
                "go_on": "page 2, limit 500",
            },
        )
        assert told_of(result)[0] == ("items 1–500 of 600; stopped at the deadline: go on with page 2, limit 500")

    anyio.run(check, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})


def test_a_list_that_used_up_the_budget_says_how_long_to_wait_before_going_on(long_list: Sandbox) -> None:
    async def check() -> None:
        transport = httpx2.ASGITransport(long_list)
        limits = Limits(requests=2)
        async with opened(transport, ["list_users"], "auto", limits=limits, form=UNLIMITED) as client:
            (tool,) = (await client.list_tools()).tools
            result = await client.call_tool("list_users", {"limit": 10_000})
        assert_valid(tool.output_schema, result.structured_content)
        part = dict(result.structured_content or {})
        assert re.fullmatch(r"page 2, limit 500, in (2|3)\d seconds", part["go_on"])
        assert told_of(result)[0] == (f"items 1–500 of 600; stopped at the deadline: go on with {part['go_on']}")

    anyio.run(check, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})


async def test_an_empty_list_says_only_so(call: CallTool) -> None:
    result = await call("list_users", email="nobody@example.com")
    assert (text_of(result), (result.structured_content or {})["items"]) == ("no items", [])


async def test_a_list_is_a_table_and_says_what_it_leaves_out(call: CallTool) -> None:
    lines = text_of(await call("list_coupons", promotion_id=1)).splitlines()
    assert lines == [
        "id,code,note,quantity_used,promotion_id,created_at",
        "1,SPRING20,Newsletter and home page,0,1,2024-11-05T04:12:00Z",
        "items 1–1 of 1",
        "empty: quantity",
    ]


async def test_a_list_is_compact_json_on_demand(sandbox: Sandbox) -> None:
    async with opened(httpx2.ASGITransport(sandbox), ["list_groups"], "auto", form=Form("json")) as client:
        text, part = text_of(await client.call_tool("list_groups", {"limit": 1})).splitlines()
        empty = await client.call_tool("list_groups", {"page": 99})
    assert text.startswith('{"items":[{"id":1,"name":"Marlow Hotels Pastry Team",')
    assert ("null" in text, part[:12]) == (False, "items 1–1 of")
    assert text_of(empty).splitlines()[0] == '{"items":[]}'


async def test_one_thing_is_compact_json_and_its_times_have_whole_seconds() -> None:
    group = {"id": 1, "name": "Pastry", "token": None, "created_at": "2026-01-15T09:00:00.123Z"}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=group))
    async with opened(transport, ["get_group"], "auto") as client:
        result = await client.call_tool("get_group", {"group_id": 1})
    assert text_of(result) == '{"id":1,"name":"Pastry","created_at":"2026-01-15T09:00:00Z"}'
    assert result.structured_content == json.loads(text_of(result))


async def test_names_are_written_in_their_own_letters(call: CallTool) -> None:
    assert "Yūki" in text_of(await call("get_user", user_id="4"))


async def test_an_update_names_the_fields_it_changed_and_no_values(call: CallTool) -> None:
    result = await call("update_user", user_id="13", first_name="Siri", password="levain 7313", bio=None)
    assert text_of(result) == "User 13 updated: first_name, password, bio."
    assert result.structured_content == {"done": "User 13 updated: first_name, password, bio."}


async def test_an_update_of_nothing_says_so(call: CallTool) -> None:
    assert text_of(await call("update_enrollment", enrollment_id=3)) == "Enrollment 3 updated: nothing."


async def test_a_deletion_says_what_went(call: CallTool, sandbox: Sandbox) -> None:
    assert text_of(await call("delete_coupon", coupon_id=3)) == "Coupon 3 deleted."
    assert sandbox.school.value("SELECT count(*) FROM coupons WHERE id = 3") == 0


async def test_a_bundle_enrollment_in_the_background_says_so(call: CallTool) -> None:
    result = await call("create_bundle_enrollment", bundle_id=1, user_id=12, activated_at="2026-01-15")
    assert "in the background" in text_of(result) and "free trial" not in text_of(result)


async def test_a_bundle_enrollment_done_at_once_says_so(call: CallTool) -> None:
    result = await call("create_bundle_enrollment", bundle_id=2, user_id=12, activated_at="2026-01-15")
    assert result.structured_content == {"done": "User 12 enrolled in every course of bundle 2."}


async def test_a_bundle_enrollment_without_a_start_says_that_it_is_a_trial(call: CallTool) -> None:
    assert "This is a free trial." in text_of(await call("create_bundle_enrollment", bundle_id=2, user_id=12))


async def test_a_bulk_of_coupons_tells_their_codes(call: CallTool) -> None:
    result = await call("create_coupons_in_bulk", promotion_id=4, bulk_quantity=3, bulk_coupon_code_length=12)
    assert result.structured_content is not None
    codes = [coupon["code"] for coupon in result.structured_content["items"]]
    assert [len(code) for code in codes] == [12, 12, 12]


async def test_a_script_given_by_content_is_signed(sandbox: Sandbox) -> None:
    signatures: list[str | None] = []

    async def keep(request: httpx2.Request) -> httpx2.Response:
        signatures.append(request.headers.get("HMAC-SHA256-SIGNATURE"))
        return await httpx2.ASGITransport(sandbox).handle_async_request(request)

    content = "<script>snow('❄')</script>"
    async with opened(httpx2.MockTransport(keep), ["create_site_script"], "auto") as client:
        result = await client.call_tool("create_site_script", {**SCRIPT, "content": content})
    assert not result.is_error
    assert signatures == [hmac.new(b"sandbox", content.encode(), hashlib.sha256).hexdigest()]


async def test_a_script_given_by_address_is_not_signed(call: CallTool, sandbox: Sandbox) -> None:
    assert not (await call("create_site_script", **EXAMPLES["create_site_script"].required)).is_error
    assert "hmac-sha256-signature" not in sandbox.requests[0].headers


async def test_a_script_given_by_content_without_the_secret_is_refused_before_sending(sandbox: Sandbox) -> None:
    transport = httpx2.ASGITransport(sandbox)
    async with opened(transport, ["create_site_script"], "auto", client_secret="") as client:
        result = await client.call_tool("create_site_script", {**SCRIPT, "content": "snow()"})
    assert result.is_error
    assert "THINKIFIC_CLIENT_SECRET" in text_of(result)
    assert len(sandbox.requests) == 0


async def test_a_script_given_by_address_needs_no_secret(sandbox: Sandbox) -> None:
    transport = httpx2.ASGITransport(sandbox)
    async with opened(transport, ["create_site_script"], "auto", client_secret="") as client:
        result = await client.call_tool("create_site_script", EXAMPLES["create_site_script"].required)
    assert not result.is_error
