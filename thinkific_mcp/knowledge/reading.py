"""What a text is about, as terms that are alike for texts that mean the same."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise, product

from thinkific_mcp.knowledge.tokens import MEANINGS, stem, words
from thinkific_mcp.knowledge.wishes import EFFECTS
from thinkific_mcp.knowledge.words import ACTS, EMPTY, OBJECTS, PREPOSITIONS

Mend = Callable[[str], str]
"""Returns the known word that an unknown one was meant to be; empty for none."""

_WORD, _WORD_WITH_MEANING, _MENDED, _NAME = 1.0, 0.45, 0.8, 0.4
_PAIR, _PLURAL, _PREPOSITION, _FIRST = 0.4, 0.5, 0.5, 0.4
_SHORTEST_MENDED = 4
_OBJECTS, _ACTS, _EMPTY = (frozenset(listed.split()) for listed in (OBJECTS, ACTS, EMPTY))
_TELLING = _OBJECTS | _ACTS
_THINGS = frozenset(("<id>", "<mail>", "<name>"))


def terms(text: str, known: Collection[str] = (), mend: Mend | None = None) -> Mapping[str, float]:
    """Return a text's terms with their weights.

    A term is a word's stem, a concept it stands for (`=user`), one in the plural (`user*`), the first thing
    (`user!`), a thing with the preposition before it (`to user`), or two things or deeds in a row (`put>user`).

    Args:
        text: one sentence.
        known: the stems that the index has.
        mend: what to do about words that it has not; without it they are taken as they are.
    """
    found: dict[str, float] = {}
    told: list[Sequence[str]] = []
    preposition, is_first = "", True
    for word, is_name in words(text):
        preposition = PREPOSITIONS.get(word, preposition)
        if word in _EMPTY:
            continue
        root, weight = _root(word, is_name, known, mend)
        meanings = MEANINGS.get(root, ())
        things = [meaning for meaning in meanings if meaning in _OBJECTS]
        for term, share in _heard(root, meanings, things if word.endswith("s") else ()):
            found[term] = max(found.get(term, 0), share * weight)
        if things and preposition:
            found |= {f"{preposition} {thing}": _PREPOSITION / len(things) ** 0.5 for thing in things}
            preposition = ""
        if things and is_first:
            found |= {f"{thing}!": _FIRST for thing in things}
            is_first = False
        told.append([meaning for meaning in meanings if meaning in _TELLING] or [root] * (root in _THINGS))
    for first, second in pairwise(filter(None, told)):
        share = _PAIR / (len(first) * len(second)) ** 0.5
        found |= {f"{one}>{other}": share for one, other in product(first, second) if one != other}
    return found


def _root(word: str, is_name: bool, known: Collection[str], mend: Mend | None) -> tuple[str, float]:
    root = stem(word)
    if word[0] == "<" or root in MEANINGS or (mend and root in known):
        return root, _WORD
    if is_name and root not in EFFECTS:
        return "<name>", _NAME
    if not mend:
        return root, _WORD
    return (stem(mend(word)) if len(word) >= _SHORTEST_MENDED else ""), _MENDED


def _heard(root: str, meanings: Collection[str], plural: Collection[str]) -> Iterator[tuple[str, float]]:
    if root:
        yield root, _WORD_WITH_MEANING if meanings else _WORD
    yield from ((f"={meaning}", 1.0) for meaning in meanings)
    yield from ((f"{thing}*", _PLURAL) for thing in plural)
