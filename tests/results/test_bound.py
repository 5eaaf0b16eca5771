"""How the rest of a list that was cut is asked for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.results.bound import go_on_after


@pytest.mark.parametrize(
    ("before", "count", "shown", "words"),
    [
        (0, 130, 130, "page 2, limit 130"),
        (250, 130, 130, "page 5, limit 95"),
        (7, 6, 5, "page 3, limit 6"),
        (7, 1, 1, "page 9, limit 1"),
    ],
)
def test_the_next_page_begins_where_the_rows_end(before: int, count: int, shown: int, words: str) -> None:
    assert go_on_after(before, count) == (shown, words)


@given(st.integers(0, 100_000), st.integers(1, 300))
def test_the_next_page_begins_there_wherever_that_is_and_few_rows_are_given_up(before: int, count: int) -> None:
    shown, words = go_on_after(before, count)
    page, limit = map(int, re.findall(r"\d+", words))
    assert (page - 1) * limit == before + shown
    assert 0 < shown <= count and count / 2 < limit <= count
    others = [count - (before + count) % each for each in range(count // 2 + 1, count + 1)]
    assert shown == max(others)
