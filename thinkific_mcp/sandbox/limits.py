"""How many requests a site may send, and the 429 that it meets past that.

Thinkific publishes 120 requests a minute and 10 at once for a site with all its apps, and neither how it counts
them nor what it says of a request too many at once. The sandbox can count in both usual ways.
"""

import math
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from thinkific_mcp.sandbox.connection import Reply, encoded

Unit = Literal["seconds", "milliseconds"]
IN_A_SECOND: dict[Unit, int] = {"seconds": 1, "milliseconds": 1000}


class Limit(BaseModel):
    """What a site may ask for, whoever asks.

    Attributes:
        requests: how many in one window.
        at_once: how many at the same time.
        window: `sliding`, the last `seconds` of every moment; or `fixed`, windows that start at the epoch's
            multiples of `seconds` and count the refused requests too, as rack-attack does.
        seconds: the length of a window.
        reset: the unit of the epoch time in `RateLimit-Reset`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    requests: int = Field(default=120, ge=1)
    at_once: int = Field(default=10, ge=1)
    window: Literal["sliding", "fixed"] = "sliding"
    seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    reset: Unit = "seconds"

    def counts_until(self, arrived: float) -> float:
        """Return the epoch time from which a request that arrived at this one no longer counts."""
        if self.window == "sliding":
            return arrived + self.seconds
        return (arrived // self.seconds + 1) * self.seconds


class Limiter:
    """Counts the requests of a site.

    Args:
        limit: the limit that they are held to; None is no limit.
    """

    def __init__(self, limit: Limit | None) -> None:
        self._limit = limit
        self._counted_until: deque[float] = deque()
        self._under_way = 0

    @contextmanager
    def admitted(self, arrived: float) -> Generator[Reply | None]:
        """Count a request, and hold its place among those at once for as long as the context lasts.

        Args:
            arrived: when it arrived, as epoch time in seconds.

        Yields:
            The 429 to answer with, in place of all else; None for a request within the limit.
        """
        refusal = None if self._limit is None else self._refusal(self._limit, arrived)
        if refusal is not None:
            yield refusal
            return
        self._under_way += 1
        try:
            yield None
        finally:
            self._under_way -= 1

    def _refusal(self, limit: Limit, arrived: float) -> Reply | None:
        counted = self._counted_until
        while counted and counted[0] <= arrived:
            counted.popleft()
        if len(counted) >= limit.requests:
            return too_many_requests(epoch_time(counted[0], limit.reset))
        crowded = self._under_way >= limit.at_once
        if not crowded or limit.window == "fixed":
            counted.append(limit.counts_until(arrived))
        # Nobody knows when one of those under way will end: the next may come at once.
        return too_many_requests(epoch_time(arrived, limit.reset)) if crowded else None


def epoch_time(moment: float, unit: Unit) -> str:
    """Write an epoch time, given in seconds, as the whole number in this unit that is not before it."""
    return str(math.ceil(moment * IN_A_SECOND[unit]))


def too_many_requests(reset: str | None) -> Reply:
    """Return Thinkific's 429, with this text as `RateLimit-Reset`, or without that header."""
    headers = {} if reset is None else {"RateLimit-Reset": reset}
    return Reply(429, encoded({"error": "Rate limit exceeded."}), headers)
