"""What OpenTelemetry is told of calls; where nobody listens, it costs next to nothing.

Spans and metrics hold names of tools and sites, paths as published, figures and kinds of errors: never an
argument, an id, or a text that a person wrote.
"""

from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from time import time_ns
from typing import Any, Literal, TypeVar, cast

import anyio
from opentelemetry import metrics, trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from thinkific_mcp.version import VERSION

F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, Any]])

Consent = Literal["asked", "required", "allowed", "declined", "cancelled", "expired", "changed", "refused"]

_NAME = "thinkific_mcp"
_tracer = trace.get_tracer(_NAME, VERSION)
_meter = metrics.get_meter(_NAME, VERSION)

# Those that OpenTelemetry names for HTTP, and two for calls that wait: its usual ones are for milliseconds.
# https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60)
_NOTABLE_WAIT = 0.01


def _seconds(name: str, words: str) -> metrics.Histogram:
    return _meter.create_histogram(f"{_NAME}.{name}", "s", words, explicit_bucket_boundaries_advisory=_SECONDS)


_calls = _meter.create_counter(f"{_NAME}.calls", "{call}", "Calls of tools.")
_call_seconds = _seconds(
    "call.duration", "How long calls of tools took, without a person's time since 2026-07-28."
)
_errors = _meter.create_counter(f"{_NAME}.errors", "{call}", "Calls of tools that failed, by kind.")
_requests = _meter.create_counter(f"{_NAME}.upstream.requests", "{request}", "Requests to Thinkific.")
_request_seconds = _seconds("upstream.duration", "How long Thinkific took to answer.")
_wait_seconds = _seconds("budget.wait", "How long requests waited for their turn.")
_left = _meter.create_gauge(f"{_NAME}.budget.left", "{request}", "Requests that a site has left in this minute.")
_confirmations = _meter.create_counter(
    f"{_NAME}.confirmations", "{confirmation}", "What became of asking before a change."
)


@dataclass
class Tally:
    """What the call under way has cost and met.

    Attributes:
        requests: how many requests were sent to Thinkific.
        waited: how long they waited for their turns, in seconds.
        failure: the kind of error that it failed with.
        confirmation: what last became of asking.
    """

    requests: int = 0
    waited: float = 0.0
    failure: str = ""
    confirmation: str = ""


_current: ContextVar[Tally] = ContextVar("tally")


def tally() -> Tally:
    """Return that of the call under way, or one to throw away where there is none."""
    return _current.get(None) or Tally()


@contextmanager
def tallied() -> Generator[Tally]:
    """Keep a tally of what is done inside this block."""
    token = _current.set(new := Tally())
    try:
        yield new
    finally:
        _current.reset(token)


@contextmanager
def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, **attributes: str | int | float | bool
) -> Generator[Span]:
    """Trace what is done inside this block; of an error that leaves it, the kind."""
    with _tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_attribute("error.type", type(error).__name__)
            current.set_status(StatusCode.ERROR)
            raise


def traced(name: str) -> Callable[[F], F]:
    """Trace each call of an async function under this name."""

    def decorate(function: F) -> F:
        @wraps(function)
        async def call(*args: Any, **options: Any) -> Any:
            with span(name):
                return await function(*args, **options)

        return cast(F, call)

    return decorate


@contextmanager
def upstream_request(method: str, path: str, host: str) -> Generator[Callable[[int], None]]:
    """Trace and count a request to Thinkific; yields what is to be told the status of its answer.

    Args:
        method: GET, POST, PUT or DELETE.
        path: as Thinkific publishes it: the real one can name a student.
        host: where it goes.
    """
    met: dict[str, str | int] = {"http.request.method": method}

    def answered(status: int) -> None:
        met["http.response.status_code"] = status
        if status >= 400:
            met["error.type"] = str(status)

    started = anyio.current_time()
    tally().requests += 1
    place = {"url.template": path, "server.address": host}
    try:
        with span(f"{method} {path}", kind=SpanKind.CLIENT, **place) as current:
            try:
                yield answered
            finally:
                current.set_attributes(met)
                if "error.type" in met:
                    current.set_status(StatusCode.ERROR)
    except BaseException as error:
        met["error.type"] = type(error).__name__
        raise
    finally:
        _requests.add(1, met)
        _request_seconds.record(anyio.current_time() - started, met)


@contextmanager
def budget_wait() -> Generator[None]:
    """Measure how long a request waits for its turn, inside this block."""
    began, started = time_ns(), anyio.current_time()
    try:
        yield
    finally:
        waited = anyio.current_time() - started
        tally().waited += waited
        _wait_seconds.record(waited)
        if waited > _NOTABLE_WAIT:
            _tracer.start_span("budget wait", start_time=began).end()


def set_budget_left(site: str, requests: int) -> None:
    """Tell how many requests a site has left in this minute."""
    _left.set(requests, {"thinkific.site": site})


def count_confirmation(outcome: Consent) -> None:
    """Tell what became of asking before a change."""
    tally().confirmation = outcome
    _confirmations.add(1, {"outcome": outcome})


def count_call(tool: str, outcome: str, failure: str, seconds: float) -> None:
    """Tell how a call of a tool ended.

    Args:
        tool: its name.
        outcome: what came of it.
        failure: the kind of error that it failed with; empty where it did not.
        seconds: how long it took.
    """
    met = {"gen_ai.tool.name": tool, "outcome": outcome}
    _calls.add(1, met)
    _call_seconds.record(seconds, met)
    if failure:
        _errors.add(1, {"gen_ai.tool.name": tool, "error.type": failure})
