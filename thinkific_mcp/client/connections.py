"""The HTTP connections, shared by every site that one process serves."""

from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from thinkific_mcp.client.credentials.errand import finish
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.version import VERSION


class Connections:
    """A pool of connections to one address, made when it is first used.

    Args:
        base_url: where the Admin API is.
        timeout: seconds to wait for a connection (10 at most), and for each further piece of an answer.
        transport: how requests travel; None is over the network.
    """

    def __init__(self, base_url: str, timeout: float, transport: httpx2.AsyncBaseTransport | None) -> None:
        self.base_url = base_url
        self._timeout = httpx2.Timeout(timeout, connect=min(timeout, 10))
        self._transport = transport
        self._is_closed = False

    @property
    def http(self) -> httpx2.AsyncClient:
        """The HTTP client.

        Raises:
            SettingsError: the connections are closed, or the environment's proxy or certificates cannot be used.
        """
        if self._is_closed:
            raise SettingsError("This client is closed; nothing was sent.")
        return self._http

    @cached_property
    def _http(self) -> httpx2.AsyncClient:
        # Made for the first request: reading the certificates would delay every server's start by 20 ms and more.
        try:
            return httpx2.AsyncClient(
                base_url=self.base_url,
                headers={
                    "User-Agent": f"thinkific-mcp/{VERSION}",
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip, deflate",
                },
                timeout=self._timeout,
                # How many requests are under way is for each site's budget to say.
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
                # One site's cookies must not travel with the requests of another.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                transport=self._transport,
                # Plain http is for this machine only: through a proxy the key would leave it unencrypted.
                trust_env=not self.base_url.startswith("http:"),
            )
        except (ImportError, ValueError, OSError, httpx2.InvalidURL) as error:
            raise SettingsError(
                f"The environment's proxy or certificates cannot be used ({type(error).__name__}); "
                "nothing was sent. Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
            ) from None

    async def aclose(self) -> None:
        """Close the connections, for good."""
        self._is_closed = True
        if "_http" in vars(self):
            await finish(self._http)
            await self._http.aclose()
