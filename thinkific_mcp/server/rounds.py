"""The rounds of a call that asks somebody: what was asked in earlier ones, and how long the answer may take.

Since 2026-07-28 a question ends a round, and its answer comes with the next request, under the seal that the SDK
gave the question. In 2025-11-25 all rounds are one request.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError

from thinkific_mcp.client.patience import Report
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.guard.desk import Desk
from thinkific_mcp.guard.preview import Preview
from thinkific_mcp.guard.questions import PATIENCE, Questions
from thinkific_mcp.server.answers import confirmation, failure
from thinkific_mcp.server.served import served_to
from thinkific_mcp.telemetry import tally

_LATE = (
    "This answer is not for a question that waits: it was given already, or is over five minutes old, or the "
    "call's arguments differ. Nothing was done. Call the tool again to be asked anew."
)


@dataclass
class Round:
    """What is known of a call's questions.

    Attributes:
        previews: what was shown so far, in order.
        answers_nothing: whether an answer came that no question waits for.
        scope: ends the call where nobody answers.
        is_asking: whether an answer is waited for.
        desk: what the call reads and writes over, until the next answer.
    """

    previews: list[Preview] = field(default_factory=list[Preview])
    answers_nothing: bool = False
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    is_asking: bool = field(default=False, init=False)
    desk: Desk | None = field(default=None, init=False)
    _told: float = field(default=0, init=False)

    def ask(self) -> None:
        """Begin to wait for an answer."""
        self.is_asking = True
        self.scope.deadline = anyio.current_time() + PATIENCE

    def go_on(self) -> None:
        """Take note that the answer has come: what follows has the time of a call for itself."""
        self.is_asking = False
        self.scope.deadline = float("inf")
        self.desk = None

    async def tell(self, report: Report, progress: float, total: float | None, words: str) -> None:
        """Report what is waited for; of several requests the numbers go on, since they must never fall."""
        self._told = max(self._told + 0.001, progress)
        await report(self._told, None, words)


_current: ContextVar[Round] = ContextVar("round")


def current_round() -> Round:
    """Return the round of the call that is under way.

    Raises:
        LookupError: none is.
    """
    return _current.get()


@contextmanager
def in_its_round() -> Generator[Round]:
    """Yield the round of a call; a new one, where it came without a client and so past the middleware."""
    this = _current.get(None)
    if this is not None:
        yield this
        return
    token = _current.set(this := Round())
    try:
        yield this
    finally:
        _current.reset(token)


class Rounds:
    """Middleware outside of the SDK's seal: it knows a question by it.

    Args:
        questions: where they wait for their answers.
    """

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Carry out a call within its round."""
        if ctx.method != "tools/call":
            return await call_next(ctx)
        try:
            return await self._call(ctx, call_next)
        except ThinkificError as error:
            tally().failure = type(error).__name__
            return failure(str(error))

    async def _call(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        seal, asked = (ctx.params or {}).get("requestState"), served_to(ctx).identity
        previews = await self._questions.take(asked, seal) if isinstance(seal, str) else []
        this = Round(previews, answers_nothing=isinstance(seal, str) and not previews)
        token = _current.set(this)
        try:
            result = await call_next(ctx)
        except MCPError as error:
            if not _is_foreign_seal(error):
                raise
            return confirmation("expired", _LATE)
        finally:
            _current.reset(token)
        new_seal = cast(Mapping[str, Any], result).get("requestState") if isinstance(result, Mapping) else None
        if isinstance(new_seal, str):
            await self._questions.keep(asked, new_seal, this.previews)
        return result


def _is_foreign_seal(error: MCPError) -> bool:
    return error.data == {"reason": "invalid_request_state"}
