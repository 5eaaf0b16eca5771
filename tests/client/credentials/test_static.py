from collections.abc import Mapping

import httpx2
import pytest

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import AccessToken, ApiKey, Credentials, Thinkific
from thinkific_mcp.sandbox import Sandbox

SECRET = "s3cret-7313"


async def test_a_key_travels_with_its_subdomain(http: httpx2.AsyncClient) -> None:
    headers = await ApiKey("my-school", SECRET).headers(http)
    assert headers == {"X-Auth-API-Key": SECRET, "X-Auth-Subdomain": "my-school"}


async def test_a_token_travels_alone(http: httpx2.AsyncClient) -> None:
    assert await AccessToken(SECRET, "my-school").headers(http) == {"Authorization": f"Bearer {SECRET}"}


@pytest.mark.parametrize("credentials", [ApiKey("my-school", SECRET), AccessToken(SECRET)])
async def test_what_cannot_be_renewed_is_not_tried_again(
    http: httpx2.AsyncClient, credentials: Credentials
) -> None:
    assert not await credentials.renew(http, await credentials.headers(http))


@pytest.mark.parametrize(
    "credentials", [ApiKey("my-school", SECRET), AccessToken(SECRET), AccessToken(SECRET, "a")]
)
def test_neither_the_text_nor_the_site_of_credentials_shows_the_secret(credentials: Credentials) -> None:
    assert SECRET not in f"{credentials} {credentials!r} {credentials.site}"


def test_all_credentials_of_a_site_share_its_requests() -> None:
    sites = {ApiKey("My-School", "a").site, AccessToken("b", "my-school").site, ApiKey("my-school", "c").site}
    assert sites == {"my-school"}


def test_a_token_without_a_subdomain_has_requests_of_its_own() -> None:
    sites = [AccessToken(token).site for token in ("a", "a", "b")]
    assert sites[0] == sites[1] != sites[2]


async def test_any_object_that_does_the_same_will_do(sandbox: Sandbox) -> None:
    class FromTheVault:
        site = "sandbox"

        async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
            return {"Authorization": "Bearer sandbox"}

        async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
            return False

    async with Thinkific(FromTheVault(), transport=httpx2.ASGITransport(sandbox)) as thinkific:
        assert (await thinkific(GetCourse(course_id=3))).id == 3
