"""When to come back: what `RateLimit-Reset` and `Retry-After` say, in seconds from now."""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx2

LONGEST_WAIT = 3600
"""Seconds; a header that asks for more is not believed."""

_FIRST_MILLISECONDS = 1e11


def asks_to_wait(headers: httpx2.Headers) -> bool:
    """Tell whether an answer says at all when to come back, readable or not."""
    return "RateLimit-Reset" in headers or "Retry-After" in headers


def seconds_to_wait(headers: httpx2.Headers, now: float) -> float | None:
    """Return for how many seconds an answer asks to wait.

    `RateLimit-Reset` is an epoch time, in milliseconds by one of Thinkific's articles and left open by another:
    its size tells. A number that is too small for that counts from now: in seconds as in the IETF's draft, and
    above 3,600 in milliseconds, as the words of the support article can be read. `Retry-After` is a number of
    seconds or an HTTP date. Of the two the longer counts.

    A moment is held against the answer's own `Date`, since clocks differ. That has whole seconds, rounded down,
    so the wait may come out up to a second too long, and never too short.

    Args:
        headers: of the answer.
        now: seconds since the epoch, for an answer without a `Date`.

    Returns:
        0 to 3600; None where the headers say nothing, nothing readable, or a moment that is past or far off.
    """
    dated = _moment(headers.get("Date", ""))
    here = now if dated is None else dated
    waits = (_until_reset(headers.get("RateLimit-Reset", ""), here), _until_retry(headers, here))
    return max((seconds for seconds in waits if 0 <= seconds <= LONGEST_WAIT), default=None)


def _until_reset(text: str, here: float) -> float:
    number = _number(text)
    if number <= LONGEST_WAIT * 1000:
        return number if number <= LONGEST_WAIT else number / 1000
    return (number / 1000 if number > _FIRST_MILLISECONDS else number) - here


def _until_retry(headers: httpx2.Headers, here: float) -> float:
    text = headers.get("Retry-After", "")
    moment = _moment(text)
    return _number(text) if moment is None else moment - here


def _number(text: str) -> float:
    """Read a number; what is none is nan, which is in no range."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _moment(text: str) -> float | None:
    """Read an HTTP date, in seconds since the epoch; one without a zone is meant in UTC."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
