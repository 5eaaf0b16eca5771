"""The tools that change something: whether it may happen, and then that it happens."""

from typing import Annotated, Any, cast

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resolve import Resolve
from mcp_types import CallToolResult
from pydantic import TypeAdapter

from thinkific_mcp.change import State
from thinkific_mcp.guard.codes import Binding, Codes
from thinkific_mcp.guard.desk import Desk
from thinkific_mcp.guard.preview import Preview
from thinkific_mcp.guard.proposals import Proposal, Write, digest, is_unchanged
from thinkific_mcp.server.answers import Status, answer, confirmation, content
from thinkific_mcp.server.called import Called, desk_of, failures_told
from thinkific_mcp.server.consent import Settled, look_again, settle
from thinkific_mcp.server.served import CallContext, Served, served_to
from thinkific_mcp.telemetry import count_confirmation

_PREVIEW = TypeAdapter(Preview)

_NOTHING_DONE: dict[Status, str] = {
    "declined": "The person said no. Nothing was done; do not try again unless they ask for it.",
    "cancelled": "The person closed the question without an answer. Nothing was done.",
    "expired": (
        "This answer was given already, or is over five minutes old. Nothing was done. Call the tool again to be "
        "asked anew."
    ),
    "changed": "It changed again and again while the person was asked. Nothing was done; try again later.",
}
NOBODY_ANSWERED = "Nobody answered for five minutes. Nothing was done. Call the tool again to ask anew."

_GIVE_CODE = (
    "Nothing was done yet. Show this to the person you work for. If they say yes, call {tool} again with the same "
    "arguments and confirmation {code}; it works once, until {time}. The code proves that this text was made, not "
    "that a person read it: never pass it without their yes."
)
_CHANGED = "It changed since the code was given, which is spent; this is how it is now. "
_NO_SUCH_CODE = (
    "There is no such code for you: it was used, is over ten minutes old, or was never given. Nothing was done. "
    "Call the tool without confirmation for a preview and a new code."
)
_OTHER_CALL = (
    "The code was given for another call: the tool or its arguments differ. Nothing was done. Call with the same "
    "arguments, or without confirmation for a preview and a new code."
)
_BLOCKED = "Too many wrong codes: none is taken for ten minutes. Nothing was done."
_REFUSED = (
    "This needs a person's yes. This client cannot ask for it (it has no MCP elicitation), and codes are switched "
    "off (THINKIFIC_CONFIRM_CODES). Nothing was done."
)
_DRY_RUN = "Dry run: nothing was sent."


async def change(
    called: Called, context: CallContext, outcome: Annotated[ElicitationResult[Any], Resolve(settle)]
) -> CallToolResult:
    """Answer a call of a tool that changes something."""
    if isinstance(called.proposal, Exception):
        with failures_told(may_have_changed=False):
            raise called.proposal
    settled = cast(AcceptedElicitation[Any], outcome).data
    assert isinstance(settled, Settled)
    with failures_told(may_have_changed=settled.status in ("unasked", "allowed")):
        proposal, desk, served = called.proposal, desk_of(context), served_to(context.request_context)
        if settled.status == "unasked":
            return await _without_asking(proposal, desk, served, called.confirmation)
        if settled.status == "allowed":
            return await _carry_out(proposal, desk, served, settled.preview, settled.before)
        shown = settled.preview.text if settled.preview else ""
        return confirmation(settled.status, settled.why + _NOTHING_DONE[settled.status], preview=shown)


async def _carry_out(
    proposal: Proposal, desk: Desk, served: Served, preview: Preview | None, before: State
) -> CallToolResult:
    if preview is not None:
        count_confirmation("allowed")
    result = await proposal.carry_out(desk, preview, before)
    if isinstance(proposal, Write):
        return answer(proposal.operation, result, form=served.form, kept=served.kept)
    return content({"done": result}, result)


async def _without_asking(proposal: Proposal, desk: Desk, served: Served, code: str) -> CallToolResult:
    guard = desk.guard
    if guard.dry_run:
        preview = await proposal.preview(desk)
        return content({"dry_run": {"preview": preview.text}}, preview.text, _DRY_RUN)
    if not proposal.is_asked_about(desk):
        return await _carry_out(proposal, desk, served, None, {})
    if guard.approve is not None:
        preview = await proposal.preview(desk)
        guard.approve(preview.text)
        return await _carry_out(proposal, desk, served, preview, await look_again(proposal, desk, preview))
    if not guard.codes:
        count_confirmation("refused")
        raise ToolError(_REFUSED)
    return await _by_code(proposal, desk, served, code)


async def _by_code(proposal: Proposal, desk: Desk, served: Served, code: str) -> CallToolResult:
    if not code:
        return await _give_code(proposal, desk, "required")
    redeemed = await Codes(desk.guard.memory, now=desk.guard.now).redeem(code, _binding(proposal, desk))
    match redeemed.why:
        case "unknown":
            return confirmation("expired", _NO_SUCH_CODE)
        case "blocked":
            return confirmation("expired", _BLOCKED)
        case "other_call":
            return confirmation("changed", _OTHER_CALL)
        case "ok":
            preview = _PREVIEW.validate_json(redeemed.payload or "")
    now = await look_again(proposal, desk, preview)
    if not is_unchanged(preview, now):
        return await _give_code(proposal, desk, "changed", _CHANGED)
    return await _carry_out(proposal, desk, served, preview, now)


async def _give_code(proposal: Proposal, desk: Desk, status: Status, first: str = "") -> CallToolResult:
    preview = await proposal.preview(desk)
    codes = Codes(desk.guard.memory, now=desk.guard.now)
    code, expires_at = await codes.issue(_binding(proposal, desk), _PREVIEW.dump_json(preview).decode())
    words = first + _GIVE_CODE.format(tool=proposal.tool, code=code, time=f"{expires_at:%H:%M} UTC")
    return confirmation(status, words, preview=preview.text, code=code, expires_at=expires_at)


def _binding(proposal: Proposal, desk: Desk) -> Binding:
    return Binding(desk.guard.site_of(desk.thinkific), desk.caller, proposal.tool, digest(proposal.arguments))
