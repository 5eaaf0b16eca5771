"""The address at which a site gives new tokens for a refresh token, as OAuth 2.0 (RFC 6749, section 6) has it."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import anyio
import httpx2

from thinkific_mcp.client.bodies import Answer, read_body
from thinkific_mcp.client.credentials.tokens import Tokens, is_token, seconds
from thinkific_mcp.errors import CredentialsError, SettingsError, UnreachableError, UnreadableAnswerError

_LONGEST_EXCHANGE = 10.0
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
_REASONS = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
)
# Less is not renewed ahead of, or each request would renew it.
_SHORTEST_LIFE = 120


@dataclass(frozen=True)
class TokenEndpoint:
    """Where an app refreshes the tokens of one site.

    Args:
        address: the endpoint.
        client_id: the app's id.
        client_secret: the app's secret.
    """

    address: str
    client_id: str
    client_secret: str = field(repr=False)

    async def refresh(self, http: httpx2.AsyncClient, refresh_token: str, now: float) -> Tokens:
        """Exchange a refresh token, which works once.

        Args:
            http: sends the request.
            refresh_token: the refresh token.
            now: seconds since the epoch.

        Raises:
            CredentialsError: the refresh token (`said` is then `invalid_grant`) or the app is refused.
            UnreachableError: there was no answer, or none but that it cannot be answered now; `sent` tells whether
                the refresh token may have been used up, `lasting` whether Thinkific may have heard of it at all.
            UnreadableAnswerError: the answer holds no tokens; the refresh token may have been used up.
            SettingsError: the address is no token endpoint.
        """
        answer = await self._post(http, {"grant_type": "refresh_token", "refresh_token": refresh_token})
        status, said = answer.status, _object(answer.body)
        if status in (400, 401):
            raise _refusal(status, said.get("error"))
        if status == 429 or status >= 500:
            raise UnreachableError(
                f"Thinkific does not renew the access token now ({status}). Try again later.",
                sent=status >= 500,
                lasting=True,
            )
        if not answer.is_success:
            raise SettingsError(
                f"The site answers {status} where its access token is renewed. "
                "Check THINKIFIC_SUBDOMAIN, and THINKIFIC_OAUTH_URL if it is set."
            )
        access_token, renewed = said.get("access_token"), said.get("refresh_token", refresh_token)
        if not is_token(access_token) or not is_token(renewed):
            raise UnreadableAnswerError(
                f"Thinkific's answer ({status}) holds no new access token. "
                "Try again later; if that fails too, sign in to the site again."
            )
        life = seconds(said.get("expires_in"))
        return Tokens(renewed, access_token, now + life if life is not None and life >= _SHORTEST_LIFE else None)

    async def _post(self, http: httpx2.AsyncClient, fields: Mapping[str, str]) -> Answer:
        app = b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {app}", "Accept": "application/json"}
        request = http.build_request("POST", self.address, json=fields, headers=headers)
        failure: UnreachableError
        try:
            with anyio.fail_after(_LONGEST_EXCHANGE):
                response = await http.send(request, stream=True, follow_redirects=False)
                try:
                    return await read_body(response)
                finally:
                    await response.aclose()
        except _NOT_SENT as error:
            failure = UnreachableError(
                f"The site cannot be reached to renew the access token ({type(error).__name__}). "
                "Check the network, a proxy, THINKIFIC_SUBDOMAIN, and THINKIFIC_OAUTH_URL if it is set.",
                sent=False,
            )
        except (httpx2.HTTPError, OSError) as error:
            failure = UnreachableError(
                f"Thinkific did not answer when the access token was to be renewed ({type(error).__name__}). "
                "Try again later.",
                sent=True,
                lasting=True,
            )
        raise failure  # here, where it has no context: httpx2's error holds the request with its secrets


def _refusal(status: int, reason: Any) -> CredentialsError:
    said = reason if reason in _REASONS else ""
    if said == "invalid_grant":
        message = f"Thinkific refuses the refresh token ({status}): it was used already, or taken back."
    else:
        message = (
            f"Thinkific does not renew the access token for this app ({status}). Check THINKIFIC_CLIENT_ID and "
            "THINKIFIC_CLIENT_SECRET; if they are right, sign in to the site again for a new refresh token."
        )
    return CredentialsError(message, status=status, said=said)


def _object(body: bytes) -> Mapping[str, Any]:
    # Errors of decoding hold what they could not decode, so none may be raised or chained from here.
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    return cast(dict[str, Any], data) if isinstance(data, dict) else {}
