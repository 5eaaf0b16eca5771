"""The table of what follows a failure: every error of a request has its row."""

from collections.abc import Iterable, Sequence

import httpx2
import pytest

from thinkific_mcp import errors
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client.answers import read_answer
from thinkific_mcp.client.bodies import Answer
from thinkific_mcp.client.resets import asks_to_wait
from thinkific_mcp.client.retries import TABLE, Failure, Then, failure_of
from thinkific_mcp.errors import (
    ApiError,
    ArgumentError,
    BadRequestError,
    CredentialsError,
    DeadlineError,
    ForbiddenError,
    InvalidError,
    JournalError,
    NotAllowedError,
    NotFoundError,
    PlanError,
    RateLimitError,
    ScopeError,
    ServerError,
    SettingsError,
    ThinkificError,
    UnknownOutcomeError,
    UnreachableError,
    UnreadableAnswerError,
)

from .conftest import NOW

ERRORS: Sequence[tuple[ThinkificError, Failure]] = [
    (UnreachableError("", sent=False), Failure.NO_CONNECTION),
    (UnreachableError("", sent=False, lasting=True), Failure.NOT_POSSIBLE),
    (UnreachableError("", sent=True), Failure.NO_ANSWER),
    (DeadlineError("", retry_after=0, sent=True), Failure.LATE),
    (UnreadableAnswerError("", status=200), Failure.UNREADABLE),
    (ApiError("", status=302), Failure.REDIRECTED),
    (ApiError("", status=409), Failure.REFUSED),
    (BadRequestError("", status=400), Failure.REFUSED),
    (CredentialsError("", status=401), Failure.REFUSED),
    (ForbiddenError("", status=403), Failure.REFUSED),
    (PlanError("", status=403), Failure.REFUSED),
    (ScopeError("", status=403), Failure.REFUSED),
    (NotFoundError("", status=404), Failure.REFUSED),
    (InvalidError("", status=422), Failure.REFUSED),
    (RateLimitError("", status=429), Failure.RATE_LIMITED),
    (ServerError("", status=500), Failure.BROKEN),
    (ServerError("", status=502), Failure.UNAVAILABLE),
]

OF_NO_REQUEST = {SettingsError, ArgumentError, NotAllowedError, JournalError, UnknownOutcomeError}
"""They end a call themselves."""


def test_every_failure_has_a_row() -> None:
    assert set(TABLE) == set(Failure)


@pytest.mark.parametrize(
    ("error", "expected"), ERRORS, ids=[f"{type(error).__name__}-{failed.name}" for error, failed in ERRORS]
)
def test_an_error_of_a_request_is_a_failure_of_the_table(error: ThinkificError, expected: Failure) -> None:
    assert failure_of(error, asked_to_wait=False) is expected


def test_every_error_of_a_request_is_tried_here() -> None:
    tree = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    assert {type(error) for error, _ in ERRORS} == tree - {ThinkificError, *OF_NO_REQUEST}
    assert {failed for _, failed in ERRORS} == set(Failure) - {Failure.TOLD_TO_WAIT}


@pytest.mark.parametrize(
    ("statuses", "told", "expected"),
    [
        (range(300, 400), False, Failure.REDIRECTED),
        ({*range(400, 500)} - {408, 429}, False, Failure.REFUSED),
        ({408, *range(500, 600)} - {502, 503, 504}, False, Failure.BROKEN),
        ({502, 503, 504}, False, Failure.UNAVAILABLE),
        ({429}, False, Failure.RATE_LIMITED),
        ({429}, True, Failure.RATE_LIMITED),
        ({503}, True, Failure.TOLD_TO_WAIT),
        ({502, 504}, True, Failure.UNAVAILABLE),
        ({500}, True, Failure.BROKEN),
    ],
)
def test_every_status_is_a_failure_of_the_table(statuses: Iterable[int], told: bool, expected: Failure) -> None:
    for status in statuses:
        answer = Answer(status, httpx2.Headers({"Retry-After": "2"} if told else {}), b"")
        with pytest.raises(ApiError) as refused:
            read_answer(GetCourse(course_id=3), answer, NOW)
        assert failure_of(refused.value, asked_to_wait=asks_to_wait(answer.headers)) is expected, status


def test_a_write_is_repeated_only_where_it_surely_was_not_carried_out() -> None:
    repeated = {failed for failed, (_, for_write) in TABLE.items() if for_write is Then.AGAIN}
    assert repeated == {Failure.NO_CONNECTION, Failure.RATE_LIMITED, Failure.TOLD_TO_WAIT}


def test_a_write_fails_for_sure_only_where_it_was_refused_or_never_left() -> None:
    refused = {failed for failed, (_, for_write) in TABLE.items() if for_write is Then.FAIL}
    assert refused == {Failure.NOT_POSSIBLE, Failure.REFUSED}


def test_the_outcome_of_a_read_is_never_open() -> None:
    assert Then.UNKNOWN not in {for_read for for_read, _ in TABLE.values()}
