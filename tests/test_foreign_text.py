"""What strangers write, made harmless."""

import json
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.foreign_text import cleaned, escaped_json, quoted

CHARACTERS = [chr(point) for point in range(sys.maxunicode + 1)]
UNREADABLE = ("Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn")
# What Unicode counts among letters and marks, and nobody sees: fillers, variation selectors, vowels of no sound.
INVISIBLE = {*"\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0", *map(chr, range(0x180B, 0x1810))} | {
    *map(chr, range(0xFE00, 0xFE10)),
    *map(chr, range(0xE0100, 0xE01F0)),
}


def test_nothing_unreadable_remains() -> None:
    hidden = [one for one in CHARACTERS if unicodedata.category(one) in UNREADABLE or one in INVISIBLE]
    assert set(cleaned("a".join(hidden))) == {"a", " "}


def test_everything_readable_remains() -> None:
    shown = [one for one in CHARACTERS if unicodedata.category(one)[0] in "LMNPS" and one not in INVISIBLE]
    assert set(shown) - set(cleaned("a".join(shown))) == set()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\r\n\r\n\tb", "a b"),
        ("a\x1b[2Jb", "a [2Jb"),
        ("a\u202eb", "a b"),
        ("in\u00advis\u200bi\ufeffble", "invisible"),
        ("a\U000e0069\U000e0067b", "ab"),
        ("wide\u3000and\u00a0unbroken", "wide\u3000and\u00a0unbroken"),
        ("I \u2764\ufe0f bread", "I \u2764 bread"),
    ],
)
def test_text_comes_on_one_line_with_nothing_in_it_that_acts_or_hides(text: str, seen: str) -> None:
    assert cleaned(text) == seen


@pytest.mark.parametrize(
    "text", ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\U0001f469\u200d\U0001f4bb"]
)
def test_joiners_between_letters_that_join_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "text", ["a\u200db", "\u200d", "\u200c\u062e", "\u062e\u200d", "\u062e\u200d\u200c\u200d\u062e"]
)
def test_joiners_that_join_nothing_go(text: str) -> None:
    assert cleaned(text) == text.replace("\u200d", "").replace("\u200c", "")


@given(st.text(st.sampled_from("a\u062e\u200c\u200d\ufe0f\n\u202e \u2764") | st.characters()))
def test_what_is_cleaned_stays_as_it_is(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.text(st.sampled_from("\"'\u201c\u201d\u201e\u201f\u2033\uff02\\a") | st.characters()))
def test_nothing_in_a_quotation_closes_it(text: str) -> None:
    within = quoted(text)[1:-1]
    assert quoted(text) == f'"{within}"'
    assert set(within) & set('"\u201c\u201d\u201e\u201f\u2033\uff02') == set()


@given(st.recursive(st.text() | st.none() | st.integers(), lambda part: st.lists(part, max_size=3)))
def test_json_loses_nothing_and_shows_only_the_readable(data: Any) -> None:
    text = escaped_json({"data": data})
    assert json.loads(text) == {"data": data}
    hidden = [one for one in text if one != "\n" and unicodedata.category(one) in UNREADABLE]
    assert set(hidden) <= {"\u200c", "\u200d"}


@pytest.mark.parametrize(
    ("character", "escape"),
    [
        ("\x7f", r"\u007f"),
        ("\u202e", r"\u202e"),
        ("\ufe0f", r"\ufe0f"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\udb40\udc41"),
        ("\u3000", "\u3000"),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_json_escapes_what_is_not_seen_and_nothing_else(character: str, escape: str) -> None:
    assert escaped_json(character) == f'"{escape}"'
