"""What a request wants done: to read, create, change or delete."""

import re
from collections.abc import Collection
from itertools import pairwise

from thinkific_mcp.knowledge.tokens import MEANINGS, by_stem, stem, words
from thinkific_mcp.knowledge.words import EMPTY, LEADS, SENDING_AWAY, VERBS, WISHES

EFFECTS = by_stem(VERBS)
"""The effects that a verb's stem may ask for."""

_LEADS = frozenset(LEADS.split())
_WRITES = ("create", "update", "delete")
_WISHES, _AWAY, _EMPTY = (frozenset(listed.split()) for listed in (WISHES, SENDING_AWAY, EMPTY))
_OPENINGS = _LEADS - {"i", "we", "now", "so"}
_VERBS = frozenset(word for listed in VERBS.values() for word in listed.split())
_LATER = _VERBS - {"new", "get", "run", "open", "sign"}
_NEEDS_ONE = re.compile(
    r"\b(?:need|want|like) (?:a|an|another|new|\d+)\b|^(?:one more|another|[$€£]?\d+\s?(?:%|percent|off))"
)


def effects(text: str) -> Collection[str]:
    """Return the effects that a sentence may ask for, by its verb; "read" where it has none."""
    plain = text.lower()
    said = [word for word, _ in words(plain)]
    if "nolonger" in said:
        return EFFECTS["nolonger"]
    first = next((word for word in said if word not in _LEADS), "")
    if told := EFFECTS.get(stem(first)):
        return told if "read" in told or _AWAY.isdisjoint(said) else {*told, "update", "delete"}
    if "?" in text:
        return ("read",)
    if _NEEDS_ONE.search(plain):
        return ("create",)
    verbs = [word for word in said if word in _LATER]
    verbs += [word for before, word in pairwise(said) if before == "be"]
    later = {effect for verb in verbs for effect in EFFECTS.get(stem(verb), ())}
    if later - {"read"}:
        return later - {"read"}
    is_deed = first and first[0] != "<" and stem(first) not in MEANINGS and first not in _EMPTY
    return _WRITES if is_deed or not _WISHES.isdisjoint(said) else ("read",)


def is_asking(sentence: str) -> bool:
    """Tell whether a sentence asks for something, rather than telling what happened."""
    said = [word for word, _ in words(sentence.lower())]
    return "?" in sentence or (bool(said) and (said[0] in _OPENINGS or stem(said[0]) in EFFECTS))
