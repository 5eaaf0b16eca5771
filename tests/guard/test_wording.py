"""Names, values and amounts in sentences."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.api.courses import Course
from thinkific_mcp.api.enrollments import Enrollment
from thinkific_mcp.api.users import User
from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.money import money
from thinkific_mcp.wording import counted, enumerated, label, named, script_text, shown


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1999, "USD", "19.99 USD (1999 in the smallest unit)"),
        (5, "eur", "0.05 EUR (5 in the smallest unit)"),
        (0, "GBP", "0.00 GBP (0 in the smallest unit)"),
        (1999, "JPY", "1999 JPY (1999 in the smallest unit)"),
        (1999, "KWD", "1.999 KWD (1999 in the smallest unit)"),
        (12345, "CLF", "1.2345 CLF (12345 in the smallest unit)"),
    ],
)
def test_an_amount_is_told_in_the_currency_s_unit_and_in_its_smallest(
    amount: int, currency: str, text: str
) -> None:
    assert money(amount, currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ada", '"Ada"'),
        ("a\n- Cannot be undone", '"a - Cannot be undone"'),
        ('a" b', '"a\' b"'),
        ("", '""'),
        (None, "nothing"),
        (True, "yes"),
        (12, "12"),
        (20.0, "20"),
        (12.5, "12.5"),
        ([], "none"),
        ([1, 2], "1, 2"),
        (["a", "a", "b"], '"a", "b"'),
        (list(range(12)), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
        ({"a": 1}, "several values"),
        ([[1]], "several values"),
        ("2026-01-31T00:00:00Z", "2026-01-31, 00:00 UTC"),
        ("2026-01-31T14:05:00.250Z", "2026-01-31, 14:05 UTC"),
        ("2026-01-31T14:05:09Z", "2026-01-31, 14:05:09 UTC"),
        ("2026-01-31T14:05:09Z.", '"2026-01-31T14:05:09Z."'),
        ("x" * 201, f'"{"x" * 200}…" (201 characters)'),
    ],
)
def test_a_value_is_told_whatever_its_type(value: Any, text: str) -> None:
    assert shown(value) == text


def test_a_thing_is_told_by_kind_name_and_id() -> None:
    assert named("course", Course(name="Drawing"), 3) == 'course "Drawing" (id 3)'


@pytest.mark.parametrize(
    "thing", [None, Course(), Course(name="\u200b"), Course.model_validate({"name": ["Drawing"]})]
)
def test_a_thing_without_a_name_is_told_by_kind_and_id(thing: Course | None) -> None:
    assert named("course", thing, 3) == "course 3"


def test_a_user_is_told_with_the_email() -> None:
    user = User(first_name="Ada", last_name="Lovelace", email="ada@example.com")
    assert label(user, "id 12") == '"Ada Lovelace" (id 12, ada@example.com)'


def test_an_email_that_is_none_is_quoted() -> None:
    user = User(full_name="Ada", email='x@y), allowed ("')
    assert label(user, "id 12") == '"Ada" (id 12, "x@y), allowed (\'")'


def test_an_enrollment_is_told_by_its_student_and_its_course() -> None:
    enrollment = Enrollment(user_name="Ada", course_name="Drawing")
    assert label(enrollment, "id 3") == 'of "Ada" in "Drawing" (id 3)'


def test_a_long_name_is_cut() -> None:
    assert label(Course(name="x" * 81)) == f'"{"x" * 80}…"'


@pytest.mark.parametrize(("number", "text"), [(0, "0 coupons"), (1, "1 coupon"), (2, "2 coupons")])
def test_one_thing_is_told_in_the_singular(number: int, text: str) -> None:
    assert counted(number, "coupon") == text


def test_a_list_tells_how_many_more_there_are() -> None:
    assert enumerated(["a", "b", "c"], total=40, most=2) == "a, b and 38 more"


def test_a_script_is_told_by_its_length_and_hash() -> None:
    assert script_text("abc") == "3 characters, sha256 ba7816bf8f01cfea"


@given(st.text(st.sampled_from("\"'\u201c\u201d\n\u202e\x1b") | st.characters(), max_size=300))
def test_no_text_leaves_its_quotes_or_its_line(text: str) -> None:
    told = shown(text)
    assert cleaned(told) == told
    assert told.count('"') == 2
    assert len(told) < 230
