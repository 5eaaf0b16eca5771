"""Finding tools by what an admin says."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from thinkific_mcp.knowledge.impossible import IMPOSSIBLE, Impossible
from thinkific_mcp.operation import Offer

MOST_TOOLS = 6
_MOST_INSTEAD = 4
LONGEST_QUERY = 500
"""Characters; the rest of a longer query is not read."""

_NAME = re.compile(r"[a-z]+(?:_[a-z]+)+")
_IMPOSSIBLE = {thing.key: thing for thing in IMPOSSIBLE}
_SURE = 0.03
"""By how much something impossible must be likelier than any tool: to be told so wrongly is worse than not."""


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
    """Finds tools, and what no tool can do; what it knows is read when something is first asked.

    Args:
        offers: the tools there are.
    """

    def __init__(self, offers: Iterable[type[Offer]]) -> None:
        self._effects = {offer.spec.name: offer.spec.effect for offer in offers}

    def __call__(self, query: str, offered: Collection[str] | None = None) -> Found:
        """Find what serves a request.

        Args:
            query: as an admin puts it, or a tool's name.
            offered: the tools to choose from; all without it.

        Returns:
            At most six tools, four where something is impossible; none where no word means anything here.
        """
        from thinkific_mcp.knowledge.index import index  # only servers that search need it

        text = query[:LONGEST_QUERY]
        if not any(letter.islower() for letter in text):
            text = text.lower()
        names = [name for name in self._effects if offered is None or name in offered]
        named = [name for name in _NAME.findall(text.lower()) if name in names]
        likely = index().likeness(text)
        ranked = sorted(likely, key=lambda what: (-likely[what], what))
        impossible = [_IMPOSSIBLE[what] for what in ranked[:1] if not named and _is_impossible(what, likely)]
        nearest = [name for thing in impossible for name in thing.tools]
        # Where nothing does it, what deletes something else would be a bad guess.
        others = (what for what in ranked if not impossible or self._effects.get(what) != "delete")
        found = dict.fromkeys(name for name in (*named, *nearest, *others) if name in names)
        return Found(tuple(impossible), tuple(found)[: _MOST_INSTEAD if impossible else MOST_TOOLS])


def _is_impossible(what: str, likely: Mapping[str, float]) -> bool:
    nearest_tool = max(likeness for other, likeness in likely.items() if other not in _IMPOSSIBLE)
    return what in _IMPOSSIBLE and likely[what] - nearest_tool >= _SURE
