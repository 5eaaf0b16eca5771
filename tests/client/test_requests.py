import hashlib
import hmac
import json
from importlib.metadata import version
from typing import Any

import httpx2
import pytest

from thinkific_mcp import AccessToken, ApiKey, Thinkific
from thinkific_mcp.api.categories import RemoveProductsFromCategory
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.enrollments import ListEnrollments, UpdateEnrollment
from thinkific_mcp.api.groups import DeleteGroup
from thinkific_mcp.api.site_scripts import CreateSiteScript
from thinkific_mcp.api.users import GetUser, ListUsers
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.operation import Operation

from .conftest import KEY, answering, failure

COURSE = httpx2.Response(200, json={"id": 3})


async def sent(operation: Operation[Any], **options: Any) -> httpx2.Request:
    """Return the request that an operation becomes."""
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, json={})

    async with answering(answer, **options) as thinkific:
        await thinkific(operation)
    (request,) = requests
    return request


async def test_a_key_is_sent_with_its_subdomain_and_in_no_other_way() -> None:
    request = await sent(GetCourse(course_id=3))
    headers = (request.headers["X-Auth-API-Key"], request.headers["X-Auth-Subdomain"])
    assert (headers, "Authorization" in request.headers) == ((KEY, "my-school"), False)
    assert str(request.url) == "https://api.thinkific.com/api/public/v1/courses/3"


async def test_a_token_is_sent_as_bearer_and_in_no_other_way() -> None:
    headers = (await sent(GetCourse(course_id=3), credentials=AccessToken("t0ken"))).headers
    assert (headers["Authorization"], "X-Auth-API-Key" in headers) == ("Bearer t0ken", False)


async def test_every_request_says_who_asks_and_that_json_is_wanted() -> None:
    headers = (await sent(GetCourse(course_id=3))).headers
    said = (headers["User-Agent"], headers["Accept"])
    assert said == (f"thinkific-mcp/{version('thinkific-mcp')}", "application/json")


async def test_another_address_is_used_as_it_is() -> None:
    request = await sent(GetCourse(course_id=3), base_url="https://example.com/thinkific/v1")
    assert str(request.url) == "https://example.com/thinkific/v1/courses/3"


@pytest.mark.parametrize(
    ("user_id", "path"),
    [
        ("1/2", "/users/1%2F2"),
        ("1?limit=1", "/users/1%3Flimit%3D1"),
        ("1#a", "/users/1%23a"),
        ("1%2F2", "/users/1%252F2"),
        ("...", "/users/..."),
        ("ada@example.com", "/users/ada%40example.com"),
        ("é 晶", "/users/%C3%A9%20%E6%99%B6"),
    ],
)
async def test_an_id_stays_one_segment_of_the_path(user_id: str, path: str) -> None:
    url = (await sent(GetUser(user_id=user_id, provider="SSO"))).url
    assert url.raw_path.decode() == f"/api/public/v1{path}?provider=SSO"


async def test_filters_and_paging_go_into_the_query() -> None:
    params = (
        await sent(ListEnrollments.model_validate({"course_id": 3, "completed": False, "limit": 100}))
    ).url.params
    assert dict(params) == {"query[course_id]": "3", "query[completed]": "false", "limit": "100"}


async def test_a_filter_is_encoded_whole() -> None:
    url = (await sent(ListUsers.model_validate({"external_source": "a&limit=1#b"}))).url
    assert dict(url.params) == {"query[external_source]": "a&limit=1#b"}


async def test_a_read_has_no_body() -> None:
    request = await sent(GetCourse(course_id=3))
    assert (request.method, request.content, "Content-Type" in request.headers) == ("GET", b"", False)


async def test_null_is_sent_and_what_is_left_out_is_not() -> None:
    request = await sent(UpdateEnrollment.model_validate({"enrollment_id": 1, "expiry_date": None}))
    assert (request.method, json.loads(request.content)) == ("PUT", {"expiry_date": None})


async def test_a_delete_has_no_body_but_where_it_needs_one() -> None:
    plain = await sent(DeleteGroup(group_id=1))
    with_body = await sent(RemoveProductsFromCategory(category_id=1, product_ids=[2, 3]))
    assert (plain.content, json.loads(with_body.content)) == (b"", {"product_ids": [2, 3]})


SCRIPT = CreateSiteScript.model_validate(
    {
        "name": "Hello",
        "description": "Greets.",
        "category": "functional",
        "page_scopes": ["all"],
        "content": "alert('é')",
    }
)


async def test_a_script_by_content_is_signed_with_the_app_s_secret() -> None:
    signature = (await sent(SCRIPT, client_secret="app-secret")).headers["HMAC-SHA256-SIGNATURE"]
    assert signature == hmac.new(b"app-secret", "alert('é')".encode(), hashlib.sha256).hexdigest()


async def test_a_script_by_content_is_not_sent_without_the_app_s_secret() -> None:
    error = await failure(answering(lambda _: pytest.fail("sent")), SCRIPT)
    assert isinstance(error, SettingsError) and "THINKIFIC_CLIENT_SECRET is not set" in str(error)


@pytest.mark.parametrize("credentials", [ApiKey("my-school", KEY), AccessToken(KEY)])
async def test_credentials_do_not_show_their_secret(credentials: ApiKey | AccessToken) -> None:
    async with Thinkific(credentials) as thinkific:
        assert KEY not in f"{credentials!r} {credentials} {thinkific!r}"
