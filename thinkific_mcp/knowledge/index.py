"""What a request asks for, learned from requests whose answer is known.

It is naive Bayes: each feature of a request speaks for what it was seen with, the more so the rarer it is
elsewhere, and the voices are summed up. Unlike a search among descriptions it learns from every new line of
requests.tsv. It is our own because libraries for it bring numpy and scipy.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from math import log, sqrt

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.knowledge.impossible import IMPOSSIBLE
from thinkific_mcp.knowledge.reading import features
from thinkific_mcp.knowledge.requests import known_requests
from thinkific_mcp.knowledge.spelling import Spelling
from thinkific_mcp.knowledge.tokens import words
from thinkific_mcp.knowledge.words import CONCEPTS

_SMOOTHING = 0.05
"""How often each thing asked for is taken to have been seen with a feature that it was never seen with."""


class Index:
    """A multinomial naive Bayes classifier over features by their rarity, without a prior.

    Args:
        known: what is asked for, and a way of asking for it.
    """

    def __init__(self, known: Sequence[tuple[str, str]]) -> None:
        said = [(what, words(request)) for what, request in known]
        read = [(what, features(request)) for what, request in said]
        often = Counter(feature for _, found in read for feature in found)
        self._rarity = {feature: log(1 + len(read) / (1 + times)) for feature, times in often.items()}
        seen: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for what, found in read:
            for feature, weight in self._weights(found).items():
                seen[what][feature] += weight
        self._speaks_for: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
        self._unseen: dict[str, float] = {}
        for what, with_it in seen.items():
            self._unseen[what] = log(_SMOOTHING / (sum(with_it.values()) + _SMOOTHING * len(often)))
            for feature, weight in with_it.items():
                self._speaks_for[feature].append((what, log(1 + weight / _SMOOTHING)))
        plain = (word for _, request in said for word, is_name in request if not is_name)
        self._spelling = Spelling([*plain, *" ".join(CONCEPTS.values()).split()])

    def likeness(self, request: str) -> Mapping[str, float]:
        """Return how likely each thing is to be asked for, as a logarithm; nothing if no word tells anything."""
        found = self._weights(features(words(request), self._spelling))
        length = sum(found.values())
        likely = {what: unseen * length for what, unseen in self._unseen.items() if found}
        for feature, weight in found.items():
            for what, voice in self._speaks_for[feature]:
                likely[what] += weight * voice
        return {what: score / length for what, score in likely.items()}

    def _weights(self, found: Collection[str]) -> Mapping[str, float]:
        """Return features with their weights, the squares of which sum up to 1."""
        weights = {feature: self._rarity[feature] for feature in found if feature in self._rarity}
        length = sqrt(sum(weight * weight for weight in weights.values()))
        return {feature: weight / length for feature, weight in weights.items()}


@cache
def index() -> Index:
    """Return the index of everything that can be asked for, built once."""
    known = [*known_requests(), *((thing.key, thing.what) for thing in IMPOSSIBLE)]
    for name, operation in OPERATIONS.items():
        first_sentence = (operation.__doc__ or "").split(".")[0]
        arguments = " ".join(operation.model_fields).replace("_", " ")
        known += [(name, text) for text in (operation.spec.title, first_sentence, arguments)]
    return Index(known)
