"""Which part of a list is answered, and what its `meta` says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_LIMIT = 25
LARGEST_LIMIT = 250


@dataclass(frozen=True)
class Page:
    """A page of a list.

    Args:
        number: the page, from 1.
        limit: the number of items on a page.
        total: the number of items in the whole list.
    """

    number: int
    limit: int
    total: int

    @classmethod
    def asked(cls, query: Mapping[str, Any], total: int) -> "Page":
        """Read the page that a query asks for; a limit past the largest is answered with the largest."""
        return cls(query.get("page", 1), min(query.get("limit", DEFAULT_LIMIT), LARGEST_LIMIT), total)

    @property
    def offset(self) -> int:
        """The number of items before this page, at most all of them."""
        return min((self.number - 1) * self.limit, self.total)

    def meta(self) -> dict[str, Any]:
        """Return what a list says of its pages; the neighbours are null at the ends."""
        pages = -(-self.total // self.limit)
        last = min(self.offset + self.limit, self.total)
        shown = f"{self.offset + 1}-{last}" if last > self.offset else "0"
        return {
            "pagination": {
                "current_page": self.number,
                "next_page": self.number + 1 if self.number < pages else None,
                "prev_page": min(self.number - 1, pages) or None,
                "total_pages": pages,
                "total_items": self.total,
                "entries_info": f"{shown} of {self.total}",
            }
        }
