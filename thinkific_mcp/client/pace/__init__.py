"""How soon a request may leave: one budget for each site, shared by all that call it.

None of the libraries for rate limits (pyrate-limiter, limits, aiolimiter, throttled-py) serves first come, first
served, learns from a 429 and leases concurrency over several processes, so this is ours.
"""

from thinkific_mcp.client.pace.allowance import Limits
from thinkific_mcp.client.pace.budgets import Budgets, process_wide
from thinkific_mcp.client.pace.line import Line, Turn
from thinkific_mcp.client.pace.store import ProcessStore, Store

__all__ = ["Budgets", "Limits", "Line", "ProcessStore", "Store", "Turn", "process_wide"]
