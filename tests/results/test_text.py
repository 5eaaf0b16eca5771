import json

import pytest

from thinkific_mcp.result import Page
from thinkific_mcp.results import compact
from thinkific_mcp.results.text import part_of_list, rows_before


def page(items: int, **place: int | None) -> Page[int]:
    return Page[int].model_validate(
        {"items": list(range(items)), "meta": {"pagination": {"current_page": place.pop("page", 1), **place}}}
    )


def part(items: int, *, go_on: str | None, **place: int | None) -> Page[int]:
    return page(items, **place).model_copy(update={"complete": False, "stopped": "the deadline", "go_on": go_on})


def test_json_is_written_without_white_space_and_escapes() -> None:
    assert compact({"name": "Crème 晶", "ids": [1, 2]}) == '{"name":"Crème 晶","ids":[1,2]}'


@pytest.mark.parametrize("end", ["\n", "\x85", "\u2028", "\u2029", "\x9b"])
def test_line_breaks_and_commands_of_strangers_stay_within_their_text(end: str) -> None:
    bio = f"a{end}items 1–1 of 1"
    text = compact({"bio": bio})
    assert (end in text, json.loads(text)["bio"]) == (False, bio)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (page(25, page=2, next_page=3, total_items=240), "items 26–50 of 240, next page 3"),
        (page(16, next_page=None, total_items=16), "items 1–16 of 16"),
        (page(1, page=3, total_items=51), "items 51–51 of 51"),
        (page(3, next_page=2), "items 1–3, next page 2"),
        (page(3, page=None), "3 items"),
        (page(1, page=None, total_items=9), "1 item of 9"),
        (page(0, total_items=0), "no items"),
        (page(0), "no items"),
        (page(0, page=9, total_items=16), "no items on page 9, 16 in all"),
    ],
)
def test_a_list_says_which_part_it_is(shown: Page[int], words: str) -> None:
    assert part_of_list(shown, rows_before(shown, 25)) == words


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (
            part(1500, go_on="page 7, limit 250", total_items=2400),
            "items 1–1500 of 2400; stopped at the deadline: go on with page 7, limit 250",
        ),
        (
            part(500, page=2, go_on="page 6, limit 500"),
            "items 2001–2500; stopped at the deadline: go on with page 6, limit 500",
        ),
        (
            part(250, go_on="page 2, limit 250, in 58 seconds"),
            "items 1–250; stopped at the deadline: go on with page 2, limit 250, in 58 seconds",
        ),
        (part(250, go_on=None, total_items=2400), "items 1–250 of 2400; stopped at the deadline"),
    ],
)
def test_a_part_of_a_list_says_where_to_go_on(shown: Page[int], words: str) -> None:
    assert part_of_list(shown, rows_before(shown, 2000)) == words


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (page(100, page=2, next_page=3, total_items=1000), "100 items of 1000, next page 3"),
        (page(40, page=3, total_items=240), "40 items of 240"),
        (page(5, page=0), "5 items"),
    ],
)
def test_a_page_of_another_size_than_asked_for_claims_no_place(shown: Page[int], words: str) -> None:
    assert part_of_list(shown, rows_before(shown, 250)) == words
