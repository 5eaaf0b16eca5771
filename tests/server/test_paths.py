"""No argument reaches another endpoint than its tool's."""

from urllib.parse import unquote

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thinkific_mcp.sandbox import Sandbox

from .conftest import CallTool, opened, text_of
from .examples import demo_sandbox

ELSEWHERE = [
    "1/../users",
    "1?limit=1",
    "..",
    ".",
    "",
    " ",
    "1\r\nX-Evil: 1",
    "1\x00",
    "%2e%2e",
    "1/",
    "1#",
    "/",
    "\\",
]

# Half of a character: JSON can escape it, and UTF-8 cannot write it.
HALF = "\ud800"
# Texts of anything, and of what paths are made of.
TEXTS = st.text(st.characters(), max_size=20) | st.text("./\\?#%&=:;@ 2eE1\r\n\t\x00é", max_size=12)


@pytest.mark.parametrize("value", [*ELSEWHERE, 10**19, "9" * 400])
async def test_a_number_in_a_path_is_a_number(call: CallTool, sandbox: Sandbox, value: str | int) -> None:
    result = await call("get_course", course_id=value)
    assert result.is_error
    assert "course_id" in text_of(result)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("value", ELSEWHERE)
async def test_a_script_id_is_letters_and_digits(call: CallTool, sandbox: Sandbox, value: str) -> None:
    result = await call("delete_site_script", site_script_id=value)
    assert result.is_error
    assert "site_script_id" in text_of(result)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("value", ["..", ".", "", " ", "a/../b", "a\r\nX-Evil: 1", "a\x00", "..\\..", "x" * 256])
async def test_an_external_id_that_could_lead_elsewhere_is_refused(
    call: CallTool, sandbox: Sandbox, value: str
) -> None:
    result = await call("delete_user", user_id=value, provider="SSO")
    assert result.is_error
    assert "user_id" in text_of(result)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("value", ["a/b", "a?b=c", "a#b", "%2F", "a b", "ü&=+;", "/", "4/authentications/SSO"])
async def test_an_external_id_of_any_other_kind_is_one_segment_of_the_path(
    call: CallTool, sandbox: Sandbox, value: str
) -> None:
    await call("get_user", user_id=value, provider="SSO")
    (request,) = sandbox.requests
    assert request.operation == "GET /users/{id}"
    assert unquote(request.path.removeprefix("/users/")) == value
    assert request.query == [("provider", "SSO")]


async def _is_refused_or_sent_whole(tool: str, operation: str, argument: str, value: str, provider: str) -> None:
    sandbox = demo_sandbox()
    arguments = {argument: value} | ({"provider": provider} if provider else {})
    async with opened(httpx2.ASGITransport(sandbox), [tool], "auto") as client:
        result = await client.call_tool(tool, arguments)
    if len(sandbox.requests):
        (request,) = sandbox.requests
        assert request.operation == operation
        assert unquote(request.path.split("/")[2]) == value
        assert request.query == ([("provider", provider)] if provider else [])
        assert request.violations == ()
    else:
        assert result.is_error
        assert argument in text_of(result)


@given(value=TEXTS)
@example(value=HALF)
@settings(max_examples=150, deadline=None)
async def test_any_text_as_an_external_id_is_refused_or_sent_whole(value: str) -> None:
    await _is_refused_or_sent_whole("get_user", "GET /users/{id}", "user_id", value, "SSO")


@given(value=TEXTS)
@example(value=HALF)
@settings(max_examples=50, deadline=None)
async def test_any_text_as_a_user_id_is_refused_or_sent_whole(value: str) -> None:
    await _is_refused_or_sent_whole("delete_user", "DELETE /users/{id}", "user_id", value, "")


@given(value=TEXTS)
@example(value=HALF)
@settings(max_examples=100, deadline=None)
async def test_any_text_as_a_script_id_is_refused_or_sent_whole(value: str) -> None:
    operation = "GET /site_scripts/{id}"
    await _is_refused_or_sent_whole("get_site_script", operation, "site_script_id", value, "")


@given(value=TEXTS)
@example(value=HALF)
@settings(max_examples=50, deadline=None)
async def test_any_text_in_a_query_is_refused_or_sent_whole(value: str) -> None:
    sandbox = demo_sandbox()
    async with opened(httpx2.ASGITransport(sandbox), ["list_users"], "auto") as client:
        result = await client.call_tool("list_users", {"external_source": value})
    if len(sandbox.requests):
        (request,) = sandbox.requests
        assert request.operation == "GET /users"
        assert request.query == [("query[external_source]", value)]
    else:
        assert result.is_error
        assert "external_source" in text_of(result)


@given(value=TEXTS)
@example(value=HALF)
@settings(max_examples=50, deadline=None)
async def test_any_text_in_a_body_is_refused_or_sent_whole(value: str) -> None:
    sandbox = demo_sandbox()
    async with opened(httpx2.ASGITransport(sandbox), ["create_group"], "auto") as client:
        result = await client.call_tool("create_group", {"name": value})
    if len(sandbox.requests):
        assert [request.body for request in sandbox.requests] == [{"name": value}]
    else:
        assert result.is_error
        assert "name" in text_of(result)
