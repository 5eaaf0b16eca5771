"""Operations as MCP tools.

The one place that knows the SDK's tool internals (`FuncMetadata` is not in a documented namespace of mcp 2.3).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resolve import build_resolver_plans, find_resolved_parameters
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ToolAnnotations

from thinkific_mcp.guard.changes import ListChanges, UndoChange, list_changes
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.guard.proposals import Proposal, Write
from thinkific_mcp.guard.taking_back import TakeBack
from thinkific_mcp.operation import Offer, Operation
from thinkific_mcp.server.answers import answer, confirmation
from thinkific_mcp.server.arguments import read_arguments, read_fields
from thinkific_mcp.server.called import Called, desk_of, failures_told, report_to
from thinkific_mcp.server.changing import NOBODY_ANSWERED, change
from thinkific_mcp.server.rounds import in_its_round
from thinkific_mcp.server.schemas import Schema, listed_schema, output_schema
from thinkific_mcp.server.served import CallContext, served_to

_CONFIRMATION = "confirmation"
_CONFIRMATION_SCHEMA = {"type": "string", "description": "Only a code that a preview gave."}
_FIELDS = "fields"
_FIELDS_SCHEMA = {"type": "array", "items": {"type": "string"}}
_RESOLVED = find_resolved_parameters(change)
_PLANS = build_resolver_plans(_RESOLVED, {"called"})
_UNREADABLE = "The answer to the question could not be read. Nothing was done. Call the tool again to ask anew."


class _Metadata(FuncMetadata):
    """Reads arguments into what a tool works with instead of into a function's parameters."""

    read: Callable[[dict[str, Any]], Mapping[str, Any]]

    def validate_arguments(self, arguments_to_validate: dict[str, Any]) -> dict[str, Any]:
        # The SDK would tell a generic sentence and log what is raised in here with its text.
        return dict(self.read(arguments_to_validate))


class ChangingTool(Tool):
    """A tool that may ask a person before it acts."""

    async def run(
        self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False
    ) -> Any:
        """Run the tool; where nobody answers, end it."""
        with in_its_round() as this, this.scope:
            try:
                return await super().run(arguments, context, convert_result)
            except (MCPError, ToolError):
                if not this.is_asking:
                    raise
                raise ToolError(_UNREADABLE) from None
        return confirmation("expired", NOBODY_ANSWERED)


def as_tool(offer: type[Offer], guard: Guard, parameters: Schema | None = None) -> Tool:
    """Turn an offer into the tool that hosts list and call.

    Args:
        offer: an operation, or another tool.
        guard: whether calls of it may need a code.
        parameters: the schema of its arguments; by default the one that was built ahead.
    """
    spec, parameters = offer.spec, parameters or listed_schema(offer)
    is_read = spec.effect == "read"
    takes_code = not is_read and guard.codes and guard.may_ask(offer)
    ours = {_FIELDS: _FIELDS_SCHEMA} if is_read else {_CONFIRMATION: _CONFIRMATION_SCHEMA} if takes_code else {}
    shown = {**parameters, "properties": {**parameters["properties"], **ours}}
    read = partial(read_arguments, offer, shown if is_read else parameters)
    ids = {"thinkific/operation_id": spec.operation_id} if spec.operation_id else {}
    endpoint = {"thinkific/endpoint": f"{spec.method} {spec.path}"} if spec.path else {}
    return (Tool if is_read else ChangingTool)(
        fn=_read if is_read else change,
        name=spec.name,
        title=spec.title,
        description=describe(offer),
        parameters=shown,
        fn_metadata=_Metadata(
            arg_model=ArgModelBase,
            output_schema=output_schema(offer),
            read=partial(_asked, offer, read) if is_read else partial(_called, read, takes_code),
        ),
        is_async=True,
        context_kwarg="context",
        resolved_params={} if is_read else _RESOLVED,
        resolver_plans={} if is_read else _PLANS,
        annotations=ToolAnnotations(
            read_only_hint=is_read,
            destructive_hint=spec.destructive,
            idempotent_hint=spec.idempotent,
            open_world_hint=True,
        ),
        meta=ids | endpoint,
    )


def describe(offer: type[Offer]) -> str:
    """Return an offer's docstring on one line."""
    return " ".join((offer.__doc__ or "").split())


_Read = Callable[[Mapping[str, Any]], Offer]


@dataclass(frozen=True)
class _Asked:
    """A read that a tool was called for, and which fields of the result are to be shown."""

    offer: Offer
    fields: Sequence[str]


def _asked(offer: type[Offer], read: _Read, arguments: dict[str, Any]) -> Mapping[str, _Asked | Exception]:
    given = dict(arguments)
    try:
        fields = read_fields(offer.result_type(), given.pop(_FIELDS, []))
        return {"asked": _Asked(read(given), fields)}
    except Exception as error:
        return {"asked": error}


def _called(read: _Read, takes_code: bool, arguments: dict[str, Any]) -> Mapping[str, Called]:
    given = dict(arguments)
    code = str(given.pop(_CONFIRMATION, None) or "") if takes_code else ""
    try:
        return {"called": Called(_proposal(read(given)), code)}
    except Exception as error:
        return {"called": Called(error)}


def _proposal(asked: Offer) -> Proposal:
    return TakeBack(asked.change_id) if isinstance(asked, UndoChange) else Write(cast(Operation[Any], asked))


async def _read(asked: _Asked | Exception, context: CallContext) -> CallToolResult:
    with failures_told(may_have_changed=False):
        if isinstance(asked, Exception):
            raise asked
        offer, served = asked.offer, served_to(context.request_context)
        if isinstance(offer, ListChanges):
            result = await list_changes(offer, desk_of(context))
        else:
            result = await served.thinkific(cast(Operation[Any], offer), report=report_to(context))
        return answer(offer, result, form=served.form, fields=asked.fields, kept=served.kept)
