"""What the model reads of an answer."""

from thinkific_mcp.results.plain import plain
from thinkific_mcp.results.text import compact, part_of_list

__all__ = ["compact", "part_of_list", "plain"]
