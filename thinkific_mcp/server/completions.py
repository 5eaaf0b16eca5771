"""Ids completed from names or emails, for the templates of resources and for prompts.

MCP completes to values only, so what is offered for `sour` is the id of "Sourdough Basics".
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp_types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference

from thinkific_mcp.api.courses import ListCourses
from thinkific_mcp.api.enrollments import ListEnrollments
from thinkific_mcp.api.groups import ListGroups
from thinkific_mcp.api.naming import is_id
from thinkific_mcp.api.products import ListProducts
from thinkific_mcp.api.promotions import ListPromotions
from thinkific_mcp.api.users import ListUsers
from thinkific_mcp.client import Thinkific
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.operation import Operation
from thinkific_mcp.server.served import Served, served_to
from thinkific_mcp.unforeseen import kind_and_place
from thinkific_mcp.values import API_PAGE_SIZE
from thinkific_mcp.wording import name_of

_logger = logging.getLogger(__name__)

_BY_NAME: Mapping[str, type[Operation[Any]]] = {
    "course_id": ListCourses,
    "product_id": ListProducts,
    "promotion_id": ListPromotions,
    "group_id": ListGroups,
}
_BY_EMAIL: Mapping[str, type[Operation[Any]]] = {"user_id": ListUsers, "enrollment_id": ListEnrollments}
_LISTS = {**_BY_NAME, **_BY_EMAIL}
_IN_EMAILS = r"[^@\s\x00-\x1f\x7f\ud800-\udfff]"
_WHOLE_EMAIL = rf"{_IN_EMAILS}{{1,64}}@{_IN_EMAILS}{{1,190}}\.[^\W\d_]{{2,24}}"

_MOST_VALUES = 100
"""That many values a completion has at most, by the protocol."""
_PATIENCE = 5.0
"""Seconds: whoever types does not wait longer."""
_FRESH = 60.0
"""Seconds for which a list is kept, so that typing costs one request a minute."""
_FAILED = 10.0
"""Seconds before a list that could not be read is asked for again."""
_MOST_LISTS = 200
"""How many lists are kept, of all callers together; each is some 20 kB."""


class _Known:
    """Ids and names of a list, as long as they are fresh.

    Attributes:
        rows: the first 250.
        has_more: whether there are others, or may be.
        until: when they have to be read again, on the event loop's clock.
        turn: is held by who reads them.
    """

    def __init__(self) -> None:
        self.rows: Sequence[tuple[str, str]] = ()
        self.has_more = False
        self.until = 0.0
        self.turn = anyio.Lock()


class _Completions:
    """What was read for completions."""

    def __init__(self) -> None:
        self._lists: OrderedDict[tuple[str, str, str], _Known] = OrderedDict()

    async def __call__(self, served: Served, argument: str, typed: str) -> Completion:
        """Return ids for what was typed, best first; none where they cannot be looked up."""
        operation = _LISTS.get(argument)
        email = typed.strip() if argument in _BY_EMAIL else ""
        if operation is None or operation.spec.name not in served.offered:
            return Completion(values=[])
        if argument in _BY_EMAIL and not re.fullmatch(_WHOLE_EMAIL, email):
            return Completion(values=[])
        known = self._list((served.identity, argument, email.lower()))
        filters = {"email": email} if email else {}
        async with known.turn:
            if known.until <= anyio.current_time():
                await _read(known, served.thinkific, operation.model_validate({"limit": API_PAGE_SIZE} | filters))
        ids = [row for row, _ in known.rows] if email else _matching(known.rows, typed.strip().casefold())
        has_more = known.has_more or len(ids) > _MOST_VALUES
        return Completion(values=ids[:_MOST_VALUES], total=None if known.has_more else len(ids), has_more=has_more)

    def _list(self, key: tuple[str, str, str]) -> _Known:
        known = self._lists.setdefault(key, _Known())
        self._lists.move_to_end(key)
        if len(self._lists) > _MOST_LISTS:
            self._lists.popitem(last=False)
        return known


async def _read(known: _Known, thinkific: Thinkific, operation: Operation[Any]) -> None:
    try:
        page = await thinkific(operation, deadline=_PATIENCE)
    except ThinkificError:
        known.rows, known.has_more, known.until = (), True, anyio.current_time() + _FAILED
        return
    known.rows = [(str(row.id), name_of(row).casefold()) for row in page.items if is_id(getattr(row, "id", None))]
    known.has_more = bool(page.next_page)
    known.until = anyio.current_time() + _FRESH


def _matching(rows: Sequence[tuple[str, str]], typed: str) -> list[str]:
    """Return the ids of what is so called, before those of what has it in its name, before those that begin so."""
    tests: Sequence[Callable[[str, str], bool]] = (
        lambda _, name: name.startswith(typed),
        lambda _, name: typed in name,
        lambda row, _: row.startswith(typed),
    )
    return list(dict.fromkeys(row for test in tests for row, name in rows if test(row, name)))


_served: ContextVar[Served] = ContextVar("served")


async def _for_a_caller(ctx: ServerRequestContext[Served, Any], call_next: CallNext) -> HandlerResult:
    """Let the handler of completions, which the SDK does not tell who calls, know it (middleware)."""
    if ctx.method != "completion/complete":
        return await call_next(ctx)
    token = _served.set(served_to(ctx))
    try:
        return await call_next(ctx)
    finally:
        _served.reset(token)


def add_completions(server: MCPServer[Served], names: Collection[str]) -> None:
    """Let a server complete ids, as far as it offers the lists that they are looked up in.

    Args:
        server: the server.
        names: of the tools that it offers.
    """
    if not any(operation.spec.name in names for operation in _LISTS.values()):
        return
    completions = _Completions()

    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        try:
            return await completions(_served.get(), argument.name, argument.value)
        except Exception as error:
            # The SDK would log its text.
            _logger.error("unforeseen: %s", kind_and_place(error))
            return Completion(values=[])

    server.completion()(complete)
    server.middleware.append(_for_a_caller)
