"""From Thinkific's answer to data, or to the error that says what to do."""

import json
import math
from typing import Any, cast

import httpx2

from thinkific_mcp.errors import (
    ApiError,
    BadRequestError,
    CredentialsError,
    InvalidError,
    NotFoundError,
    PlanError,
    RateLimitError,
    ScopeError,
    ServerError,
    UnreadableAnswerError,
)
from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.operation import Operation

_LONGEST_QUOTE = 500


def read_answer(operation: Operation[Any], response: httpx2.Response, now: float) -> Any:
    """Return the JSON of a successful answer, None where it has no body.

    Args:
        operation: what was asked.
        response: the whole answer.
        now: seconds since the epoch, against which `RateLimit-Reset` is read.

    Raises:
        ApiError: Thinkific refused.
        UnreadableAnswerError: the answer is neither JSON nor a refusal.
    """
    if not response.is_success:
        raise _refusal(operation, response, now)
    is_read = operation.spec.effect == "read"
    is_empty = not response.content.strip()
    if operation.result_type() is None or (is_empty and not is_read):
        return None
    try:
        text = response.content.decode("utf-8-sig")
        data = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
        return _encodable(data) if "\\ud" in text.lower() else data
    except (ValueError, RecursionError):
        raise UnreadableAnswerError(
            f"Thinkific's answer ({response.status_code}) is {'empty' if is_empty else 'not JSON'}. "
            f"{what_now(operation)}"
        ) from None


def _refusal(operation: Operation[Any], response: httpx2.Response, now: float) -> ApiError:
    """Translate an answer other than success into the error of its status."""
    status = response.status_code
    said = _said(response)
    quoted = _quoted(said)
    match status:
        case 400:
            return BadRequestError(
                f"Thinkific did not understand the request (400).{quoted} Check the arguments.",
                status=status,
                said=said,
            )
        case 401:
            return CredentialsError(
                "Thinkific refuses the credentials (401). Either the API key, subdomain or token is wrong, or the "
                "site's plan has no API access: Thinkific answers both alike. Check both.",
                status=status,
                said=said,
            )
        case 403 if "scope" in said.lower():
            return ScopeError(
                f"The access token lacks a scope for this (403).{quoted} "
                "Connect the app again with the scope it needs; site scripts need write:site_scripts.",
                status=status,
                said=said,
            )
        case 403:
            return PlanError(
                f"The site's Thinkific plan does not allow this (403).{quoted} Its owner can change the plan.",
                status=status,
                said=said,
            )
        case 404:
            return NotFoundError(
                f"Not found (404): {_addressed(operation)}.{quoted} Check the id with a list tool.",
                status=status,
                said=said,
            )
        case 422:
            return InvalidError(
                f"Thinkific refuses the values (422); nothing was changed.{quoted} "
                "Correct the arguments, or look up what exists already.",
                status=status,
                said=said,
            )
        case 429:
            seconds = _seconds_until_reset(response, now)
            when = "in a minute" if seconds is None else f"in {seconds:.0f} seconds"
            return RateLimitError(
                f"The site's requests for this minute are used up (429); nothing was changed. Try again {when}.",
                status=status,
                said=said,
                retry_after=seconds,
            )
        case _ if status >= 500:
            return ServerError(
                f"Thinkific failed ({status}).{quoted} {what_now(operation)}", status=status, said=said
            )
        case _:
            return ApiError(
                f"Thinkific answered {status}, which its API does not promise.{quoted} "
                "Check THINKIFIC_BASE_URL if it is set.",
                status=status,
                said=said,
            )


def what_now(operation: Operation[Any]) -> str:
    """Say what a failure without a clear answer means for this operation."""
    if operation.spec.effect == "read":
        return "Try again later."
    return "Whether the change was made is not known: look before you try again."


def _encodable(value: Any) -> Any:
    """Replace halves of surrogate pairs, which JSON can escape and UTF-8 cannot write."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_encodable(part) for part in cast(list[Any], value)]
    if isinstance(value, dict):
        return {_encodable(name): _encodable(part) for name, part in cast(dict[str, Any], value).items()}
    return value


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _quoted(said: str) -> str:
    if not said:
        return ""
    return f" Thinkific says: {said}" if said[-1] in ".!?…" else f" Thinkific says: {said}."


def _addressed(operation: Operation[Any]) -> str:
    """Name what was asked for by every id and code in the call: Thinkific does not say which one is wrong."""
    ids = [
        f"{name} {value}"
        for name, place, value in operation.sent()
        if place.where == "path" or name.endswith(("_id", "_ids", "_code"))
    ]
    return ", ".join(ids) or operation.spec.name


def _seconds_until_reset(response: httpx2.Response, now: float) -> float | None:
    # One of Thinkific's articles gives RateLimit-Reset in milliseconds, another does not say: tell by size.
    try:
        reset = float(response.headers.get("RateLimit-Reset", ""))
    except ValueError:
        return None
    seconds = (reset / 1000 if reset > 1e11 else reset) - now
    return seconds if 0 <= seconds <= 3600 else None


def _said(response: httpx2.Response) -> str:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    text = "; ".join(_messages(body, depth=0))
    text = cleaned(text.encode("utf-8", "replace").decode()).strip()
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"


def _messages(value: Any, depth: int) -> list[str]:
    """Flatten any of the shapes that Thinkific gives errors in to `field: message` lines."""
    if depth > 5 or value is None:
        return []
    if isinstance(value, list):
        return [line for part in cast(list[Any], value) for line in _messages(part, depth + 1)]
    if isinstance(value, dict):
        lines: list[str] = []
        for name, part in cast(dict[str, Any], value).items():
            inner = _messages(part, depth + 1)
            lines += inner if name in ("error", "errors", "base") else [f"{name}: {line}" for line in inner]
        return lines
    return [str(value)]
