"""The budgets of all sites: one each, however many clients call it."""

from functools import cache
from weakref import WeakValueDictionary

from anyio.lowlevel import RunVar

from thinkific_mcp.client.pace.allowance import Limits
from thinkific_mcp.client.pace.line import Line
from thinkific_mcp.client.pace.store import ProcessStore, Store


class Budgets:
    """The budgets of sites, kept in one store; for any number of event loops.

    Args:
        limits: what Thinkific allows each site.
        store: where it is kept what is used of them; by default in this object. Calls that share a site have
            to share the store.
    """

    def __init__(self, limits: Limits | None = None, store: Store | None = None) -> None:
        self._limits = limits or Limits()
        self._store = store or ProcessStore()
        self._lines: RunVar[WeakValueDictionary[str, Line]] = RunVar("lines")

    def line(self, site: str) -> Line:
        """Return the line in which this event loop's calls to a site wait."""
        lines = self._lines.get(None)
        if lines is None:
            lines = WeakValueDictionary[str, Line]()
            self._lines.set(lines)
        line = lines.get(site)
        if line is None:
            line = lines[site] = Line(site, self._limits, self._store)
        return line

    async def wait(self, site: str) -> float:
        """Estimate after how many seconds another call to a site would have its turn; 0 is at once.

        Raises:
            UnreachableError: the store cannot be reached.
        """
        return await self._store.change(
            site, lambda allowance, now: allowance.seconds_for(self._limits, "", 0, now, now)
        )

    async def is_reachable(self) -> bool:
        """Tell whether the store can be used; where it is shared, it is tried for half a second at most."""
        return await self._store.is_reachable()

    async def aclose(self) -> None:
        """Close the store."""
        await self._store.aclose()


@cache
def process_wide() -> Budgets:
    """Return the budgets of clients that bring none of their own."""
    return Budgets()
