"""The search surface: three tools that find and run all others, for hosts to which 77 are too many.

A call of `run_read_tool` or `run_write_tool` becomes, before anything else sees it, a call of the tool that it
names. So arguments, scopes, questions, codes, the journal, logs and errors are those of the tool itself.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver.tools import Tool as Registered
from mcp_types import CallToolResult, TextContent, Tool, ToolAnnotations
from pydantic import Field

from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.knowledge.search import Found, Search
from thinkific_mcp.nearest import nearest
from thinkific_mcp.operation import Offer
from thinkific_mcp.results.text import compact
from thinkific_mcp.server.answers import failure
from thinkific_mcp.server.arguments import from_json, read_arguments
from thinkific_mcp.server.schemas import input_schema
from thinkific_mcp.server.served import Served, served_to
from thinkific_mcp.telemetry import tally

_LONGEST_ANSWER = 5_800
"""Bytes of an answer of `search_tools`, as it goes over the wire."""

_NOTHING = (
    "Nothing fits. Say in other words what you want to do, such as `extend a student's access`. There are tools "
    "for: {areas}."
)
_NO_SUCH = "There is no tool {name}.{hint} search_tools finds tools."

_Request = ServerRequestContext[Served, Any]


class SearchTools(Offer):
    """Find tools for a Thinkific school by what you want to do, one job at a time: students, enrollments (access),
    courses, bundles, products, categories, orders, promotions and coupons, groups, instructors, site scripts,
    undo. Gives up to 6 tools with their arguments, best first; or says what Thinkific's API cannot do.
    """

    query: str = Field(description="Such as: give a student access to a course")


class RunReadTool(Offer):
    """Run a tool whose run_with is run_read_tool. It only reads."""

    tool: str = Field(description="A name from search_tools.")
    arguments: dict[str, Any] = Field(default={}, description="As its inputSchema says.")


class RunWriteTool(Offer):
    """Run a tool whose run_with is run_write_tool. It changes something; what removes something, moves money or
    opens data asks a person first.
    """

    tool: str = Field(description="A name from search_tools.")
    arguments: dict[str, Any] = Field(default={}, description="As its inputSchema says.")


_FINDS, _READS, _WRITES = "search_tools", "run_read_tool", "run_write_tool"
_OFFERS: Mapping[str, type[Offer]] = {_FINDS: SearchTools, _READS: RunReadTool, _WRITES: RunWriteTool}
_ANNOTATIONS = {
    _FINDS: ToolAnnotations(read_only_hint=True, open_world_hint=False),
    _READS: ToolAnnotations(read_only_hint=True, open_world_hint=True),
    _WRITES: ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=True
    ),
}
_SCHEMAS = {name: input_schema(offer) for name, offer in _OFFERS.items()}

SURFACE = frozenset(_OFFERS)
"""The names of the three tools."""


class SearchSurface:
    """Puts the three tools in the place of all others.

    Args:
        offers: what they find and run.
        tools: the same as the server has registered them.
    """

    def __init__(self, offers: Sequence[type[Offer]], tools: Iterable[Registered]) -> None:
        self._search = Search(offers)
        self._specs = {offer.spec.name: offer.spec for offer in offers}
        self._tools = {tool.name: tool for tool in tools}

    async def run(self, ctx: _Request, call_next: CallNext) -> HandlerResult:
        """Turn a call that runs a tool into a call of that tool (middleware outside of what tells of calls)."""
        name, params = _called(ctx)
        if name not in (_READS, _WRITES):
            return await call_next(ctx)
        try:
            tool, arguments = self._asked(name, params)
        except ArgumentError:
            return await call_next(ctx)  # told of by `answer`
        return await call_next(replace(ctx, params={**params, "name": tool, "arguments": arguments}))

    async def answer(self, ctx: _Request, call_next: CallNext) -> HandlerResult:
        """List the three tools, find tools, and say why one cannot be run (middleware)."""
        if ctx.method == "tools/list":
            listed = cast(Mapping[str, Any], await call_next(ctx))
            return {**listed, "tools": self._listed(served_to(ctx))}
        name, params = _called(ctx)
        if name not in SURFACE:
            return await call_next(ctx)
        try:
            if name == _FINDS:
                asked = read_arguments(SearchTools, _SCHEMAS[name], _given(params))
                return self._shown(self._search(asked.query, served_to(ctx).offered))
            self._asked(name, params)
        except ArgumentError as error:
            tally().failure = ArgumentError.__name__
            return failure(str(error))
        return await call_next(ctx)

    def _listed(self, served: Served) -> list[dict[str, Any]]:
        reads = {self._specs[name].effect == "read" for name in served.offered if name in self._specs}
        shown = [_FINDS, *([_READS] if True in reads else []), *([_WRITES] if False in reads else [])]
        tools = [
            Tool(
                name=name,
                description=" ".join((_OFFERS[name].__doc__ or "").split()),
                input_schema=_SCHEMAS[name],
                annotations=_ANNOTATIONS[name],
            )
            for name in shown
        ]
        return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]

    def _asked(self, runner: str, params: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Return the tool to run, and its arguments.

        Raises:
            ArgumentError: there is no such tool, or the other one of the two runs it.
        """
        given = _given(params)
        # Of these, the tool that is run says what is wrong.
        arguments = from_json(given.pop("arguments", {}), {"type": "object"})
        if not isinstance(arguments, dict):
            raise ArgumentError("arguments: should be an object. Nothing was sent.")
        asked = cast(RunReadTool | RunWriteTool, read_arguments(_OFFERS[runner], _SCHEMAS[runner], given))
        spec = self._specs.get(asked.tool)
        if spec is None:
            near = nearest(asked.tool, list(self._specs))
            hint = f" Did you mean {near}?" if near else ""
            raise ArgumentError(_NO_SUCH.format(name=repr(asked.tool[:60]), hint=hint))
        right = _runner(spec.effect)
        if right != runner:
            raise ArgumentError(f"{spec.name} is run with {right}. Nothing was done.")
        return spec.name, cast(dict[str, Any], arguments)

    def _shown(self, found: Found) -> CallToolResult:
        words = [f"{each.what}: {each.answer}" for each in found.impossible]
        if not found.tools and not words:
            areas = dict.fromkeys(spec.toolset.replace("_", " ") for spec in self._specs.values())
            words = [_NOTHING.format(areas=", ".join(areas))]
        told: dict[str, Any] = {"note": " ".join(words)} if words else {}
        shown: list[dict[str, Any]] = []
        for name in found.tools:
            tool = self._tools[name]
            shown.append(
                {
                    "name": name,
                    "run_with": _runner(self._specs[name].effect),
                    "description": tool.description,
                    "inputSchema": tool.parameters,
                }
            )
            if _length(told | {"tools": shown}) > _LONGEST_ANSWER:
                shown.pop()
                break
        return CallToolResult(content=[TextContent(type="text", text=compact(told | {"tools": shown}))])


def _runner(effect: str) -> str:
    return _READS if effect == "read" else _WRITES


def _called(ctx: _Request) -> tuple[str, Mapping[str, Any]]:
    """Return which tool is called, if one is, and the request's parameters."""
    params = ctx.params or {}
    name = params.get("name") if ctx.method == "tools/call" else ""
    return name if isinstance(name, str) else "", params


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    given = params.get("arguments")
    return dict(cast(dict[str, Any], given)) if isinstance(given, dict) else {}


def _length(told: Mapping[str, Any]) -> int:
    return len(json.dumps(compact(told), ensure_ascii=False).encode())
