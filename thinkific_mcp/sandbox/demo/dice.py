"""Chance that falls the same way every time."""

import random
from collections.abc import Sequence
from math import fsum
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded source of chance.

    All of it comes from `Random.random`, the one method whose sequence Python promises to keep.

    Args:
        seed: names the sequence; each part of the school has its own.
    """

    def __init__(self, seed: str) -> None:
        self.roll = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """Tell whether something of this probability happens."""
        return self.roll() < probability

    def between(self, low: float, high: float) -> float:
        """Return a number from low to high."""
        return low + (high - low) * self.roll()

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options, all equally likely."""
        return options[int(self.roll() * len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """Return one of the options, as likely as its weight."""
        rest = self.roll() * fsum(weights)
        for option, weight in zip(options, weights, strict=True):
            rest -= weight
            if rest < 0:
                return option
        return options[-1]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return the options in another order."""
        return sorted(options, key=lambda _: self.roll())
