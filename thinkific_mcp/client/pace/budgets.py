"""The budgets of all sites: one each, however many clients call it."""

import time
from collections.abc import Mapping
from functools import cache

from thinkific_mcp.client.pace.allowance import Limits
from thinkific_mcp.client.pace.line import Line
from thinkific_mcp.client.pace.store import ProcessStore, Store

_MANY_SITES = 1000


class Budgets:
    """The budgets of sites, kept in one store.

    Args:
        limits: what Thinkific allows each site.
        store: where it is kept what is used of them; by default in this object. Calls that share a site have
            to share the store.
    """

    def __init__(self, limits: Limits | None = None, store: Store | None = None) -> None:
        self._limits = limits or Limits()
        self._store = store or ProcessStore()
        self._lines: Mapping[str, Line] = {}

    def line(self, site: str) -> Line:
        """Return the line in which calls to a site wait."""
        if site not in self._lines:
            lines = dict(self._lines)
            if len(lines) >= _MANY_SITES:
                lines = {name: line for name, line in lines.items() if not line.is_empty}
            self._lines = {**lines, site: Line(site, self._limits, self._store)}
        return self._lines[site]

    async def aclose(self) -> None:
        """Close the store."""
        await self._store.aclose()


@cache
def process_wide() -> Budgets:
    """Return the budgets of clients that bring none of their own."""
    # Not an event loop's clock, as these outlive it.
    return Budgets(store=ProcessStore(time.monotonic))
