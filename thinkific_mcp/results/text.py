"""Results as text for a model: compact JSON, and a sentence on what part of a list it is."""

import json
from typing import Any

from thinkific_mcp.operation import Page


def compact(data: Any) -> str:
    """Write data as JSON without any white space between its parts."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def part_of_list(page: Page[Any], limit: int) -> str:
    """Say what part of a list a page is, such as `items 26–50 of 240, next page 3`.

    Args:
        page: the page.
        limit: how many items a full page has.
    """
    count, total = len(page.items), page.total_items
    if not count:
        return "no items" if not total else f"no items on page {page.page}, {total} in all"
    whole = f" of {total}" if total is not None else ""
    following = f", next page {page.next_page}" if page.next_page else ""
    if page.page is None:  # it does not say where it stands, so neither do we
        return f"{count} item{'s' * (count != 1)}{whole}{following}"
    first = (page.page - 1) * limit + 1
    return f"items {first}–{first + count - 1}{whole}{following}"
