"""What the model reads of an answer."""

from thinkific_mcp.results.fields import check_fields
from thinkific_mcp.results.plain import plain
from thinkific_mcp.results.table import csv_file
from thinkific_mcp.results.text import compact

__all__ = ["check_fields", "compact", "csv_file", "plain"]
