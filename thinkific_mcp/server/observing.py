"""A line in the log and figures for each call: who, where, which tool, what came of it; never its arguments."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, get_args

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS
from mcp_types.methods import SPEC_CLIENT_METHODS, SPEC_CLIENT_NOTIFICATION_METHODS
from opentelemetry import trace
from pydantic import BaseModel, ValidationError

from thinkific_mcp import errors
from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.server.answers import Status
from thinkific_mcp.server.served import Served, served_to
from thinkific_mcp.telemetry import Tally, count_call, tallied
from thinkific_mcp.unforeseen import kind_and_place

CALLS = "thinkific_mcp.calls"
"""The logger that tells of calls at INFO, and of other requests at DEBUG."""

_logger = logging.getLogger(CALLS)

_METHODS = SPEC_CLIENT_METHODS | SPEC_CLIENT_NOTIFICATION_METHODS
_UNKNOWN = "unknown"
_LONGEST_CLIENT = 100
# What the SDK answers with by itself; of all that our tools answer, the tally knows the kind.
_UNTOLD = "ToolError"
_FORESEEN = {_UNTOLD, *vars(errors)}


class Calls:
    """Middleware directly inside the SDK's span of a request, which it completes.

    Args:
        tools: the names of all tools; others that a caller makes up are not told.
    """

    def __init__(self, tools: Collection[str]) -> None:
        self._tools = tools

    async def __call__(self, ctx: ServerRequestContext[Served, Any], call_next: CallNext) -> HandlerResult:
        """Carry out a request, and tell of it."""
        request, started = _request(ctx, self._tools), anyio.current_time()
        request.complete(trace.get_current_span())
        if ctx.request_id is None:  # a notification
            return await call_next(ctx)
        with tallied() as tally:
            try:
                result = await call_next(ctx)
                request.outcome = _outcome(result, tally)
                return result
            except (MCPError, ValidationError) as error:
                request.outcome = "failed"
                tally.failure = str(error.code if isinstance(error, MCPError) else INVALID_PARAMS)
                raise
            except Exception as error:
                request.outcome, tally.failure = "crashed", type(error).__name__
                words = f"thinkific-mcp itself failed ({kind_and_place(error)}). Please report it."
            finally:
                request.tell(tally, anyio.current_time() - started)
        _logger.error(words)
        raise MCPError(INTERNAL_ERROR, words)  # not from the error, whose text the SDK would log and trace


@dataclass
class _Request:
    """What is told of a request. All of it is ours or the operator's, but for the name of the client's program."""

    method: str
    tool: str
    caller: str
    site: str
    era: str
    client: str
    outcome: str = "abandoned"

    def complete(self, span: trace.Span) -> None:
        """Write into the span of the request who calls, and only names that are known here."""
        span.update_name(f"{self.method} {self.tool}".rstrip())
        about = {
            "mcp.method.name": self.method,
            "gen_ai.tool.name": self.tool,
            "gen_ai.prompt.name": _UNKNOWN if self.method == "prompts/get" else "",
            "thinkific.caller": self.caller,
            "thinkific.site": self.site,
        }
        span.set_attributes({name: value for name, value in about.items() if value})

    def tell(self, tally: Tally, seconds: float) -> None:
        """Tell how it ended."""
        if self.tool:
            count_call(self.tool, self.outcome, tally.failure, seconds)
        span = trace.get_current_span()
        fields = {
            "event": "call" if self.tool else "request",
            **vars(self),
            "error": tally.failure,
            "seconds": round(seconds, 4),
            "waited": round(tally.waited, 4),
            "upstream_requests": tally.requests,
            "trace_id": f"{span.get_span_context().trace_id:032x}" if span.is_recording() else "",
        }
        _logger.log(
            logging.INFO if self.tool else logging.DEBUG,
            "%s: %s",
            self.tool or self.method,
            self.outcome,
            extra={"call": {name: value for name, value in fields.items() if value != ""}},
        )


def _request(ctx: ServerRequestContext[Served, Any], tools: Collection[str]) -> _Request:
    served, client = served_to(ctx), ctx.session.client_params
    name = (ctx.params or {}).get("name")
    tool = name if isinstance(name, str) and name in tools else _UNKNOWN
    return _Request(
        method=ctx.method if ctx.method in _METHODS else _UNKNOWN,
        tool=tool if ctx.method == "tools/call" else "",
        caller=served.caller,
        site=served.thinkific.site,
        era=ctx.protocol_version,
        client=cleaned(f"{client.client_info.name} {client.client_info.version}")[:_LONGEST_CLIENT]
        if client
        else "",
    )


def _outcome(result: HandlerResult, tally: Tally) -> str:
    """Return what came of a request: `done`, `asked`, `dry_run`, what became of asking, or how it failed."""
    said = result.model_dump(mode="json", by_alias=True) if isinstance(result, BaseModel) else result or {}
    if said.get("isError"):
        tally.failure = tally.failure or _UNTOLD
        if tally.failure not in _FORESEEN:
            return "crashed"
        is_refused = tally.confirmation == "refused" or tally.failure == errors.NotAllowedError.__name__
        return "refused" if is_refused else "failed"
    if said.get("resultType") == "input_required":
        return "asked"
    if tally.confirmation in get_args(Status):
        return tally.confirmation
    # Whatever else it holds is Thinkific's.
    return "dry_run" if list(said.get("structuredContent") or {}) == ["dry_run"] else "done"
