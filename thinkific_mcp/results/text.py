"""Results as text for a model: compact JSON, and a sentence on what part of a list it is."""

import json
from typing import Any

from thinkific_mcp.result import Page


def compact(data: Any) -> str:
    """Write data as JSON without any white space between its parts."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def part_of_list(page: Page[Any], limit: int) -> str:
    """Say what part of a list a page is, such as `items 26–50 of 240, next page 3`.

    What was not read to its end says so, and where to go on.

    Args:
        page: the page.
        limit: how many items a full page has.
    """
    return _rows(page, limit) + _what_follows(page)


def _rows(page: Page[Any], limit: int) -> str:
    count, total = len(page.items), page.total_items
    if not count:
        return "no items" if not total else f"no items on page {page.page}, {total} in all"
    whole = f" of {total}" if total is not None else ""
    first = (page.page - 1) * limit + 1 if page.page is not None else 0
    last = first + count - 1
    is_short = count < limit and page.next_page is not None
    # Where it does not say where it stands, or its pages are not of the size asked for, neither do we.
    if first < 1 or (first > 1 and is_short) or (total is not None and last > total):
        return f"{count} item{'s' * (count != 1)}{whole}"
    return f"items {first}–{last}{whole}"


def _what_follows(page: Page[Any]) -> str:
    if page.complete is False:
        where = f": go on with {page.go_on}" if page.go_on else ""
        return f"; stopped at {page.stopped}{where}"
    return f", next page {page.next_page}" if page.next_page and page.items else ""
