"""The client: one connection pool, one identity, every operation."""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from thinkific_mcp.client.answers import read_answer, what_now
from thinkific_mcp.client.credentials import Credentials
from thinkific_mcp.client.requests import build_request
from thinkific_mcp.errors import ArgumentError, SettingsError, UnreachableError
from thinkific_mcp.operation import Operation

R = TypeVar("R")

# They log every address at INFO, and a filter by email stands in the address.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_logger = logging.getLogger(__name__)

BASE_URL = "https://api.thinkific.com/api/public/v1"


class Thinkific:
    """A Thinkific site, called operation by operation.

        async with Thinkific(ApiKey("my-school", key)) as thinkific:
            course = await thinkific(GetCourse(course_id=3))

    Args:
        credentials: an `ApiKey` or an `AccessToken`.
        base_url: where the Admin API is: https, or the sandbox's http address on this machine, which is
            reached without a proxy.
        client_secret: the app's secret, which signs site scripts given by content.
        timeout: seconds to wait for a connection, and for each further piece of an answer.
        transport: how requests travel; by default over the network.
        now: the clock, in seconds since the epoch.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        base_url: str = BASE_URL,
        client_secret: str = "",
        timeout: float = 30,
        transport: httpx2.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._credentials = credentials
        self._base_url = base_url
        self._client_secret = client_secret
        self._timeout = httpx2.Timeout(timeout, connect=min(timeout, 10))
        self._transport = transport
        self._now = now

    @cached_property
    def _http(self) -> httpx2.AsyncClient:
        # Made for the first request: reading the certificates would delay every server's start by 20 ms and more.
        try:
            return httpx2.AsyncClient(
                auth=self._credentials,
                base_url=self._base_url,
                headers={"User-Agent": f"thinkific-mcp/{version('thinkific-mcp')}", "Accept": "application/json"},
                timeout=self._timeout,
                transport=self._transport,
                # Plain http is for this machine only: through a proxy the key would leave it unencrypted.
                trust_env=not self._base_url.startswith("http:"),
            )
        except (ImportError, ValueError, OSError, httpx2.InvalidURL) as error:
            raise SettingsError(
                f"The environment's proxy or certificates cannot be used ({type(error).__name__}); "
                "nothing was sent. Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
            ) from None

    async def __call__(self, operation: Operation[R]) -> R:
        """Carry out an operation and return its result.

        Raises:
            ApiError: Thinkific refused; see `thinkific_mcp.errors` for the kinds.
            UnreachableError: there was no answer.
            UnreadableAnswerError: the answer is not what the API promises.
            ArgumentError: the arguments are too long for an address; nothing was sent.
            SettingsError: a setting is missing or cannot be used; nothing was sent.
        """
        http = self._http
        try:
            request = build_request(http, operation, self._client_secret)
        except httpx2.InvalidURL:
            raise ArgumentError("The arguments are too long for an address. Nothing was sent.") from None
        started = time.monotonic()
        response = await self._send(operation, request)
        spec, milliseconds = operation.spec, (time.monotonic() - started) * 1000
        # The path as Thinkific publishes it: an external id of a student can stand in the real one.
        _logger.info("%s %s: %d in %.0f ms", spec.method, spec.path, response.status_code, milliseconds)
        return operation.receive(response.status_code, read_answer(operation, response, self._now()))

    async def _send(self, operation: Operation[Any], request: httpx2.Request) -> httpx2.Response:
        try:
            return await self._http.send(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise UnreachableError(
                f"Thinkific cannot be reached ({type(error).__name__}); nothing was sent. "
                "Check the network, a proxy, and THINKIFIC_BASE_URL if it is set."
            ) from None
        except httpx2.TimeoutException:
            raise UnreachableError(f"Thinkific did not answer in time. {what_now(operation)}") from None
        except (httpx2.HTTPError, OSError) as error:
            raise UnreachableError(
                f"The connection to Thinkific broke ({type(error).__name__}). {what_now(operation)}"
            ) from None

    async def aclose(self) -> None:
        """Close the connections."""
        if "_http" in vars(self):
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
