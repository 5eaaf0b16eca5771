"""From a refused answer to the error: what Thinkific said, what that means, and what to do next."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, cast

from thinkific_mcp.api.lookups import finder, names_something
from thinkific_mcp.client.bodies import Answer
from thinkific_mcp.client.resets import asks_to_wait, seconds_to_wait
from thinkific_mcp.errors import (
    ApiError,
    BadRequestError,
    CredentialsError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PlanError,
    RateLimitError,
    ScopeError,
    ServerError,
)
from thinkific_mcp.foreign_text import cleaned, quoted
from thinkific_mcp.operation import Operation

LONGEST_QUOTE = 500
"""Characters of Thinkific's own words that an error holds at most, beside the sign of a cut."""

_LONGEST_NAMED = 100
_DEEPEST = 6
_WRAPPERS = ("error", "errors", "base", "message", "query")
CHECK_ADDRESS = "Check the network, a proxy if there is one, and THINKIFIC_BASE_URL if it is set."

_Meaning = tuple[type[ApiError], str, str]


def refusal(operation: Operation[Any], answer: Answer, now: float) -> ApiError:
    """Return the error that an answer other than success stands for.

    Args:
        operation: what was asked.
        answer: the whole answer.
        now: seconds since the epoch, against which `RateLimit-Reset` and `Retry-After` are read.
    """
    status, said = answer.status, _said(operation, answer)
    wait = seconds_to_wait(answer.headers, now) if status == 429 or status >= 500 else None
    kind, what, advice = _meaning(operation, answer, said, wait)
    # A 401 always says the same, and is the one answer that might repeat the key.
    if said and status != 401:
        what += f" Thinkific says: {quoted(said)}" + ("" if said[-1] in ".!?…" else ".")
    elif answer.is_page and 400 <= status < 500:
        what += " That came as a web page, which its API never sends: something in between may have answered."
    return kind(f"{what} {advice}".rstrip(), status=status, said=said, retry_after=wait)


def try_later(operation: Operation[Any]) -> str:
    """Return the advice after a failure that may pass; none after a write, where somebody has to look first."""
    return "Try again later." if operation.spec.effect == "read" else ""


def _meaning(operation: Operation[Any], answer: Answer, said: str, wait: float | None) -> _Meaning:
    """Return the error's kind, what happened, and what to do next."""
    match answer.status:
        case 400:
            return BadRequestError, "Thinkific did not understand the request (400).", "Check the arguments."
        case 401:
            advice = (
                "Either the API key, the subdomain or the token is wrong (a token also once it has expired or was "
                "revoked), or the site's plan has no API access: Thinkific answers all alike. Check both."
            )
            return CredentialsError, "Thinkific refuses the credentials (401).", advice
        case 403:
            return _forbidden(answer, said)
        case 404:
            named = _named(operation)
            what = ", ".join(f"{name} {value}" for name, value in named.items()) or operation.spec.name
            advice = "" if answer.is_page else _where_to_look(named)
            return NotFoundError, f"Not found (404): {what}.", advice or CHECK_ADDRESS
        case 422:
            advice = "Correct the arguments, or look up what exists already."
            where = "" if answer.is_page else _where_to_look(_named(operation))
            what = "Thinkific refuses the values (422); nothing was changed."
            return InvalidError, what, f"{advice} {where}"
        case 429:
            what = "The site's requests for this minute are used up (429); nothing was changed."
            return RateLimitError, what, f"Try again {'in a minute' if wait is None else in_seconds(wait)}."
        case 503 if asks_to_wait(answer.headers):
            what = "Thinkific is not available at the moment (503); nothing was changed."
            return ServerError, what, f"Try again {'later' if wait is None else in_seconds(wait)}."
        case status if status >= 500:
            return ServerError, f"Thinkific failed ({status}).", try_later(operation)
        case status if 300 <= status < 400:
            what = f"Thinkific's address redirects elsewhere ({status}), where the credentials are not taken."
            return ApiError, what, CHECK_ADDRESS
        case status:
            advice = "Check the arguments." if said else CHECK_ADDRESS
            return ApiError, f"Thinkific answered {status}, which its API does not promise.", advice


def _forbidden(answer: Answer, said: str) -> _Meaning:
    """Tell the plan from the scope, where Thinkific tells it, and both from what stands in between."""
    if "scope" in f"{said} {answer.headers.get('WWW-Authenticate', '')}".lower():
        advice = "Connect the app again with the scope it needs; site scripts need write:site_scripts."
        return ScopeError, "The access token lacks a scope for this (403).", advice
    if re.search(r"\b(plan|upgrade)\b", said, re.IGNORECASE):
        return (
            PlanError,
            "The site's Thinkific plan does not allow this (403).",
            "Its owner can change the plan.",
        )
    if answer.is_page:
        advice = CHECK_ADDRESS
    elif said:
        advice = "If that does not say why, the plan may not include this, or the access token may lack a scope."
    else:
        advice = "Either the site's plan does not include this, or the access token lacks a scope."
    return ForbiddenError, "Thinkific does not allow this (403).", advice


def in_seconds(seconds: float) -> str:
    """Say when a wait is over, such as `in 58 seconds`; one that is over already is a second."""
    whole = max(1, math.ceil(seconds))
    return f"in {whole} second{'s' if whole > 1 else ''}"


def _named(operation: Operation[Any]) -> Mapping[str, str]:
    """Return every id and code in the call: Thinkific does not say which one is wrong."""
    return {
        name: _bounded(cleaned(str(value)), _LONGEST_NAMED)
        for name, place, value in operation.sent()
        if place.where == "path" or names_something(name)
    }


def _where_to_look(named: Mapping[str, str]) -> str:
    ids = [name for name in named if names_something(name)]
    told: list[str] = []
    for name in ids:
        lookup = finder(name)
        told.append(f"{lookup or 'No tool'} tells the right {name if ids[1:] else 'id'}")
    return f"{', '.join(told)}." if told else ""


def _said(operation: Operation[Any], answer: Answer) -> str:
    """Return what the answer says in words, by the names of the tool's arguments, cleaned and bounded."""
    try:
        lines = _lines(json.loads(answer.body), _arguments(operation), _DEEPEST)
    except (ValueError, RecursionError):
        is_text = answer.headers.get("Content-Type", "").startswith("text/plain")
        lines = [answer.body.decode("utf-8", "replace")] if is_text else []
    return _bounded(cleaned("; ".join(lines)).strip(), LONGEST_QUOTE)


def _arguments(operation: Operation[Any]) -> Mapping[str, str]:
    """Return the arguments that have another name on the wire, by that name."""
    return {place.name: name for name, place in operation.places().items() if place.name != name}


def _lines(value: Any, arguments: Mapping[str, str], depth: int) -> list[str]:
    """Flatten any of the shapes that Thinkific gives errors in to `field: message` lines."""
    if value is None or not depth:
        return []
    if isinstance(value, list):
        return [line for part in cast(list[Any], value) for line in _lines(part, arguments, depth - 1)]
    if isinstance(value, dict):
        lines: list[str] = []
        for name, part in cast(dict[str, Any], value).items():
            inner = _lines(part, arguments, depth - 1)
            lines += inner if name in _WRAPPERS else [f"{arguments.get(name, name)}: {line}" for line in inner]
        return lines
    text = str(value)
    for name, argument in arguments.items():
        text = text.replace(name, argument) if "[" in name else text
    return [text]


def _bounded(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
