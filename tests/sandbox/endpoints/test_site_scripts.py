import hashlib
import hmac
import re
from typing import Any

import pytest

from thinkific_mcp.sandbox.wire import Answer

from .conftest import Api

SCRIPT: dict[str, Any] = {
    "name": "Counter",
    "description": "Counts visits",
    "page_scopes": ["landing_pages"],
    "category": "analytics",
}
SRC = "https://cdn.example.com/counter.js"
CONTENT = "console.log('é')"


def signed(content: str, secret: str = "sandbox") -> dict[str, str]:
    digest = hmac.new(secret.encode(), content.encode(), hashlib.sha256).hexdigest()
    return {"hmac-sha256-signature": digest}


def create(api: Api, headers: dict[str, str] | None = None, **source: Any) -> Answer:
    return api("POST /site_scripts", body={**SCRIPT, **source}, headers=headers or {})


def stored(api: Api, script_id: str) -> dict[str, Any]:
    return api("GET /site_scripts/{id}", {"id": script_id}).body["site_script"]


def test_a_script_by_source_is_answered_in_its_wrapping(api: Api) -> None:
    answer = create(api, src=SRC)
    script = answer.body["site_script"]
    assert answer.status == 201
    assert script == {
        **SCRIPT,
        "id": script["id"],
        "src": SRC,
        "content": None,
        "location": "footer",
        "load_method": "async",
        "created_at": "2026-03-15T12:00:00Z",
        "updated_at": "2026-03-15T12:00:00Z",
    }


def test_ids_of_scripts_look_like_ulids_and_differ(api: Api) -> None:
    ids = {create(api, src=SRC).body["site_script"]["id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", script_id) for script_id in ids)


def test_listed_scripts_are_not_wrapped(api: Api) -> None:
    script = create(api, src=SRC).body["site_script"]
    assert api.items("GET /site_scripts") == [script]


def test_signed_content_is_accepted(api: Api) -> None:
    assert create(api, signed(CONTENT), content=CONTENT).body["site_script"]["content"] == CONTENT


@pytest.mark.parametrize("source", [{}, {"src": SRC, "content": CONTENT}, {"src": ""}])
def test_a_script_has_exactly_one_source(api: Api, source: dict[str, str]) -> None:
    answer = create(api, signed(CONTENT), **source)
    assert (answer.status, answer.body) == (
        422,
        {"errors": {"base": ["must provide one of: src or content"]}},
    )


@pytest.mark.parametrize(
    "src",
    [
        "https://example.com.evil.test/a.js",
        "https://notexample.com/a.js",
        "https://evil.test/example.com",
        "javascript://example.com/a",
        "http://[",
        "words",
    ],
)
def test_a_source_elsewhere_is_refused(api: Api, src: str) -> None:
    answer = create(api, src=src)
    assert (answer.status, answer.body) == (422, {"errors": {"base": ["src must be on the app's domain"]}})


def test_content_without_a_signature_is_refused(api: Api) -> None:
    answer = create(api, content=CONTENT)
    assert answer.body == {"errors": {"base": ["Missing header `HMAC-SHA256-SIGNATURE`"]}}


@pytest.mark.parametrize("headers", [signed(CONTENT, "other"), signed("other"), {"hmac-sha256-signature": "é"}])
def test_content_with_a_wrong_signature_is_refused(api: Api, headers: dict[str, str]) -> None:
    answer = create(api, headers, content=CONTENT)
    assert answer.body == {"errors": {"base": ["Invalid header `HMAC-SHA256-SIGNATURE`"]}}


def test_a_script_needs_a_page(api: Api) -> None:
    answer = api("POST /site_scripts", body={**SCRIPT, "src": SRC, "page_scopes": []})
    assert answer.body == {"errors": {"page_scopes": ["can't be blank"]}}


def test_an_update_without_a_source_keeps_it(api: Api) -> None:
    script_id = create(api, src=SRC).body["site_script"]["id"]
    status = api("PUT /site_scripts/{id}", {"id": script_id}, body={**SCRIPT, "name": "Meter"}).status
    script = stored(api, script_id)
    assert (status, script["name"], script["src"]) == (204, "Meter", SRC)


def test_content_replaces_the_source(api: Api) -> None:
    script_id = create(api, src=SRC).body["site_script"]["id"]
    body = {**SCRIPT, "content": CONTENT}
    api("PUT /site_scripts/{id}", {"id": script_id}, body=body, headers=signed(CONTENT))
    script = stored(api, script_id)
    assert (script["src"], script["content"]) == (None, CONTENT)


def test_an_update_with_both_sources_is_refused(api: Api) -> None:
    script_id = create(api, src=SRC).body["site_script"]["id"]
    body = {**SCRIPT, "src": SRC, "content": CONTENT}
    path = {"id": script_id}
    assert api("PUT /site_scripts/{id}", path, body=body, headers=signed(CONTENT)).status == 422


def test_a_deleted_script_is_gone(api: Api) -> None:
    script_id = create(api, src=SRC).body["site_script"]["id"]
    statuses = [api("DELETE /site_scripts/{id}", {"id": script_id}).status for _ in range(2)]
    assert statuses == [204, 404]
