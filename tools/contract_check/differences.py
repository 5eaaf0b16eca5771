"""What differs between two outlines, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from thinkific_mcp.api import OPERATIONS

from .classes import of_operations
from .outline import BOUNDS, Facts, Node, Outline, Place, of_document

# Formats, patterns and defaults are no business of the classes: they write values in one form, and leave out
# what is not given. Of an answer they expect no more than its shape.
_COMPARED = {"operationId", "required", "type", "enum", "nullable", *BOUNDS}

# Where a description bounds an integer by what JSON can hold, it says nothing about the API.
_LARGEST_EXACT = 2**53 - 1

_OPPOSITES = {"required": ("required", "optional"), "nullable": ("null allowed", "null refused")}


@dataclass(frozen=True)
class Difference:
    """One thing that two outlines say differently.

    Attributes:
        place: where in the API.
        said: what the one says, and what the other.
    """

    place: Place
    said: str

    def __str__(self) -> str:
        """Return a line such as `POST /coupons body quantity: required in the contract, optional here`."""
        operation, *rest = self.place
        inside = ".".join(rest[1:]).replace(".[]", "[]")
        return f"{' '.join(filter(None, [operation, *rest[:1], inside]))}: {self.said}"


def compare(contract: Node) -> list[Difference]:
    """Compare a contract, amended, with the operation classes, in both directions."""
    promised = _comparable(of_document(contract))
    declared = _comparable(of_operations(OPERATIONS.values()))
    return list(differences(promised, declared, "in the contract", "here"))


def changes(carried: Node, newer: Node) -> list[Difference]:
    """Compare two published descriptions: the one that the project carries, and another."""
    return list(differences(of_document(carried), of_document(newer), "in our copy", "upstream"))


def differences(one: Outline, other: Outline, in_one: str, in_other: str) -> Iterator[Difference]:
    """Yield what two outlines differ in; of what only one of them has, only the outermost place."""
    lonely = one.keys() ^ other.keys()
    for place in one | other:
        if any(place[:length] in lonely for length in range(1, len(place))):
            continue
        if place in lonely:
            yield Difference(place, f"only {in_one if place in one else in_other}")
            continue
        for fact in sorted(one[place].keys() | other[place].keys()):
            for said in _said(fact, one[place].get(fact), other[place].get(fact), in_one, in_other):
                yield Difference(place, said)


def _comparable(outline: Outline) -> Outline:
    """Keep of an outline what description and classes both can say."""
    kept: Outline = {}
    for place, facts in outline.items():
        operation, where = (*place, "")[:2]
        if operation == "API" or where.startswith("answer "):
            continue
        kept[place] = {fact: value for fact, value in facts.items() if fact in _COMPARED}
        if where == "answer":
            kept[place] = _shape(facts)
        elif facts.get("maximum") == _LARGEST_EXACT:
            del kept[place]["maximum"]
    return kept


def _shape(facts: Facts) -> Facts:
    kinds = facts.get("type", "anything").split(" or ")
    return {"type": "number" if {"number", "integer"} & set(kinds) else " or ".join(kinds)}


def _said(fact: str, one: Any, other: Any, in_one: str, in_other: str) -> Iterator[str]:
    if isinstance(one, tuple) and isinstance(other, tuple):
        ones, others = cast(tuple[Any, ...], one), cast(tuple[Any, ...], other)
        yield from (f"{fact} {value} only {in_one}" for value in ones if value not in others)
        yield from (f"{fact} {value} only {in_other}" for value in others if value not in ones)
    elif one != other:
        yield f"{_in_words(fact, one)} {in_one}, {_in_words(fact, other)} {in_other}"


def _in_words(fact: str, value: Any) -> str:
    if fact in _OPPOSITES:
        positive, negative = _OPPOSITES[fact]
        return positive if value else negative
    if value is None:
        return f"no {fact}"
    if isinstance(value, tuple):
        return f"{fact} {', '.join(map(str, cast(tuple[Any, ...], value)))}"
    return f"{fact} {value}"
