"""How many requests one caller may make of this process."""

import time
from collections import OrderedDict
from collections.abc import Callable

_KEPT = 10_000


class Rates:
    """Requests of each caller, of which so many pass in a minute, and a sixth of a minute's at once.

    Counts by the generic cell rate algorithm: one number for each caller, and of the 10,000 who came last only.

    Args:
        per_minute: how many requests a minute one caller may make; at least ten at once pass after a pause.
        clock: seconds on a clock that does not go back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._apart = 60 / per_minute
        self._ahead = (max(10, per_minute // 6) - 1) * self._apart
        self._due: OrderedDict[str, float] = OrderedDict()

    def wait(self, who: str) -> float:
        """Count a request of this caller, or return the seconds to wait before it would pass.

        Returns:
            0 where it passes. Otherwise it is not counted, and passes once so many seconds are over, provided
            that no other of the caller's has passed meanwhile.
        """
        now = self._clock()
        due = max(self._due.get(who, now), now)
        early = due - self._ahead - now
        passes = early <= 0
        self._due[who] = due + self._apart if passes else due
        self._due.move_to_end(who)
        if len(self._due) > _KEPT:
            self._due.popitem(last=False)
        return 0 if passes else early

    def take_back(self, who: str) -> None:
        """Count a request of this caller that passed no more."""
        if who in self._due:
            self._due[who] -= self._apart
