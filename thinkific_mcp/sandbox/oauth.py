"""The site's OAuth endpoints, as far as they renew tokens: `POST /oauth2/token`.

The app `sandbox` with the secret `sandbox` starts with the refresh token `sandbox-refresh`. Each refresh token
works once and gives the next one, with an access token for nearly a day. Nothing of it is kept between runs.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from thinkific_mcp.sandbox.access import KEY
from thinkific_mcp.sandbox.judge import is_json
from thinkific_mcp.sandbox.school import Clock

APP = "sandbox:sandbox"
FIRST_REFRESH_TOKEN = "sandbox-refresh"
LIFE = 86_399
"""How long an access token is good, in seconds."""


class Tokens:
    """The tokens that the app was given.

    Args:
        now: the school's clock.

    Attributes:
        answers: the statuses that requests for tokens were answered with, oldest first.
    """

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._refresh_token = FIRST_REFRESH_TOKEN
        self._ends: dict[str, datetime] = {}
        self._given = 0
        self.answers: list[int] = []

    def expire_all(self) -> None:
        """Let all access tokens be refused from now on."""
        self._ends.clear()

    def known(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Put the sandbox's own token in the place of an access token that is good now."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token in self._ends and self._now() < self._ends[token]:
            return {**headers, "authorization": f"Bearer {KEY}"}
        return headers

    async def give(self, request: Request) -> Response:
        """Answer a request for new tokens."""
        status, answer = self._answer(request.headers, await request.body())
        self.answers.append(status)
        return JSONResponse(answer, status, {"Cache-Control": "no-store"})

    def _answer(self, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, Any]]:
        if not _is_app(headers.get("authorization", "")):
            return 401, {"error": "invalid_client"}
        match _object(headers, body):
            case {"grant_type": "refresh_token", "refresh_token": str(refresh_token)}:
                if refresh_token == self._refresh_token:
                    return 200, self._next()
                return 400, {"error": "invalid_grant"}
            case {"grant_type": str(grant_type)} if grant_type != "refresh_token":
                return 400, {"error": "unsupported_grant_type"}
            case _:
                return 400, {"error": "invalid_request"}

    def _next(self) -> Mapping[str, Any]:
        self._given += 1
        self._refresh_token = f"{FIRST_REFRESH_TOKEN}-{self._given}"
        access_token = f"sandbox-access-{self._given}"
        self._ends[access_token] = self._now() + timedelta(seconds=LIFE)
        return {
            "access_token": access_token,
            "refresh_token": self._refresh_token,
            "token_type": "bearer",
            "expires_in": LIFE,
            "gid": "sandbox",
        }


def _is_app(authorization: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        return scheme.lower() == "basic" and b64decode(encoded, validate=True) == APP.encode()
    except ValueError:
        return False


def _object(headers: Mapping[str, str], body: bytes) -> Any:
    try:
        return json.loads(body) if is_json(headers) else None
    except (ValueError, RecursionError):
        return None
