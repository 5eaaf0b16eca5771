"""Finding tools by what an admin says."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from thinkific_mcp.knowledge.impossible import Impossible
from thinkific_mcp.operation import Offer

if TYPE_CHECKING:
    from thinkific_mcp.knowledge.index import Index

MOST_TOOLS = 6
LONGEST_QUERY = 500
"""Characters; the rest of a longer query is not read."""

_NAME = re.compile(r"[a-z]+(?:_[a-z]+)+")


@dataclass(frozen=True)
class Found:
    """What a query brings.

    Attributes:
        impossible: what it asks for and no tool does; empty where a tool does.
        tools: names, best first; those of the nearest way first where something is impossible.
    """

    impossible: tuple[Impossible, ...]
    tools: tuple[str, ...]


class Search:
    """Finds tools, and what no tool can do; the index is built when it is first asked.

    Args:
        offers: the tools there are.
    """

    def __init__(self, offers: Iterable[type[Offer]]) -> None:
        self._offers = {offer.spec.name: offer for offer in offers}

    def __call__(self, query: str, offered: Collection[str] | None = None) -> Found:
        """Find what serves a request.

        Args:
            query: as an admin puts it, or a tool's name.
            offered: the tools to choose from; all without it.

        Returns:
            At most six tools; none where no word of the query means anything here.
        """
        text = query[:LONGEST_QUERY]
        if not any(letter.islower() for letter in text):
            text = text.lower()
        names = [name for name in self._offers if offered is None or name in offered]
        named = [name for name in _NAME.findall(text.lower()) if name in names]
        ranked = self._index.ranked(text, names)
        impossible = tuple(thing for thing in ranked[:1] if isinstance(thing, Impossible) and not named)
        nearest = [name for thing in impossible for name in thing.tools if name in names]
        tools = [thing for thing in ranked if isinstance(thing, str)]
        found = dict.fromkeys([*named, *nearest, *tools[:1], *self._jobs(text, names), *tools])
        return Found(impossible, tuple(found)[:MOST_TOOLS])

    @cached_property
    def _index(self) -> "Index":
        from thinkific_mcp.knowledge.index import Index  # only servers that search need it

        return Index(self._offers.values())

    def _jobs(self, text: str, names: Collection[str]) -> list[str]:
        ranked = (self._index.ranked(job, names) for job in self._index.jobs(text)[:MOST_TOOLS])
        return [tool for things in ranked for tool in [thing for thing in things if isinstance(thing, str)][:1]]
