"""The name that somebody may have meant."""

import difflib
from collections.abc import Sequence


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the known name nearest to one that is not known; None if none is near enough to be meant.

    A hint that is followed blindly does harm when it is wrong, so only slips of the pen are near.
    """
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None)
