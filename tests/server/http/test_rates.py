import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.server.http.rates import Rates

PACES = st.integers(1, 100_000)
PAUSES = st.lists(st.one_of(st.just(0.0), st.floats(0, 0.1), st.floats(0, 100)), max_size=120)


class Clock:
    """A clock that is turned by hand."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def burst_of(per_minute: int) -> int:
    return max(10, per_minute // 6)


@given(PACES, PAUSES, st.floats(0, 1e9))
def test_in_no_time_pass_more_than_a_burst_and_what_the_rate_allows(
    per_minute: int, pauses: list[float], start: float
) -> None:
    clock = Clock(start)
    rates = Rates(per_minute, clock)
    passed: list[float] = []
    for pause in pauses:
        clock.seconds += pause
        passed += [clock.seconds for _ in range(12) if not rates.wait("alice")]
    for first, begin in enumerate(passed):
        for last in range(first, len(passed)):
            seconds = passed[last] - begin
            assert last - first + 1 <= burst_of(per_minute) + per_minute / 60 * (seconds + 1e-5)


@given(st.integers(1, 600), st.lists(st.floats(0, 1), max_size=50), st.floats(0, 1e9))
def test_who_obeys_the_wait_passes(per_minute: int, pauses: list[float], start: float) -> None:
    clock = Clock(start)
    rates = Rates(per_minute, clock)
    for _ in range(burst_of(per_minute)):
        rates.wait("alice")
    for pause in pauses:
        clock.seconds += pause
        wait = rates.wait("alice")
        clock.seconds += wait
        assert wait == 0 or rates.wait("alice") == 0


@pytest.mark.parametrize("per_minute", [1, 60, 600])
def test_a_burst_passes_at_once_and_the_next_waits_for_one_share_of_a_minute(per_minute: int) -> None:
    rates = Rates(per_minute, Clock())
    waits = [rates.wait("alice") for _ in range(burst_of(per_minute) + 1)]
    assert waits[:-1] == [0] * burst_of(per_minute)
    assert waits[-1] == pytest.approx(60 / per_minute)


def test_a_refused_request_is_not_counted() -> None:
    rates = Rates(60, Clock())
    waits = [rates.wait("alice") for _ in range(30)]
    assert waits[10] == waits[-1] > 0


def test_callers_do_not_slow_each_other() -> None:
    rates = Rates(60, Clock())
    for _ in range(30):
        rates.wait("alice")
    assert rates.wait("bob") == 0


def test_who_asks_without_pause_is_not_forgotten_among_thousands() -> None:
    rates = Rates(60, Clock())
    for _ in range(11):
        rates.wait("alice")
    for number in range(12_000):
        rates.wait(f"caller {number}")
        if number % 1000 == 0:
            rates.wait("alice")
    assert rates.wait("alice") > 0


def test_who_came_longest_ago_is_forgotten_first() -> None:
    rates = Rates(60, Clock())
    for _ in range(11):
        rates.wait("alice")
    for number in range(10_000):
        rates.wait(f"caller {number}")
    assert rates.wait("alice") == 0


def test_a_request_that_is_taken_back_counts_no_more() -> None:
    rates = Rates(60, lambda: 0.0)
    for _ in range(100):
        assert rates.wait("alice") == 0
        rates.take_back("alice")


def test_who_never_called_has_nothing_to_take_back() -> None:
    rates = Rates(60, lambda: 0.0)
    rates.take_back("alice")
    assert [rates.wait("alice") for _ in range(11)].count(0) == 10
