"""One thing as a text to be read."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.results.document import document, fields
from thinkific_mcp.results.plain import readable

ENDLESS = 0
NAMES = st.text(st.characters(categories=["Ll"]), min_size=1, max_size=8)
TEXTS = st.text(max_size=30) | st.sampled_from(
    ["# Yours", "a\n- id: 7", "a\r\n# b", "a\u2028b", "a\x0bb\x85c", "\n\n"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=3),
    max_leaves=12,
)
THINGS = st.dictionaries(NAMES | TEXTS, VALUES, max_size=8)


def written(thing: dict[str, Any], limit: int = ENDLESS) -> list[str]:
    """Return the lines below the title."""
    title, blank, *lines = document("# Thing", fields(readable(thing)), limit, "get_thing").split("\n")
    assert (title, blank) == ("# Thing", "")
    return lines


def test_each_field_has_a_line() -> None:
    assert written({"id": 7, "name": "Rye", "price": 19.5, "hidden": False, "subscription": True}) == [
        "- id: 7",
        "- name: Rye",
        "- price: 19.5",
        "- hidden: no",
        "- subscription: yes",
    ]


def test_what_is_not_there_has_none() -> None:
    assert written({"id": 7, "company": None, "headline": ""}) == ["- id: 7"]


def test_times_are_told_in_whole_seconds() -> None:
    assert written({"created_at": "2026-01-15T09:00:00.123Z", "bio": "at 2026-01-15T09:00:00.123Z"}) == [
        "- created_at: 2026-01-15T09:00:00Z",
        "- bio: at 2026-01-15T09:00:00.123Z",
    ]


def test_a_list_of_values_is_joined() -> None:
    assert written({"chapter_ids": [1, 2], "roles": []}) == ["- chapter_ids: 1, 2", "- roles: none"]


def test_a_list_of_objects_is_a_list_within() -> None:
    assert written({"items": [{"id": 1, "name": "Rye"}, {"id": 2, "of": {"id": 3}}]}) == [
        "- items:",
        "  - id: 1",
        "    name: Rye",
        "  - id: 2",
        "    of:",
        "      id: 3",
    ]


@given(THINGS)
def test_no_text_of_a_stranger_begins_a_line(thing: dict[str, Any]) -> None:
    shown, lines = fields(readable(thing)), written(thing)
    assert sum(line.startswith("- ") for line in lines) == len(shown)
    assert all(line.startswith(("- ", "  ")) for line in lines if shown)
    assert all(len(line.splitlines()) == 1 for line in lines if shown)


@given(THINGS, st.integers(1_000, 1_500))
def test_what_is_over_the_limit_is_left_out_by_whole_fields(thing: dict[str, Any], limit: int) -> None:
    long = {**thing, "bio": "so " * 500, "last": 1}
    whole, lines = written(long), written(long, limit)
    text = "\n".join(["# Thing", "", *lines])
    assert len(text.encode()) <= limit
    *kept, blank, note = lines
    assert blank == "" and note.startswith("Left out to be short: ") and note.endswith("See get_thing.")
    assert set(kept) <= set(whole)
    assert not any(line.startswith("- bio: so so") for line in kept)


def test_what_is_left_out_is_named_and_what_follows_it_is_not() -> None:
    assert written({"id": 7, "bio": "so " * 500, "company": "Rye"}, 1_000) == [
        "- id: 7",
        "- company: Rye",
        "",
        "Left out to be short: bio. See get_thing.",
    ]


def test_what_fits_is_whole() -> None:
    thing = {"bio": "so " * 100}
    assert written(thing, 1_000) == written(thing, ENDLESS)
