"""Words that are misspelt, and what they were meant to be."""

from collections import Counter
from collections.abc import Iterable, Iterator

from thinkific_mcp.knowledge.tokens import stem

_SHORTEST = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Spelling:
    """The words that are known.

    Args:
        words: all of them, as often as they come.

    Attributes:
        roots: their stems.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._known = Counter(words)
        self.roots = frozenset(map(stem, self._known))

    def nearest(self, word: str) -> str:
        """Return the commonest known word that is one slip of the pen away; empty if there is none."""
        near = [other for other in _slips(word) if other in self._known] if len(word) >= _SHORTEST else []
        return max(near, key=lambda other: (self._known[other], other), default="")


def _slips(word: str) -> Iterator[str]:
    """Yield a word with a letter left out, two swapped, one wrong or one too many."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after[1:]
            yield before + letter + after
