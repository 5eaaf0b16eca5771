"""What happens after a failure: the table, and how long to wait before trying again.

A read is repeated wherever that can help. A write is repeated only when it surely was not carried out; where
that is not known, the caller has to look, since a second purchase or mail cannot be taken back.
"""

from collections.abc import Callable, Mapping
from enum import Enum

from thinkific_mcp.errors import (
    ApiError,
    DeadlineError,
    RateLimitError,
    ServerError,
    ThinkificError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.operation import Effect

TRIES = 4
"""How often a request is sent at most, 429s aside."""

RATE_LIMITED_TRIES = 10
"""How many 429s in all a call takes."""

_FIRST_PAUSE = 0.5


class Failure(Enum):
    """A way to fail; the value says it in words."""

    NO_CONNECTION = "no connection: refused, not found, too slow to open"
    NOT_POSSIBLE = (
        "no connection, for a lasting reason: the certificate is not trusted, the address or key unusable"
    )
    NO_ANSWER = "no answer: it took too long, or the connection broke"
    LATE = "no answer by the call's deadline"
    RATE_LIMITED = "429"
    TOLD_TO_WAIT = "503 with `Retry-After` or `RateLimit-Reset`"
    UNAVAILABLE = "502, 503 or 504"
    BROKEN = "500 or any other 5xx, 408"
    REFUSED = "400, 401, 403, 404, 422 or any other 4xx"
    REDIRECTED = "3xx"
    UNREADABLE = "a success that cannot be read: not JSON, empty, over 20 MB"


class Then(Enum):
    """What follows a failure; the value says it in words."""

    AGAIN = "try again"
    FAIL = "fail"
    UNKNOWN = "fail: outcome unknown"


TABLE: Mapping[Failure, tuple[Then, Then]] = {
    Failure.NO_CONNECTION: (Then.AGAIN, Then.AGAIN),
    Failure.NOT_POSSIBLE: (Then.FAIL, Then.FAIL),
    Failure.NO_ANSWER: (Then.AGAIN, Then.UNKNOWN),
    Failure.LATE: (Then.FAIL, Then.UNKNOWN),
    Failure.RATE_LIMITED: (Then.AGAIN, Then.AGAIN),
    Failure.TOLD_TO_WAIT: (Then.AGAIN, Then.AGAIN),
    Failure.UNAVAILABLE: (Then.AGAIN, Then.UNKNOWN),
    Failure.BROKEN: (Then.FAIL, Then.UNKNOWN),
    Failure.REFUSED: (Then.FAIL, Then.FAIL),
    Failure.REDIRECTED: (Then.FAIL, Then.UNKNOWN),
    Failure.UNREADABLE: (Then.FAIL, Then.UNKNOWN),
}
"""What follows a failure of a read, and of a write. A 401 is sent again once where credentials can be renewed."""


def failure_of(error: ThinkificError, *, asked_to_wait: bool) -> Failure:
    """Tell in which way a request failed.

    Args:
        error: what it ended with.
        asked_to_wait: whether the answer said when to come back.
    """
    match error:
        case UnreachableError(lasting=True):
            return Failure.NOT_POSSIBLE
        case UnreachableError():
            return Failure.NO_ANSWER if error.sent else Failure.NO_CONNECTION
        case DeadlineError():
            return Failure.LATE
        case RateLimitError():
            return Failure.RATE_LIMITED
        case ServerError(status=503) if asked_to_wait:
            return Failure.TOLD_TO_WAIT
        case ServerError(status=502 | 503 | 504):
            return Failure.UNAVAILABLE
        case ServerError() | ApiError(status=408):
            return Failure.BROKEN
        case ApiError() if error.status < 400:
            return Failure.REDIRECTED
        case UnreadableAnswerError():
            return Failure.UNREADABLE
        case _:
            return Failure.REFUSED


class Tries:
    """Counts what one request has failed with, and decides what follows.

    Args:
        effect: what the request does.
        random: returns a number from 0 to 1.
    """

    def __init__(self, effect: Effect, random: Callable[[], float]) -> None:
        self._is_read = effect == "read"
        self._random = random
        self._failures = 0
        self._refusals = 0

    def after(self, failure: Failure) -> Then:
        """Count a failure, and say what follows it."""
        if failure is Failure.RATE_LIMITED:
            self._refusals += 1
        else:
            self._failures += 1
        for_read, for_write = TABLE[failure]
        then = for_read if self._is_read else for_write
        is_worn_out = self._failures >= TRIES or self._refusals >= RATE_LIMITED_TRIES
        return Then.FAIL if then is Then.AGAIN and is_worn_out else then

    def pause(self) -> float:
        """Return the seconds to wait before the next try: full jitter, so that many do not come back at once."""
        return self._random() * _FIRST_PAUSE * 2 ** (self._failures - 1)
