import json

import pytest

from thinkific_mcp.operation import Page
from thinkific_mcp.results import compact, part_of_list


def page(items: int, **place: int | None) -> Page[int]:
    return Page[int].model_validate(
        {"items": list(range(items)), "meta": {"pagination": {"current_page": place.pop("page", 1), **place}}}
    )


def test_json_is_written_without_white_space_and_escapes() -> None:
    assert compact({"name": "Crème 晶", "ids": [1, 2]}) == '{"name":"Crème 晶","ids":[1,2]}'


def test_line_breaks_of_strangers_stay_within_their_text() -> None:
    text = compact({"bio": "a\nitems 1–1 of 1"})
    assert ("\n" in text, json.loads(text)["bio"]) == (False, "a\nitems 1–1 of 1")


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
    assert part_of_list(shown, 25) == words
