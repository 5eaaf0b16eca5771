"""A text's words, and what they share with others.

The stems are ours: a dozen endings are enough for the words of one API, and irregular forms are in the data.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from thinkific_mcp.knowledge.words import CONCEPTS, DATES, OBJECTS, PHRASES

_MONEY = r"[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:%|percent\b|dollars?\b|euros?\b|usd\b|eur\b|pounds?\b)"
_TOKEN = re.compile(
    rf"(?P<mail>[\w.+-]+@[\w.-]+)|(?P<link>https?://\S+)|(?P<money>{_MONEY})"
    r"|(?P<code>\b[A-Z]{3,}\d+\b|\b(?=[A-Z\d]*[A-Z])[A-Z\d]{6,}\b)|(?P<key>\b(?=[\w-]*\d)[a-z\d]+(?:-[a-z\d]+)+\b)"
    r"|(?P<number>#?\d+(?:st|nd|rd|th)?\b)|(?P<word>[^\W_]+(?:['’][^\W_]+)*)"
)
_MARKS = {"mail": "<mail>", "link": "<link>", "money": "<money>", "code": "<code>", "key": "<id>"}
_PLURALS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"))
_DATES, _OBJECTS = frozenset(DATES.split()), frozenset(OBJECTS.split())
_BEFORE_ID = frozenset(("id", "no", "number", "nr"))
_LONGEST_PHRASE = {
    first: max(len(phrase.split()) for phrase in phrases)
    for first, phrases in groupby(sorted(PHRASES), key=lambda phrase: phrase.split()[0])
}


@lru_cache(4096)
def stem(word: str) -> str:
    """Return what a word shares with its other forms; it need not be a word."""
    if len(word) <= 3:
        return word
    for ending, instead in _PLURALS:
        if word.endswith(ending):
            word = word.removesuffix(ending) + instead
            break
    else:
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and re.search("[aeiouy]", rest):
            word = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] != "s" else rest
            break
    word = word.removesuffix("l") if word.endswith("ll") else word
    word = word.removesuffix("e") if len(word) > 3 else word
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word


def by_stem(data: Mapping[str, str]) -> Mapping[str, Collection[str]]:
    """Turn words listed under what they mean into what each word means, by its stem."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for meaning, listed in data.items():
        for word in listed.split():
            found[stem(word)][meaning] = None
    return dict(found)


MEANINGS = by_stem(CONCEPTS)
"""The concepts that a stem may stand for."""


def words(text: str) -> Sequence[tuple[str, bool]]:
    """Return a text's words, and of each whether it is written like a name.

    Numbers, addresses, dates and the like come as marks, such as `<id>`; phrases come as the one word they mean.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return list(_joined(list(_tokens(plain))))


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    before = ""
    for match in _TOKEN.finditer(text):
        token, kind = match[0], match.lastgroup or ""
        word = _MARKS.get(kind, token.lower())
        if kind == "number":
            is_named = token[0] == "#" or before in _BEFORE_ID
            word = _number(
                word.lstrip("#"), is_id=is_named, may_be_id=not _OBJECTS.isdisjoint(MEANINGS.get(stem(before), ()))
            )
        elif kind == "word":
            word = re.sub("['’]s$|['’]", "", word)
            word = "<date>" if word in _DATES else word
        yield word, kind == "word" and token[0].isupper() and match.start() > 0
        before = word


def _number(digits: str, *, is_id: bool, may_be_id: bool) -> str:
    if not is_id and re.fullmatch(r"(19|20)\d\d", digits):
        return "<date>"
    return "<id>" if is_id or may_be_id or len(digits) > 3 else "<number>"


def _joined(found: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    at = 0
    while at < len(found):
        longest = _LONGEST_PHRASE.get(found[at][0], 1)
        for length in range(min(longest, len(found) - at), 0, -1):
            phrase = " ".join(word for word, _ in found[at : at + length])
            if length == 1 or phrase in PHRASES:
                yield PHRASES.get(phrase, phrase), length == 1 and found[at][1]
                at += length
                break
