"""What comes back as data, what does not, and what nobody knows the outcome of."""

import json
from typing import Any

import httpx2
import pytest

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup, DeleteGroup
from thinkific_mcp.api.orders import RefundExternalOrder
from thinkific_mcp.api.users import CreateUser, ListUsers
from thinkific_mcp.client.answers import no_answer, unknown_outcome
from thinkific_mcp.client.bodies import LARGEST_BODY
from thinkific_mcp.errors import ServerError, ThinkificError
from thinkific_mcp.operation import Operation

from ..leaks import told
from .exchange import exchanged, unreadable

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")
PAGE = b"<!DOCTYPE html><title>Sign in</title>"
LATER = "Try again later."

# Successes


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "application/octet-stream", "nonsense", ""])
async def test_json_is_taken_under_any_type(content_type: str) -> None:
    answer = httpx2.Response(200, content=b'\xef\xbb\xbf\n{"id": 3}', headers={"Content-Type": content_type})
    assert await exchanged(READ, answer) == {"id": 3}


@pytest.mark.parametrize("value", [[], [1], "text", 7, None, True, {"items": 7}])
async def test_json_of_another_shape_is_taken(value: Any) -> None:
    assert await exchanged(READ, httpx2.Response(200, content=json.dumps(value).encode())) == value


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b'{"id": 3', "is cut off"),
        (b'{"items": [{"name": "Bre', "is cut off"),
        (b'{"items": [1,', "is cut off"),
        ('{"name": "Brötchen'.encode()[:-6], "is cut off"),
        (b'{"items": [}', "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"Hello", "is not JSON"),
    ],
)
async def test_a_success_that_cannot_be_read_says_what_it_is(body: bytes, flaw: str) -> None:
    error = await unreadable(READ, httpx2.Response(200, content=body))
    assert (str(error), error.status) == (f"Thinkific's answer (200) {flaw}. {LATER}", 200)


@pytest.mark.parametrize("body", [PAGE, b"\xef\xbb\xbf \r\n" + PAGE])
@pytest.mark.parametrize("operation", [READ, WRITE, DeleteGroup(group_id=1)])
async def test_a_web_page_is_no_success(operation: Operation[Any], body: bytes) -> None:
    assert str(await unreadable(operation, httpx2.Response(200, content=body))) == (
        "Thinkific's answer (200) is a web page: something in between may have answered. "
        "Check the network, a proxy if there is one, and THINKIFIC_BASE_URL if it is set."
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("body", [b"", b"{}", b"OK", b'{"id": '])
async def test_a_change_without_a_result_is_a_success_with_any_2xx(status: int, body: bytes) -> None:
    assert await exchanged(DeleteGroup(group_id=1), httpx2.Response(status, content=body)) is None


async def test_a_creation_answered_with_nothing_is_none() -> None:
    assert await exchanged(WRITE, httpx2.Response(201)) is None


async def test_a_creation_answered_with_what_is_no_json_is_not_to_be_tried_again() -> None:
    error = await unreadable(WRITE, httpx2.Response(201, content=b'{"id": '))
    assert str(error) == "Thinkific's answer (201) is cut off."


@pytest.mark.parametrize(
    ("operation", "advice"),
    [(ListUsers(), " Ask for fewer items with limit."), (READ, ""), (WRITE, "")],
)
async def test_only_a_list_is_told_to_ask_for_less_where_the_answer_is_too_long(
    operation: Operation[Any], advice: str
) -> None:
    announced = httpx2.Response(200, headers={"Content-Length": str(LARGEST_BODY + 1)})
    assert str(await unreadable(operation, announced)) == f"Thinkific's answer (200) is over 20 MB.{advice}"


# Outcomes


@pytest.mark.parametrize(
    ("operation", "look"),
    [
        (WRITE, "look with list_groups before"),
        (DeleteGroup(group_id=1), "look with get_group (group_id) before"),
        (
            RefundExternalOrder(external_order_id=1, amount=1, currency="USD"),
            "neither a tool nor a Thinkific report tells: ask who keeps the school's books before",
        ),
    ],
)
async def test_an_outcome_that_is_not_known_says_what_failed_and_where_to_look(
    operation: Operation[Any], look: str
) -> None:
    error = unknown_outcome(operation, no_answer(operation, httpx2.ReadTimeout("")))
    assert str(error) == (
        f"Thinkific did not answer in time. The change may have been made all the same: {look} you try again."
    )
    assert (error.status, error.said) == (None, "")


async def test_an_outcome_that_is_not_known_keeps_what_thinkific_said() -> None:
    with pytest.raises(ServerError) as caught:
        await exchanged(WRITE, httpx2.Response(502, json={"error": "Upstream is gone."}))
    error = unknown_outcome(WRITE, caught.value)
    assert str(error).startswith('Thinkific failed (502). Thinkific says: "Upstream is gone." The change may have')
    assert (error.status, error.said) == (502, "Upstream is gone.")


async def test_an_outcome_that_is_not_known_keeps_the_status_of_what_cannot_be_read() -> None:
    error = unknown_outcome(WRITE, await unreadable(WRITE, httpx2.Response(201, content=b"{")))
    assert error.status == 201


# Leaks

SECRETS = ("s3cret", "ada@example.com", "passw0rd")
ASKED = ListUsers(email="ada@example.com")
GIVEN = CreateUser(first_name="Ada", last_name="L", email="ada@example.com", password="passw0rd")


@pytest.mark.parametrize("operation", [ASKED, GIVEN], ids=["read", "write"])
@pytest.mark.parametrize(
    ("status", "content"),
    [
        *((status, b'{"error": "No"}') for status in (302, 400, 401, 403, 404, 409, 422, 429, 500, 503)),
        *((status, b"<p>ada@example.com s3cret</p>") for status in (200, 403, 404, 502)),
        *(
            (200, broken)
            for broken in (b'{"email": "ada@example.com', b'["ada@example.com"}', b"ada@example.com \xff")
        ),
    ],
)
async def test_no_error_tells_what_was_asked_or_what_came_back(
    operation: Operation[Any], status: int, content: bytes
) -> None:
    headers = {"Location": "https://example.com/?s3cret", "Set-Cookie": "s3cret", "RateLimit-Reset": "s3cret"}
    with pytest.raises(ThinkificError) as caught:
        await exchanged(operation, httpx2.Response(status, content=content, headers=headers))
    texts = told(caught.value) + told(unknown_outcome(operation, caught.value))
    assert [secret for secret in SECRETS if secret in texts] == []


@pytest.mark.parametrize("operation", [ASKED, GIVEN], ids=["read", "write"])
@pytest.mark.parametrize(
    "kind", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.RemoteProtocolError, httpx2.ProxyError, OSError]
)
async def test_no_silence_tells_what_was_asked(operation: Operation[Any], kind: type[Any]) -> None:
    error = no_answer(operation, kind("https://user:passw0rd@proxy/?query[email]=ada@example.com s3cret"))
    texts = told(error) + told(unknown_outcome(operation, error))
    assert [secret for secret in SECRETS if secret in texts] == []
