"""Which tools a caller is offered: those that the operator offers, less what scopes and headers leave out."""

from collections.abc import Iterable
from functools import lru_cache

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.operation import Offer, Spec
from thinkific_mcp.server.http.callers import Caller, Scope
from thinkific_mcp.server.http.refusals import Refusal
from thinkific_mcp.server.selection import select

_MOST_REMEMBERED = 256


class Toolsets:
    """What is offered to whom.

    Args:
        offers: what the operator offers.
    """

    def __init__(self, offers: Iterable[type[Offer]]) -> None:
        self._offered = {offer.spec.name: scope_of(offer.spec) for offer in offers}
        self._remembered = lru_cache(_MOST_REMEMBERED)(self._select)

    def __call__(self, caller: Caller, toolsets: str, tools: str, read_only: bool) -> frozenset[str]:
        """Return the names of the tools that a caller is offered.

        Args:
            caller: who calls.
            toolsets: the header X-MCP-Toolsets.
            tools: the header X-MCP-Tools.
            read_only: the header X-MCP-Readonly.

        Raises:
            Refusal: there is no such toolset or tool.
        """
        return self._remembered(caller.scopes, toolsets, tools, read_only)

    def _select(self, scopes: frozenset[Scope], toolsets: str, tools: str, read_only: bool) -> frozenset[str]:
        try:
            # Also what is not offered may be named: the same client may be used with several servers.
            chosen = select(toolsets=_names(toolsets), tools=_names(tools), read_only=read_only, changes=True)
        except SettingsError as error:
            raise Refusal(400, "invalid_request", str(error)) from None
        return frozenset(offer.spec.name for offer in chosen if self._offered.get(offer.spec.name, "") in scopes)


def scope_of(spec: Spec) -> Scope:
    """Return the scope that a tool needs to be offered."""
    if spec.effect == "read":
        return "read"
    return "destructive" if spec.is_always_guarded else "write"


def _names(header: str) -> list[str]:
    return [name.strip() for name in header.split(",") if name.strip()]
