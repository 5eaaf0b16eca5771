"""Operations as MCP tools.

The one place that knows the SDK's tool internals (`FuncMetadata` is not in a documented namespace of mcp 2.3).
"""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import CallToolResult, TextContent, ToolAnnotations

from thinkific_mcp.client import Thinkific
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.operation import Operation, Page, Paging
from thinkific_mcp.results import compact, part_of_list, plain
from thinkific_mcp.server.arguments import read_arguments
from thinkific_mcp.server.schemas import input_schema, output_schema
from thinkific_mcp.unforeseen import kind_and_place

_logger = logging.getLogger(__name__)


class _Metadata(FuncMetadata):
    """Reads arguments into an operation instead of into a function's parameters."""

    read: Callable[[Mapping[str, Any]], Operation[Any]]

    def validate_arguments(self, arguments_to_validate: dict[str, Any]) -> dict[str, Any]:
        # The SDK would tell a generic sentence and log what is raised here with its text: it travels as a value.
        try:
            return {"asked": self.read(arguments_to_validate)}
        except Exception as error:
            return {"asked": error}


def as_tool(operation: type[Operation[Any]]) -> Tool:
    """Turn an operation into the tool that hosts list and call."""
    spec = operation.spec
    parameters = input_schema(operation)
    ids = {"thinkific/operation_id": spec.operation_id} if spec.operation_id else {}
    return Tool(
        fn=_call,
        name=spec.name,
        title=spec.title,
        description=describe(operation),
        parameters=parameters,
        fn_metadata=_Metadata(
            arg_model=ArgModelBase,
            output_schema=output_schema(operation),
            read=partial(read_arguments, operation, parameters),
        ),
        is_async=True,
        context_kwarg="context",
        annotations=ToolAnnotations(
            read_only_hint=spec.effect == "read",
            destructive_hint=spec.destructive,
            idempotent_hint=spec.idempotent,
            open_world_hint=True,
        ),
        meta={**ids, "thinkific/endpoint": f"{spec.method} {spec.path}"},
    )


def describe(operation: type[Operation[Any]]) -> str:
    """Return the operation's docstring on one line."""
    return " ".join((operation.__doc__ or "").split())


async def _call(asked: Operation[Any] | Exception, context: Context[Thinkific, Any]) -> CallToolResult:
    try:
        if isinstance(asked, Exception):
            raise asked
        result = await context.request_context.lifespan_context(asked, report=context.report_progress)
        return _present(asked, result)
    except ThinkificError as error:
        text = str(error)
    except Exception as error:
        # It may hold anything: only its kind and place are told and logged.
        what = kind_and_place(error)
        _logger.error("unforeseen: %s", what)
        may_have_changed = isinstance(asked, Operation) and asked.spec.effect != "read"
        outcome = "whether anything was changed is not known" if may_have_changed else "nothing was changed"
        text = f"thinkific-mcp itself failed ({what}); {outcome}. Please report it."
    raise ToolError(text)  # not from the error, which may lead to the request


def _present(operation: Operation[Any], result: Any) -> CallToolResult:
    if result is None:
        done = operation.receipt()
        return _content({"done": done}, done)
    data: Mapping[str, Any] = plain(result)
    if not isinstance(result, Page):
        return _content(data, compact(data))
    page = cast(Page[Any], result)
    part = part_of_list(page, operation.page_size() if isinstance(operation, Paging) else len(page.items))
    return _content(data, compact({"items": data["items"]}), part)


def _content(data: Mapping[str, Any], *texts: str) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text) for text in texts], structured_content=dict(data)
    )
