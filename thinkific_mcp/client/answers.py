"""From Thinkific's answer, or from its silence, to data or to the error that says what to do."""

import json
import math
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Any, cast

import httpx2

from thinkific_mcp.api.lookups import may_have_been_made
from thinkific_mcp.client.bodies import TOO_LONG, Answer
from thinkific_mcp.client.refusals import CHECK_ADDRESS, refusal, try_later
from thinkific_mcp.errors import (
    ApiError,
    ThinkificError,
    UnknownOutcomeError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.operation import Operation, Paging

_CONNECTING: Sequence[tuple[type[BaseException], str, bool]] = (
    (
        ssl.SSLCertVerificationError,
        "its certificate is not trusted (if it is your proxy's, name its CA in SSL_CERT_FILE)",
        True,
    ),
    (ssl.SSLError, "no secure connection comes about", False),
    (socket.gaierror, "its host is not found", False),
    (ConnectionRefusedError, "the connection is refused", False),
    (httpx2.ConnectTimeout, "no connection comes about in time", False),
    (httpx2.PoolTimeout, "all connections are busy", False),
    (httpx2.ProxyError, "the proxy refuses", False),
    (httpx2.UnsupportedProtocol, "its address is neither https nor http", True),
    (httpx2.LocalProtocolError, "the credentials do not fit into a request", True),
    (httpx2.ConnectError, "no connection comes about", False),
)
"""What keeps a request from being sent: the failure, why, and whether it lasts. The first that fits counts."""


def read_answer(operation: Operation[Any], answer: Answer, now: float) -> Any:
    """Return the JSON of a successful answer, None where it has no body.

    Any JSON is taken, under any content type: what differs from the document must not break a call.

    Args:
        operation: what was asked.
        answer: the whole answer.
        now: seconds since the epoch, against which `RateLimit-Reset` and `Retry-After` are read.

    Raises:
        ApiError: Thinkific refused.
        UnreadableAnswerError: the answer is neither JSON nor a refusal.
    """
    if not answer.is_success:
        raise refusal(operation, answer, now)
    data, flaw, advice = None, answer.flaw, try_later(operation)
    if answer.is_page:
        flaw, advice = "is a web page: something in between may have answered", CHECK_ADDRESS
    elif operation.result_type() is None:
        return None
    elif flaw == TOO_LONG:
        advice = "Ask for fewer items with limit." if isinstance(operation, Paging) else ""
    elif not flaw and not answer.body.strip():
        if operation.spec.effect != "read":
            return None
        flaw = "is empty"
    elif not flaw:
        data, flaw = _read_json(answer.body)
    if flaw:
        text = f"Thinkific's answer ({answer.status}) {flaw}. {advice}"
        raise UnreadableAnswerError(text.rstrip(), status=answer.status)
    return data


def no_answer(operation: Operation[Any], error: httpx2.HTTPError | OSError) -> UnreachableError:
    """Return the error for a request that got no answer, or none that is whole.

    `sent` is False only where no connection came about; anything later may have reached Thinkific.

    Args:
        operation: what was asked.
        error: how httpx2 failed; its text is not passed on.
    """
    failures = list(_causes(error)) if isinstance(error, httpx2.ConnectError) else [error]
    for kind, why, lasting in _CONNECTING:
        if any(isinstance(failure, kind) for failure in failures):
            return UnreachableError(
                f"Thinkific cannot be reached: {why}; nothing was sent. {CHECK_ADDRESS}",
                sent=False,
                lasting=lasting,
            )
    what = (
        "Thinkific did not answer in time."
        if isinstance(error, httpx2.TimeoutException)
        else f"The connection to Thinkific broke ({type(error).__name__})."
    )
    return UnreachableError(f"{what} {try_later(operation)}".rstrip(), sent=True)


def unknown_outcome(operation: Operation[Any], error: ThinkificError) -> UnknownOutcomeError:
    """Return the error for a write that failed and may have been carried out: it says which read tells.

    Args:
        operation: the write.
        error: what it failed with, to be its `__cause__`.
    """
    return UnknownOutcomeError(
        f"{error} {may_have_been_made(operation)}",
        status=error.status if isinstance(error, ApiError | UnreadableAnswerError) else None,
        said=error.said if isinstance(error, ApiError) else "",
    )


def _read_json(body: bytes) -> tuple[Any, str]:
    """Return what a body holds, or what is wrong with it. Nothing is raised: JSON's own errors hold the body."""
    try:
        text = body.decode("utf-8-sig")
        data = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
    except (ValueError, RecursionError):
        is_cut = False
    else:
        return _encodable(data) if "\\ud" in text.lower() else data, ""
    return None, "is cut off" if is_cut else "is not JSON"


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


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it came from: httpcore2 wraps as an argument, anyio and trio also in groups."""
    yield error
    causes = [error.__cause__, *error.args]
    if isinstance(error, BaseExceptionGroup):
        causes += cast("BaseExceptionGroup[BaseException]", error).exceptions
    for cause in causes:
        if isinstance(cause, BaseException):
            yield from _causes(cause)
