"""Results as text for a model: compact JSON, and a sentence on what part of a list it is."""

import json
import re
from typing import Any

from thinkific_mcp.result import Page

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# JSON itself only escapes the older ones.
_LATER_CONTROLS = re.compile(r"[\x7f-\x9f\u2028\u2029]")


def compact(data: Any) -> str:
    """Write data as JSON on one line, without any white space between its parts."""
    return _LATER_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", _JSON.encode(data))


def size(text: str) -> int:
    """Return how many bytes a text has."""
    return len(text.encode())


def part_of_list(page: Page[Any], before: int | None) -> str:
    """Say what part of a list a page is, such as `items 26–50 of 240, next page 3`.

    What was not read to its end says so, and where to go on.

    Args:
        page: the page.
        before: how many items stand before it; None where that is not known.
    """
    return _rows(page, before) + _what_follows(page)


def rows_before(page: Page[Any], limit: int) -> int | None:
    """Return how many items of the list stand before a page.

    None where it does not say where it stands, or its pages are not of the size asked for.

    Args:
        page: the page.
        limit: how many items a full page has.
    """
    before = -1 if page.page is None else (page.page - 1) * limit
    is_short = len(page.items) < limit and page.next_page is not None
    is_beyond = page.total_items is not None and before + len(page.items) > page.total_items
    return None if before < 0 or (before and is_short) or is_beyond else before


def _rows(page: Page[Any], before: int | None) -> str:
    count, total = len(page.items), page.total_items
    if not count:
        return "no items" if not total else f"no items on page {page.page}, {total} in all"
    whole = f" of {total}" if total is not None else ""
    if before is None:
        return f"{count} item{'s' * (count != 1)}{whole}"
    return f"items {before + 1}–{before + count}{whole}"


def _what_follows(page: Page[Any]) -> str:
    if page.complete is False:
        where = f": go on with {page.go_on}" if page.go_on else ""
        return f"; stopped at {page.stopped}{where}"
    return f", next page {page.next_page}" if page.next_page and page.items else ""
