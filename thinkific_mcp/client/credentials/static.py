"""Credentials that stay as they are: an API key, or an access token that somebody else renews."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import httpx2


@dataclass(frozen=True)
class ApiKey:
    """A site's API key, with the subdomain of the site it belongs to."""

    subdomain: str
    key: str = field(repr=False)

    @property
    def site(self) -> str:
        """The subdomain."""
        return self.subdomain.lower()

    async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
        """Return the two headers that Thinkific asks for."""
        return {"X-Auth-API-Key": self.key, "X-Auth-Subdomain": self.subdomain}

    async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
        """Tell that nothing can be renewed."""
        return False


@dataclass(frozen=True)
class AccessToken:
    """An OAuth access token.

    Args:
        token: the token; it says by itself which site it is for.
        subdomain: the site's subdomain. It is not sent; it lets the token share the requests a minute with other
            credentials of the site, which without it are counted by token.
    """

    token: str = field(repr=False)
    subdomain: str = ""

    @property
    def site(self) -> str:
        """The subdomain, or a name made from the token that does not give it away."""
        return self.subdomain.lower() or f"token-{sha256(self.token.encode()).hexdigest()[:16]}"

    async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
        """Return the bearer token's header."""
        return {"Authorization": f"Bearer {self.token}"}

    async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
        """Tell that nothing can be renewed."""
        return False
