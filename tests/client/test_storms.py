"""Whatever happens, in whatever order: no write twice, no false word, no call too late, no request too many."""

import math
from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from thinkific_mcp.errors import (
    ApiError,
    DeadlineError,
    ThinkificError,
    UnknownOutcomeError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.sandbox import Limit

from .storm import MOST_CALLS, OPERATIONS, Call, Fault, Plan, Storm, Way, weathered

REFUSALS: Sequence[Fault] = [
    ("rate_limit", {"retry_in": 0}),
    ("rate_limit", {"retry_in": 20}),
    ("rate_limit", {"reset": "absent"}),
    ("status", {"status": 503, "headers": {"Retry-After": "0"}}),
    ("status", {"status": 503, "headers": {"Retry-After": "20"}}),
    ("status", {"status": 404}),
    ("status", {"status": 422}),
]
"""Thinkific says that it carried nothing out, and it is true."""

FAILURES: Sequence[Fault] = [
    (kind, {**options, "after": after})
    for kind, options in (
        ("status", {"status": 408}),
        ("status", {"status": 500}),
        ("status", {"status": 503}),
        ("html", {"status": 502}),
        ("redirect", {"location": "/login"}),
        ("endless", {"kilobytes": 1, "pause": 5}),
        ("slow", {"seconds": 3}),
        ("slow", {"seconds": 60}),
        ("hang_up", {}),
        ("reset", {}),
    )
    for after in (False, True)
]
"""It may have been carried out, or not."""

SUCCESSES: Sequence[Fault] = [
    ("empty", {"after": True}),
    ("html", {"status": 200, "after": True}),
    ("invalid_json", {"after": True}),
    ("invalid_utf8", {"after": True}),
    ("trickle", {}),
    ("truncated", {}),
    ("truncated", {"length": "half"}),
    ("wrong_content_type", {}),
    ("reset_body", {}),
]
"""It was carried out, which the answer says more or less well."""


def often(fault: Fault, times: int) -> Fault:
    """Return a fault that strikes so many requests."""
    kind, options = fault
    return kind, {**options, "times": times}


storms = st.builds(
    Storm,
    plans=st.lists(
        st.builds(
            Plan,
            effect=st.sampled_from(["read", *OPERATIONS]),
            moment=st.floats(0, 90),
            cancelled_after=st.sampled_from([math.inf] * 5 + [0.1, 3, 40]),
        ),
        min_size=4,
        max_size=MOST_CALLS,
    ),
    faults=st.lists(
        st.builds(often, st.sampled_from([*REFUSALS, *FAILURES, *SUCCESSES]), st.integers(1, 5)),
        min_size=2,
        max_size=12,
    ),
    ways=st.lists(
        st.builds(
            Way,
            # One that is given up arrives within the margin for which the client still counts it.
            there=st.floats(0, 0.2),
            back=st.sampled_from([0, 0.1, 1, 10, 29, 40]),
            is_open=st.sampled_from([True, True, True, False]),
        ),
        min_size=1,
        max_size=6,
    ),
    limit=st.builds(
        Limit,
        requests=st.integers(1, 8) | st.integers(9, 60),
        at_once=st.integers(1, 4),
        window=st.sampled_from(["sliding", "fixed"]),
    ),
    deadline=st.sampled_from([0, 0, 300, 45, 5, 0.3]),
    random=st.floats(0, 1),
)


def in_any_storm(check: Callable[[Storm], None]) -> Callable[[], None]:
    return settings(max_examples=70, deadline=None)(given(storms)(check))


def is_true(error: ThinkificError, call: Call, deadline: float) -> bool:
    """Tell whether a call's requests ended as its error says: the last of them, save one that was given up."""
    known = [end for end in call.ends if end != "given up"][-1:]
    match error:
        case UnknownOutcomeError(__cause__=ThinkificError() as cause):
            return not call.is_read and call.ends != [] and is_true(cause, call, deadline)
        case DeadlineError():
            return deadline > 0 and call.ends[-1:] in ([], ["given up"])
        case UnreachableError():
            return known in ([["timed out"], ["broken"]] if error.sent else [["refused"]])
        case ApiError() | UnreadableAnswerError():
            return known == [error.status]
        case _:
            return False


@in_any_storm
def test_a_write_is_carried_out_once_where_it_succeeds_and_never_where_it_surely_fails(storm: Storm) -> None:
    for call in weathered(storm).calls:
        if call.is_read or call.was_cancelled or isinstance(call.error, UnknownOutcomeError):
            assert call.times <= 1, call
        else:
            assert call.times == call.has_succeeded, call


@in_any_storm
def test_a_read_that_succeeds_has_the_right_answer(storm: Storm) -> None:
    for call in weathered(storm).calls:
        if call.is_read and call.has_succeeded:
            assert (call.result.id, call.ends[-1:]) == (call.number, [200]), call


@in_any_storm
def test_a_call_that_fails_says_what_became_of_its_requests(storm: Storm) -> None:
    for call in weathered(storm).calls:
        assert call.error is None or is_true(call.error, call, storm.deadline), call


@in_any_storm
def test_no_call_outlasts_its_deadline_or_its_caller(storm: Storm) -> None:
    for call in weathered(storm).calls:
        assert call.seconds <= min(storm.deadline or math.inf, call.plan.cancelled_after) + 0.001, call


@in_any_storm
def test_no_request_is_one_too_many(storm: Storm) -> None:
    aftermath, limit = weathered(storm), storm.limit
    in_a_window = zip(aftermath.arrivals, aftermath.arrivals[limit.requests :], strict=False)
    assert [later - earlier for earlier, later in in_a_window if later - earlier < limit.seconds] == []
    assert (aftermath.most_at_once <= limit.at_once, aftermath.refused, aftermath.violations) == (True, 0, [])
