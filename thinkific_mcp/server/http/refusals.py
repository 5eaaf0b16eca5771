"""Requests that are not let in."""

import math
from dataclasses import dataclass

from mcp_types import INTERNAL_ERROR, INVALID_REQUEST, ErrorData, JSONRPCError
from starlette.responses import JSONResponse, Response


@dataclass
class Refusal(Exception):
    """Why a request is not let in.

    Args:
        status: of the HTTP answer.
        error: a word for programs, as OAuth has it where it has one (RFC 6750).
        words: the same for people.
        retry_after: seconds after which a further try makes sense.
        challenge: parameters of the WWW-Authenticate header beside these; None where it is not sent.
    """

    status: int
    error: str
    words: str
    retry_after: float | None = None
    challenge: dict[str, str] | None = None

    def response(self) -> Response:
        """Return the HTTP answer."""
        headers: dict[str, str] = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        if self.challenge is not None:
            said = {"error": self.error, "error_description": self.words, **self.challenge}
            headers["WWW-Authenticate"] = "Bearer " + ", ".join(f'{name}="{said[name]}"' for name in said)
        # An MCP client tells its user what such an error says, and of any other answer only that it failed.
        code = INTERNAL_ERROR if self.status >= 500 else INVALID_REQUEST
        told = JSONRPCError(
            jsonrpc="2.0", id=None, error=ErrorData(code=code, message=self.words, data={"reason": self.error})
        )
        return JSONResponse(told.model_dump(by_alias=True), status_code=self.status, headers=headers)


def unauthorized(words: str, challenge: dict[str, str] | None = None) -> Refusal:
    """Refuse who did not show a token that is known."""
    return Refusal(401, "invalid_token", words, challenge=challenge or {})


def unavailable(words: str, retry_after: float) -> Refusal:
    """Put off what cannot be told now."""
    return Refusal(503, "temporarily_unavailable", words, retry_after)
