"""The index that requests are ranked over.

Each way of asking is a small document of its own; what it asks for is as near as its nearest ways, with a
little for a tool's name, description and arguments. The idea is BM25's: rare terms count more, unmatched ones
against it. It is our own because ranking libraries bring numpy, and none knows what a verb wants.
"""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from thinkific_mcp.knowledge.impossible import IMPOSSIBLE, Impossible
from thinkific_mcp.knowledge.reading import terms
from thinkific_mcp.knowledge.requests import EVERYWHERE, REQUESTS
from thinkific_mcp.knowledge.spelling import Spelling
from thinkific_mcp.knowledge.tokens import sentences, words
from thinkific_mcp.knowledge.wishes import effects, is_asking
from thinkific_mcp.knowledge.words import CONCEPTS, VERBS
from thinkific_mcp.operation import Offer

_UNMATCHED = 0.5
_WAYS, _NEXT_WAY = 5, 0.6
_DESCRIBED, _UNDESCRIBED = 0.25, 0.35
_TITLE, _SENTENCE, _ARGUMENTS = 1.0, 0.6, 0.3
_BACKGROUND = 0.35
_READ_OR_WRITE, _OTHER_WRITE = 0.6, 0.8
_ONE_WITHOUT_ID = 0.85
_JOBS = re.compile(r"[,;.]?\s+(?:and then|after that|then|and)\s+|[;.]\s+")
_IDS = frozenset(("<id>", "<code>", "<mail>"))
_TELLING = frozenset(("<code>", "<mail>"))

Ranked = str | Impossible
"""A tool's name, or something that no tool does."""


@dataclass(frozen=True)
class Way:
    """One way of asking for something."""

    of: Ranked
    effects: Collection[str]
    terms: Mapping[str, float]


@dataclass(frozen=True)
class Asked:
    """A request as it is read: what it is about, and what it wants done."""

    terms: Mapping[str, float]
    effects: Collection[str]

    def suits(self, there: Collection[str]) -> float:
        """Return how far effects are those that are wanted, 1 where they are."""
        if not there or any(effect in there for effect in self.effects):
            return 1.0
        return _OTHER_WRITE if ("read" in self.effects) == ("read" in there) else _READ_OR_WRITE


class Index:
    """All ways of asking for some tools, and for what is impossible.

    Args:
        offers: the tools.
    """

    def __init__(self, offers: Iterable[type[Offer]]) -> None:
        self._offers = {offer.spec.name: offer for offer in offers}
        requests = {name: _requests(offer) for name, offer in self._offers.items()}
        self._ways = [
            Way(name, ({*effects(request)} - {"read"}) | {offer.spec.effect}, terms(request))
            for name, offer in self._offers.items()
            for request in requests[name]
        ]
        self._ways += (
            Way(thing, effects(request), terms(request))
            for thing in IMPOSSIBLE
            for request in (thing.what, *thing.requests)
        )
        self._described = {name: _description(offer) for name, offer in self._offers.items()}
        asked_for: defaultdict[str, set[Ranked]] = defaultdict(set)
        for way in self._ways:
            for term in way.terms:
                asked_for[term].add(way.of)
        every = len(self._offers) + len(IMPOSSIBLE)
        self._rarity = {term: math.log(1 + every / len(things)) for term, things in asked_for.items()}
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        self._totals: list[float] = []
        for number, way in enumerate(self._ways):
            shares = {term: weight * self._rarity[term] for term, weight in way.terms.items()}
            self._totals.append(sum(shares.values()))
            for term, share in shares.items():
                self._postings[term].append((number, share))
        texts = [*CONCEPTS.values(), *VERBS.values()]
        texts += (request for listed in requests.values() for request in listed)
        texts += (request for thing in IMPOSSIBLE for request in thing.requests)
        self._mend = Spelling(word for text in texts for word, _ in words(text) if word[0] != "<")

    def ranked(self, text: str, names: Collection[str]) -> list[Ranked]:
        """Return what a text may mean, best first.

        Args:
            text: what is asked.
            names: the tools to choose from; what is impossible is always among the choice.
        """
        scores = self._scores(self._read(text))
        among = (thing for thing in scores if isinstance(thing, Impossible) or thing in names)
        return sorted(among, key=lambda thing: (-scores[thing], thing if isinstance(thing, str) else thing.what))

    def jobs(self, text: str) -> list[str]:
        """Return the parts of a text that each ask for a change; none where it has but one part."""
        parts = _JOBS.split(text)
        return [part for part in parts if len(parts) > 1 and "read" not in effects(part)]

    def _read(self, text: str) -> Asked:
        parts = sentences(text)
        asking = [part for part in parts if is_asking(part)] or parts
        found: dict[str, float] = {}
        for part in parts:
            weight = 1.0 if part in asking else _BACKGROUND
            for term, share in terms(part, self._rarity.keys(), self._mend).items():
                found[term] = max(found.get(term, 0), share * weight)
        tells = any(term[0] != "<" or term in _TELLING for term in found)
        return Asked(found if tells else {}, {effect for part in asking for effect in effects(part)})

    def _scores(self, asked: Asked) -> Mapping[Ranked, float]:
        matched: defaultdict[int, float] = defaultdict(float)
        for term, weight in asked.terms.items():
            for number, share in self._postings.get(term, ()):
                matched[number] += weight * share
        near: defaultdict[Ranked, list[float]] = defaultdict(list)
        for number, score in matched.items():
            way = self._ways[number]
            share = score / self._totals[number]
            near[way.of].append(score * share**_UNMATCHED * asked.suits(way.effects))
        return {thing: self._score(thing, sorted(scores, reverse=True), asked) for thing, scores in near.items()}

    def _score(self, thing: Ranked, ways: list[float], asked: Asked) -> float:
        score = sum(way * _NEXT_WAY**place for place, way in enumerate(ways[:_WAYS]))
        if isinstance(thing, Impossible):
            return score + _UNDESCRIBED * ways[0]
        described = sum(
            weight * self._rarity.get(term, 1.0) * asked.terms[term]
            for term, weight in self._described[thing].items()
            if term in asked.terms
        )
        score += _DESCRIBED * described * asked.suits([self._offers[thing].spec.effect])
        is_one = thing.startswith("get_") and _IDS.isdisjoint(asked.terms)
        return score * _ONE_WITHOUT_ID if is_one else score


def _requests(offer: type[Offer]) -> list[str]:
    verb, _, rest = offer.spec.title.partition(" ")
    return [*REQUESTS.get(offer.spec.name, ()), *(request.format(rest) for request in EVERYWHERE.get(verb, ()))]


def _description(offer: type[Offer]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    first_sentence = (offer.__doc__ or "").split(".")[0]
    arguments = " ".join(offer.model_fields).replace("_", " ")
    for text, share in ((offer.spec.title, _TITLE), (first_sentence, _SENTENCE), (arguments, _ARGUMENTS)):
        for term, weight in terms(text).items():
            found[term] = max(found.get(term, 0), weight * share)
    return found
