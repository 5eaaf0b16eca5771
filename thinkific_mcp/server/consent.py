"""Asking a person over MCP, in both protocol eras, through the SDK's resolvers.

A call passes four stages, each a resolver that the next one depends on. The first shows the change. Each further
one is reached with an answer: it reads the target once more, and goes on where that is as it was shown, or shows
it again. The fourth only goes on or gives up, so that nobody is asked more than three times.

The SDK runs all stages in every round, and holds an answer to be given only where its question is put again in the
same words. So what was shown in an earlier round comes from `Round`, and nothing is looked up twice for it.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from mcp.server.elicitation import AcceptedElicitation, CancelledElicitation, ElicitationResult
from mcp.server.mcpserver.resolve import Elicit, Resolve
from pydantic import BaseModel, ConfigDict, Field

from thinkific_mcp.change import State
from thinkific_mcp.errors import NotFoundError, ThinkificError
from thinkific_mcp.foreign_text import quoted
from thinkific_mcp.guard.desk import Desk
from thinkific_mcp.guard.preview import Preview, is_typed
from thinkific_mcp.guard.proposals import Proposal, is_unchanged
from thinkific_mcp.server.called import Called, can_ask, desk_of, failures_told
from thinkific_mcp.server.rounds import current_round
from thinkific_mcp.server.served import CallContext
from thinkific_mcp.telemetry import count_confirmation


def _without_names(schema: dict[str, Any]) -> None:
    # Hosts show them: a class's name and docstring say nothing to a person.
    for name in ("title", "description"):
        schema.pop(name, None)


class Confirmation(BaseModel):
    """A yes."""

    model_config = ConfigDict(json_schema_extra=_without_names)

    confirm: bool = Field(True, title="Do it")


class TypedName(BaseModel):
    """A yes that cannot be given by habit."""

    model_config = ConfigDict(json_schema_extra=_without_names)

    name: str = Field(title="Name", description="The name as shown above, to confirm")


@dataclass(frozen=True)
class Settled:
    """How asking ended.

    Attributes:
        status: `unasked` where nobody was to be asked this way.
        preview: what was shown last.
        before: the target as it was read after the answer.
        why: more than the status says.
    """

    status: Literal["unasked", "allowed", "declined", "cancelled", "expired", "changed"]
    preview: Preview | None = None
    before: State = field(default_factory=dict[str, Any])
    why: str = ""


_UNASKED = Settled("unasked")

_Outcome = ElicitationResult[Any]
_Asked = Elicit[Any] | Settled


async def _show(called: Called, context: CallContext) -> _Asked:
    if isinstance(called.proposal, Exception):
        return _UNASKED
    with failures_told(may_have_changed=False):
        desk = desk_of(context)
        guard = desk.guard
        this = current_round()
        if this.answers_nothing:
            return Settled("expired")
        if guard.dry_run or guard.approve or not can_ask(context):
            return _UNASKED
        # What was asked once stays asked, though a condition may not hold any more when the answer comes.
        if not this.previews:
            if not called.proposal.is_asked_about(desk):
                return _UNASKED
            this.previews.append(await called.proposal.preview(desk))
            count_confirmation("asked")
        return _question(this.previews[0])


async def _show_again(
    called: Called, context: CallContext, outcome: Annotated[_Outcome, Resolve(_show)]
) -> _Asked:
    return await _after_answer(1, called, context, outcome)


async def _show_once_more(
    called: Called, context: CallContext, outcome: Annotated[_Outcome, Resolve(_show_again)]
) -> _Asked:
    return await _after_answer(2, called, context, outcome)


async def settle(
    called: Called, context: CallContext, outcome: Annotated[_Outcome, Resolve(_show_once_more)]
) -> _Asked:
    """Tell how asking ended."""
    return await _after_answer(3, called, context, outcome)


_TIMES_ASKED = 3


async def _after_answer(asked: int, called: Called, context: CallContext, outcome: _Outcome) -> _Asked:
    """Go on after the question of a stage, whose number is how many were asked before.

    Once settled, all further stages pass on what they get.
    """
    if isinstance(outcome, AcceptedElicitation) and isinstance(outcome.data, Settled):
        return outcome.data
    this = current_round()
    this.go_on()
    preview = this.previews[asked - 1]
    refusal = _refusal(outcome, preview)
    if refusal is not None:
        return refusal
    if isinstance(called.proposal, Exception):
        return _UNASKED
    if len(this.previews) > asked:
        return _question(this.previews[asked], is_again=True)
    with failures_told(may_have_changed=False):
        desk = desk_of(context)
        now = await look_again(called.proposal, desk, preview)
        if is_unchanged(preview, now):
            return Settled("allowed", preview, now)
        if asked == _TIMES_ASKED:
            return Settled("changed", preview)
        this.previews.append(await called.proposal.preview(desk))
        count_confirmation("asked")
        return _question(this.previews[asked], is_again=True)


async def look_again(proposal: Proposal, desk: Desk, preview: Preview) -> State:
    """Read the target directly before the change.

    Raises:
        ThinkificError: it cannot be read, though it could when it was shown.
    """
    try:
        return await proposal.look_again(desk)
    except NotFoundError:
        raise
    except ThinkificError:
        if preview.seen:
            raise
        return {}  # it was allowed without being known


def _question(preview: Preview, *, is_again: bool = False) -> Elicit[Any]:
    current_round().ask()
    first = "It changed while you were asked. As it is now:\n\n" if is_again else ""
    if not preview.name_to_type:
        return Elicit(first + preview.text, Confirmation)
    return Elicit(f"{first}{preview.text}\nTo confirm, type: {quoted(preview.name_to_type)}", TypedName)


def _refusal(outcome: _Outcome, preview: Preview) -> Settled | None:
    if not isinstance(outcome, AcceptedElicitation):
        is_cancelled = isinstance(outcome, CancelledElicitation)
        return Settled("cancelled" if is_cancelled else "declined", preview)
    given: object = outcome.data
    if isinstance(given, TypedName) and not is_typed(preview.name_to_type, given.name):
        return Settled("declined", preview, why="The name that was typed is another one. ")
    if isinstance(given, Confirmation) and not given.confirm:
        return Settled("declined", preview)
    return None
