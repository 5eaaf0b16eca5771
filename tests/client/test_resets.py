"""When an answer asks to come back."""

import time
from email.utils import formatdate

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.client.resets import asks_to_wait, seconds_to_wait

from .conftest import NOW


def wait(**headers: str) -> float | None:
    """Return the seconds that an answer with these headers asks for."""
    return seconds_to_wait(httpx2.Headers({name.replace("_", "-"): text for name, text in headers.items()}), NOW)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        (str(NOW + 30), 30),
        (str(int(NOW + 30) * 1000), 30),
        (str(int(NOW * 1000) + 1500), 1.5),
        (f" {int(NOW) + 30} ", 30),
        (str(NOW), 0),
        (str(NOW + 3600), 3600),
        ("0", 0),
        ("30", 30),
        ("3600", 3600),
        ("42000", 42),
    ],
)
def test_a_reset_is_read_in_seconds_milliseconds_and_from_now(reset: str, seconds: float) -> None:
    assert wait(RateLimit_Reset=reset) == seconds


@pytest.mark.parametrize(
    "reset",
    ["", "soon", "nan", "inf", "-inf", "-5", "3600001", "1e400", "0x10", "30, 40", str(NOW - 5), str(NOW + 3601)],
)
def test_a_reset_that_is_past_far_off_or_unreadable_is_none(reset: str) -> None:
    assert wait(RateLimit_Reset=reset) is None


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("17", 17),
        ("0", 0),
        ("3600", 3600),
        ("Thu, 15 Jan 2026 09:00:30 GMT", 30),
        ("Thursday, 15-Jan-26 09:00:30 GMT", 30),
        ("Thu Jan 15 09:00:30 2026", 30),
        ("Thu, 15 Jan 2026 11:00:30 +0200", 30),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(retry_after: str, seconds: float) -> None:
    assert wait(Retry_After=retry_after) == seconds


@pytest.mark.parametrize(
    "retry_after",
    [
        "",
        "later",
        "nan",
        "-1",
        "3601",
        "Thu, 15 Jan 2026 08:59:59 GMT",
        "Thu, 99 Jan 2026 09:00 GMT",
        f"Thu, 15 Jan {10**20} 09:00:30 GMT",
    ],
)
def test_a_retry_after_that_is_past_far_off_or_unreadable_is_none(retry_after: str) -> None:
    assert wait(Retry_After=retry_after) is None


def test_a_date_without_a_zone_is_not_one_of_this_machine_s(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        seconds = wait(Retry_After="Thu Jan 15 09:00:30 2026")
    time.tzset()
    assert seconds == 30


def test_of_two_headers_the_longer_wait_counts() -> None:
    assert (wait(RateLimit_Reset="9", Retry_After="4"), wait(RateLimit_Reset="4", Retry_After="9")) == (9, 9)


def test_a_header_that_makes_no_sense_leaves_the_other_one() -> None:
    assert (wait(RateLimit_Reset="soon", Retry_After="4"), wait(RateLimit_Reset="4", Retry_After="soon")) == (4, 4)


@pytest.mark.parametrize("ahead", [-90_000, -40, 40, 90_000])
def test_a_clock_that_is_wrong_here_does_no_harm_where_the_answer_has_a_date(ahead: float) -> None:
    there = NOW + ahead
    date = formatdate(there, usegmt=True)
    by_reset = wait(Date=date, RateLimit_Reset=str(there + 30))
    assert (by_reset, wait(Date=date, Retry_After=formatdate(there + 30, usegmt=True))) == (30, 30)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Jan 2026 09:00:30 GMT"])
def test_a_date_that_cannot_be_read_leaves_the_clock_here(date: str) -> None:
    assert wait(Date=date, RateLimit_Reset=str(NOW + 30)) == 30


@pytest.mark.parametrize("name", ["RateLimit-Reset", "ratelimit-reset", "Retry-After", "RETRY-AFTER"])
def test_an_answer_asks_to_wait_by_either_header_readable_or_not(name: str) -> None:
    assert asks_to_wait(httpx2.Headers({name: "soon"}))


def test_no_header_asks_for_nothing() -> None:
    headers = httpx2.Headers({"Date": formatdate(NOW, usegmt=True)})
    assert (asks_to_wait(headers), seconds_to_wait(headers, NOW)) == (False, None)


ALMOST_A_DATE = "[A-Z][a-z]{2},? [0-9]{1,2}[- ](Jan|Xxx)[- ][0-9]{1,25} [0-9]{1,3}:[0-9]{2} ?[-+]?(GMT|[0-9]{0,6})"
TEXTS = (
    st.text(st.characters(codec="latin-1"))
    | st.integers().map(str)
    | st.floats().map(str)
    | st.floats(0, 2**34).map(lambda moment: formatdate(moment, usegmt=True))
    | st.from_regex(ALMOST_A_DATE, fullmatch=True)
)


@given(reset=TEXTS, retry_after=TEXTS, date=TEXTS, now=st.floats(0, 2**34))
def test_any_headers_at_all_ask_for_at_most_an_hour(reset: str, retry_after: str, date: str, now: float) -> None:
    headers = httpx2.Headers(
        [
            (name.encode(), text.encode("latin-1"))
            for name, text in (("RateLimit-Reset", reset), ("Retry-After", retry_after), ("Date", date))
        ]
    )
    seconds = seconds_to_wait(headers, now)
    assert seconds is None or 0 <= seconds <= 3600


@given(
    there=st.floats(1.5e9, 2.5e9), ahead=st.floats(0, 3500), off=st.floats(-1e6, 1e6), milliseconds=st.booleans()
)
def test_nobody_comes_back_before_the_moment_that_is_told(
    there: float, ahead: float, off: float, milliseconds: bool
) -> None:
    reset = str((there + ahead) * 1000 if milliseconds else there + ahead)
    headers = httpx2.Headers({"Date": formatdate(int(there), usegmt=True), "RateLimit-Reset": reset})
    seconds = seconds_to_wait(headers, there + off)
    assert seconds is not None and ahead - 0.001 <= seconds < ahead + 1.001
