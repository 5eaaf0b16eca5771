"""Words that are misspelt, and what they were meant to be."""

from collections import defaultdict
from collections.abc import Iterable


class Spelling:
    """The known words, by length: the nearest is sought among those of about the same length."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_length: defaultdict[int, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for word in sorted(set(words)):
            if len(word) > 3:
                self._by_length[len(word)].append((word, frozenset(word)))

    def __call__(self, word: str) -> str:
        """Return the known word nearest to one; empty if none is a slip of the pen away."""
        slips, letters = 1 if len(word) < 6 else 2, frozenset(word)
        near = [
            (distance, known[0] != word[0], known)
            for length in range(len(word) - slips, len(word) + slips + 1)
            for known, there in self._by_length.get(length, ())
            if len(letters - there) <= slips and len(there - letters) <= slips
            if (distance := slips_between(word, known, slips)) <= slips
        ]
        return min(near)[2] if near else ""


def slips_between(one: str, other: str, most: int) -> int:
    """Count the letters that are wrong, missing, too many or swapped; more than `most` is `most` + 1."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
