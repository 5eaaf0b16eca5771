"""Malformed, oversized, slow and cross-site requests: what each gets."""

import hashlib
from collections.abc import Generator
from pathlib import Path

import pytest

from .messages import Answer, Request, answer_to, call_body
from .refusals import BODY_LIMIT, KEYED, OWN_SITE, ROWS, SITES, TOKEN, Row, authorized
from .replicas import many_sites, running_replicas
from .schools import School, Schools


@pytest.fixture(scope="module")
def address(upstream: tuple[Schools, str], tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    folder: Path = tmp_path_factory.mktemp("refusals")
    tokens = folder / "tokens"
    tokens.write_text(f"alice {hashlib.sha256(TOKEN.encode()).hexdigest()} read\n", "utf-8")
    environment = many_sites(upstream[1], redis="") | {
        "THINKIFIC_SITES": SITES,
        "THINKIFIC_SUBDOMAIN": "site-02",
        "THINKIFIC_API_KEY": upstream[0].of["site-02"].keys[0],
        "THINKIFIC_EXCLUDE_TOOLS": "get_user",
        "THINKIFIC_HTTP_TOKENS_FILE": str(tokens),
        "THINKIFIC_HTTP_BODY_LIMIT": str(BODY_LIMIT),
        "THINKIFIC_HTTP_TIMEOUT": "1.5",
        "THINKIFIC_ALLOWED_ORIGINS": "https://app.example.com",
    }
    with running_replicas(1, environment, folder / "logs") as (replica,):
        yield replica.address


@pytest.fixture
def school(schools: Schools) -> School:
    return schools.of["site-00"]


def _answer(address: str, request: Request, school: School) -> Answer:
    return answer_to(address, authorized(request, school).written(address.removeprefix("http://")))


@pytest.mark.parametrize("row", ROWS, ids=[row.what for row in ROWS])
def test_each_request_gets_what_the_table_says(row: Row, address: str, school: School) -> None:
    answer = _answer(address, row.request, school)
    assert (answer.status, answer.error[: len(row.error)]) == (row.status, row.error)


def test_a_tool_that_a_header_leaves_out_is_not_called(address: str, school: School) -> None:
    before = school.asked()
    answer = _answer(address, Request(KEYED, headers={"X-MCP-Tools": "list_users"}), school)
    assert "is not offered to you" in answer.text and school.asked() == before


def test_headers_do_not_bring_back_what_the_operator_leaves_out(address: str, school: School) -> None:
    headers = {"X-MCP-Tools": "get_user", "Mcp-Name": "get_user"}
    body = call_body("get_user", {"user_id": "1"})
    answer = _answer(address, Request(KEYED, headers=headers, body=body), school)
    assert "Unknown tool: get_user" in answer.text


def test_headers_do_not_bring_back_what_the_scopes_leave_out(address: str, school: School) -> None:
    headers = {"X-MCP-Tools": "update_coupon", "Mcp-Name": "update_coupon"}
    body = call_body("update_coupon", {"coupon_id": 1, "code": "NEW"})
    answer = _answer(address, Request(OWN_SITE, headers=headers, body=body), school)
    assert "is not offered to you" in answer.text


def test_a_body_that_does_not_come_is_not_waited_for(address: str, school: School) -> None:
    whole = authorized(Request(KEYED), school).written(address.removeprefix("http://"))
    assert answer_to(address, whole[:-10]).status == 408


def test_headers_that_do_not_come_are_not_waited_for(address: str) -> None:
    assert answer_to(address, b"POST /mcp HTTP/1.1\r\nHost: ").status == 408


def test_who_says_nothing_is_not_waited_for(address: str) -> None:
    assert answer_to(address, b"").status == 0


def test_who_asks_too_often_is_told_when_to_ask_again(address: str, school: School) -> None:
    often = Request(KEYED, headers={"Authorization": f"Bearer {school.keys[1]}"}, body="{")
    answers = [_answer(address, often, school) for _ in range(150)]
    refused = [answer for answer in answers if answer.status == 429]
    assert refused and {answer.error for answer in refused} == {"too_many_requests"}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert _answer(address, Request(KEYED), school).status == 200


def test_a_megabyte_of_headers_is_refused(address: str, school: School) -> None:
    # The refusal may get lost, as the connection is closed while the rest is on its way.
    large = Request(KEYED, headers={"X-Large": "x" * 1_000_000})
    assert _answer(address, large, school).status in (0, 400)
