"""Who calls: an API key of one site, or an OAuth access token."""

from collections.abc import Generator
from dataclasses import dataclass, field

import httpx2


@dataclass(frozen=True)
class ApiKey(httpx2.Auth):
    """A site's API key, with the subdomain of the site it belongs to."""

    subdomain: str
    key: str = field(repr=False)

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the two headers that Thinkific asks for."""
        request.headers["X-Auth-API-Key"] = self.key
        request.headers["X-Auth-Subdomain"] = self.subdomain
        yield request


@dataclass(frozen=True)
class AccessToken(httpx2.Auth):
    """An OAuth access token; it says by itself which site it is for."""

    token: str = field(repr=False)

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the bearer token."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


Credentials = ApiKey | AccessToken
