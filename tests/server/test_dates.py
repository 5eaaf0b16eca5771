"""Dates and times: what hosts write, and what Thinkific is sent."""

from datetime import UTC, datetime, timedelta, timezone

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkific_mcp.sandbox import Sandbox

from .conftest import CallTool, opened, text_of
from .examples import demo_sandbox

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=OFFSETS)

FILTERS = [
    ("2026-01-31", "2026-01-31"),
    (" 2026-01-31 ", "2026-01-31"),
    ("20260131", "2026-01-31"),
    ("2026-W05-6", "2026-01-31"),
    ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z"),
    ("2026-01-31T09:30:00z", "2026-01-31T09:30:00Z"),
    ("2026-01-31 09:30", "2026-01-31T09:30:00Z"),
    ("2026-01-31T09:30:15.999Z", "2026-01-31T09:30:15Z"),
    ("2026-01-31T23:30:00-05:00", "2026-02-01T04:30:00Z"),
]
STORED = [("2026-01-31", "2026-01-31T00:00:00Z"), *FILTERS[4:]]
NO_DATES = [
    "",
    "tomorrow",
    "2026-02-30",
    "31.01.2026",
    "2026-01-31T25:00:00Z",
    "0001-01-01T00:00:00+14:00",
    20260131,
    1.5,
]


def in_utc(moment: datetime) -> str:
    """Write a moment as Thinkific does: UTC, in whole seconds."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


@pytest.mark.parametrize(("written", "expected"), FILTERS)
async def test_a_filter_passes_a_date_as_a_date_and_a_time_as_utc(
    call: CallTool, sandbox: Sandbox, written: str, expected: str
) -> None:
    assert not (await call("list_enrollments", created_after=written)).is_error
    assert sandbox.requests[0].query == [("query[created_after]", expected)]
    assert sandbox.violations == []


@pytest.mark.parametrize(("written", "expected"), STORED)
async def test_a_stored_time_is_a_moment_and_a_date_its_midnight(
    call: CallTool, sandbox: Sandbox, written: str, expected: str
) -> None:
    assert not (await call("update_enrollment", enrollment_id=3, expiry_date=written)).is_error
    assert sandbox.requests[0].body == {"expiry_date": expected}
    assert sandbox.violations == []


@pytest.mark.parametrize("written", NO_DATES)
@pytest.mark.parametrize(
    ("tool", "argument"), [("list_enrollments", "updated_on"), ("update_enrollment", "expiry_date")]
)
async def test_what_is_no_date_is_refused_with_an_example(
    call: CallTool, sandbox: Sandbox, tool: str, argument: str, written: object
) -> None:
    needed = {"enrollment_id": 3} if tool == "update_enrollment" else {}
    result = await call(tool, **needed, **{argument: written})
    assert result.is_error
    assert argument in text_of(result)
    assert len(sandbox.requests) == 0


@given(moment=MOMENTS)
@settings(max_examples=60, deadline=None)
async def test_a_filter_is_the_same_moment_whatever_its_offset(moment: datetime) -> None:
    sandbox = demo_sandbox()
    async with opened(httpx2.ASGITransport(sandbox), ["list_enrollments"], "auto") as client:
        await client.call_tool("list_enrollments", {"updated_after": moment.isoformat()})
    assert [request.query for request in sandbox.requests] == [[("query[updated_after]", in_utc(moment))]]
    assert sandbox.violations == []


@given(moment=MOMENTS)
@settings(max_examples=60, deadline=None)
async def test_a_stored_time_is_the_same_moment_whatever_its_offset(moment: datetime) -> None:
    sandbox = demo_sandbox()
    async with opened(httpx2.ASGITransport(sandbox), ["update_enrollment"], "auto") as client:
        await client.call_tool("update_enrollment", {"enrollment_id": 3, "activated_at": moment.isoformat()})
    assert [request.body for request in sandbox.requests] == [{"activated_at": in_utc(moment)}]
    assert sandbox.violations == []
