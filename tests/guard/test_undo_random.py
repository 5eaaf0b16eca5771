"""Whatever was changed comes back, and whatever the journal holds is answered in words."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.guard.journal import Change
from thinkific_mcp.guard.undo import undoing_of

from ..server.examples import EXAMPLES, demo_sandbox
from .changes import a_change, carry_out, change, now, school, site

NAMES = st.text("abc é", min_size=1, max_size=6).map(lambda text: f"n{text}")
TEXTS = st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
EMAILS = st.sampled_from(["a@example.com", "B@Example.com"])
DAYS = st.dates().map(str) | st.datetimes().map(lambda moment: moment.isoformat())
ROLES = st.lists(st.sampled_from(["course_admin", "group_analyst", "site_admin"]), max_size=3, unique=True)
ANSWERS = st.lists(
    st.fixed_dictionaries({"custom_profile_field_definition_id": st.integers(1, 4), "value": TEXTS}),
    max_size=3,
    unique_by=lambda answer: answer["custom_profile_field_definition_id"],
)

UPDATES: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "update_user": st.fixed_dictionaries(
        {"user_id": st.sampled_from(["2", "5", "13", "14", "17"])},
        optional={
            "first_name": NAMES,
            "last_name": NAMES,
            "email": EMAILS,
            "roles": ROLES,
            "company": TEXTS,
            "headline": TEXTS,
            "bio": TEXTS,
            "avatar_url": TEXTS,
            "external_source": TEXTS,
            "custom_profile_fields": ANSWERS,
        },
    ),
    "update_coupon": st.fixed_dictionaries(
        {"coupon_id": st.integers(1, 11), "code": NAMES},
        optional={
            "note": TEXTS,
            "quantity": st.none() | st.integers(1, 9**9),
            "quantity_used": st.integers(0, 999_999_999),
        },
    ),
    "update_category": st.fixed_dictionaries(
        {"category_id": st.integers(1, 6), "name": NAMES, "description": st.text("ab ", max_size=5), "slug": NAMES}
    ),
    "update_instructor": st.fixed_dictionaries(
        {"instructor_id": st.integers(1, 6), "first_name": NAMES, "last_name": NAMES, "slug": NAMES},
        optional={
            "title": TEXTS,
            "bio": TEXTS,
            "email": st.none() | EMAILS,
            "avatar_url": TEXTS,
            "user_id": st.none() | st.integers(1, 17),
        },
    ),
    "update_enrollment": st.fixed_dictionaries(
        {"enrollment_id": st.sampled_from([1, 2, 4, 5, 7])},
        optional={"activated_at": DAYS, "expiry_date": st.none() | DAYS},
    ),
}

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "2026-01-31T00:00:00.000Z", "2026-99-99T", "10.0", "a@b"])
    | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "id",
    "items",
    "coupons",
    "coupons_total",
    *{name for kind in OPERATIONS.values() for name in kind.model_fields},
    "group_analysts",
    "custom_profile_field_definition_id",
    "value",
]
RECORDS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=12)


def _record(fields: dict[str, Any], rows: list[Any], name: str) -> dict[str, Any]:
    return {**fields, name: rows}


STATES = st.builds(
    _record,
    RECORDS,
    st.lists(RECORDS | JSON, max_size=3),
    st.sampled_from(["items", "coupons", "custom_profile_fields", "spare"]),
)


async def _goes_there_and_back(tool: str, arguments: dict[str, Any]) -> None:
    sandbox = demo_sandbox()
    before = school(sandbox)
    async with site(sandbox) as thinkific:
        done = await change(thinkific, tool, arguments)
        try:
            undoing = undoing_of(done)
        except ArgumentError:
            assert school(sandbox) == before
            return
        assert undoing.is_as_left(await now(thinkific, undoing))
        await carry_out(thinkific, undoing)
    assert school(sandbox) == before


@pytest.mark.parametrize("tool", sorted(UPDATES))
@given(data=st.data())
@settings(max_examples=40, deadline=None)
async def test_any_update_comes_back(tool: str, data: st.DataObject) -> None:
    await _goes_there_and_back(tool, data.draw(UPDATES[tool]))


_REAL: dict[str, Change] = {}


async def _real(tool: str) -> Change:
    """Return what the journal tells of a write over the demo school."""
    if tool not in _REAL:
        async with site(demo_sandbox()) as thinkific:
            _REAL[tool] = await change(thinkific, tool, EXAMPLES[tool].complete[0].arguments)
    return _REAL[tool]


@pytest.mark.parametrize("tool", sorted(name for name, kind in OPERATIONS.items() if kind.spec.undo))
@given(before=STATES, made=STATES, there=st.none() | STATES, is_like_real=st.booleans())
@settings(max_examples=60, deadline=None)
async def test_whatever_the_journal_holds_there_is_a_plan_or_a_reason(
    tool: str, before: dict[str, Any], made: dict[str, Any], there: dict[str, Any] | None, is_like_real: bool
) -> None:
    real = await _real(tool)
    if is_like_real:
        before, made = {**real.intent.before, **before}, {**real.made, **made}
        there = None if there is None else {**before, **made, **there}
    try:
        undoing = undoing_of(a_change(tool, real.intent.arguments, before, made))
    except ArgumentError:
        return
    assert undoing.is_as_left(there) in (True, False)
