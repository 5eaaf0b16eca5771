"""What the client asks of credentials."""

from collections.abc import Mapping
from typing import Protocol

import httpx2


class Credentials(Protocol):
    """Who calls; any object with these three will do.

        class FromTheVault:
            site = "my-school"

            async def headers(self, http):
                return {"Authorization": f"Bearer {await vault.read('thinkific')}"}

            async def renew(self, http, refused):
                return False

    One object may serve many calls at once. What it raises ends the call, of which nothing was carried out; only
    an `UnreachableError` of `headers` that is neither `sent` nor `lasting` is tried again.
    """

    @property
    def site(self) -> str:
        """The site whose requests a minute are spent, the same for all credentials of one site; never a secret."""
        ...

    async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
        """Return the headers that say who calls.

        Args:
            http: sends what is needed to get them. It comes with the client's base URL, time-outs and transport.
        """
        ...

    async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
        """Tell, after a 401, whether `headers` has others now, so that one more try makes sense.

        Args:
            http: sends what is needed to get them.
            refused: what `headers` gave for the request that was refused.
        """
        ...
