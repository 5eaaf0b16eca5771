"""What a text is about, as features that are alike for texts that mean the same."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise, product

from thinkific_mcp.knowledge.spelling import Spelling
from thinkific_mcp.knowledge.tokens import MEANINGS, stem
from thinkific_mcp.knowledge.words import ACTS, EMPTY, OBJECTS

_THINGS = frozenset(OBJECTS.split())
_TELLING = _THINGS.union(ACTS.split())
_EMPTY = frozenset(map(stem, EMPTY.split()))
_MARKS = frozenset(("<id>", "<mail>", "<name>"))
_UNTELLING = _EMPTY | {"<id>", "<name>", "<number>", "<date>"}


def features(said: Iterable[tuple[str, bool]], spelling: Spelling | None = None) -> Collection[str]:
    """Return the features of a text; none if no word of it tells anything.

    A feature is a word's stem, two of them in a row (`^ show`, `show user`), a concept that a word stands for
    (`=user`), one in the plural (`user*`), the first thing (`user!`), two things or deeds in a row (`put>user`).

    Args:
        said: its words, and of each whether it is written like a name.
        spelling: mends unknown words, or leaves them out; without it they are taken as they are.
    """
    read = [(_root(word, is_name, spelling), word.endswith("s")) for word, is_name in said]
    stems = [root for root, _ in read if root]
    if _UNTELLING.issuperset(stems):
        return ()
    found = {*{*stems} - _EMPTY, *(f"{one} {other}" for one, other in pairwise(("^", *stems)))}
    told: list[Sequence[str]] = []
    first: Sequence[str] = ()
    for root, is_plural in read:
        concepts, things, telling = _meant(root)
        found.update(concepts)
        if is_plural:
            found.update(f"{thing}*" for thing in things)
        first = first or things
        if telling:
            told.append(telling)
    found.update(f"{thing}!" for thing in first)
    for before, after in pairwise(told):
        found.update(f"{one}>{other}" for one, other in product(before, after) if one != other)
    return found


def _root(word: str, is_name: bool, spelling: Spelling | None) -> str:
    root = stem(word)
    if word[0] == "<" or root in MEANINGS or (spelling and root in spelling.roots):
        return root
    if is_name:
        return "<name>"
    return stem(spelling.nearest(word)) if spelling else root


@lru_cache(4096)
def _meant(root: str) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Return the concepts that a stem stands for, the things among them, and the things and deeds."""
    meanings = () if root in _EMPTY else MEANINGS.get(root, ())
    things = [meaning for meaning in meanings if meaning in _THINGS]
    telling = [meaning for meaning in meanings if meaning in _TELLING] or [root] * (root in _MARKS)
    return [f"={meaning}" for meaning in meanings], things, telling
