import re

import pytest

from thinkific_mcp.knowledge.impossible import IMPOSSIBLE, Impossible
from thinkific_mcp.knowledge.search import Search
from thinkific_mcp.server import select

OFFERS = select(changes=True)
NAMES = {offer.spec.name for offer in OFFERS}
search = Search(OFFERS)

every = pytest.mark.parametrize("thing", IMPOSSIBLE, ids=lambda thing: thing.what)


@every
def test_the_nearest_way_is_of_tools_that_exist(thing: Impossible) -> None:
    mentioned = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", thing.answer))
    fields = {"expiry_date", "productable_type", "productable_id", "group_id", "percentage_completed"}
    assert set(thing.tools) | (mentioned - fields) <= NAMES


@every
def test_the_answer_is_short(thing: Impossible) -> None:
    assert len(thing.answer) <= 170


@every
def test_it_is_told_for_what_it_is_called(thing: Impossible) -> None:
    found = search(thing.what)
    assert [told.key for told in found.impossible] == [thing.key]
    assert found.tools[: len(thing.tools)] == thing.tools


def test_headings_and_keys_differ() -> None:
    assert len({thing.what for thing in IMPOSSIBLE}) == len({thing.key for thing in IMPOSSIBLE}) == len(IMPOSSIBLE)


def test_no_key_is_the_name_of_a_tool() -> None:
    assert NAMES.isdisjoint(thing.key for thing in IMPOSSIBLE)


def test_after_the_nearest_way_come_the_tools_that_were_perhaps_meant() -> None:
    found = search("unenroll Bea from Pottery")
    assert len(found.tools) == 4 > len(found.impossible[0].tools)


@pytest.mark.parametrize("query", ["remove a student from a course", "delete a course", "delete an order"])
def test_nothing_that_deletes_something_else_is_offered_instead(query: str) -> None:
    (impossible,), tools = (found := search(query)).impossible, found.tools
    assert not [name for name in tools if name.startswith("delete_") and name not in impossible.tools]


@pytest.mark.parametrize(
    ("query", "key", "tool"),
    [
        ("unenroll Bea from Pottery", "unenroll", "update_enrollment"),
        ("throw Bea out of the bundle", "unenroll", "update_enrollment"),
        ("List our bundels", "list_bundles", "list_products"),
        ("please aprove the waiting review", "approve_review", "list_course_reviews"),
        ("rename the course on pottery", "edit_course", "get_course"),
        ("take Bea out of the Acme group", "remove_from_group", "add_user_to_groups"),
        ("refund order 55120 to the credit card", "card_refund", "get_order"),
        ("orders of last month", "filter_orders", "list_orders"),
        ("search users by surname", "search_by_name", "list_users"),
        ("names of the analysts of group 610", "analyst_names", "list_group_analysts"),
        ("enrollments of the members of a group", "enrollments_by_group", "list_enrollments"),
        ("whose access expires soon", "coming_expiry", "list_enrollments"),
        ("list all external orders", "external_orders_list", "list_orders"),
    ],
)
def test_what_the_api_cannot_do_is_said_with_the_nearest_way(query: str, key: str, tool: str) -> None:
    found = search(query)
    assert ([thing.key for thing in found.impossible], found.tools[0]) == ([key], tool)


@pytest.mark.parametrize(
    "query",
    [
        "end a student's access today",
        "remove an analyst from a group",
        "approve a publish request",
        "record a refund of an external order",
        "list the courses of a bundle",
        "whose access has expired",
        "list the reviews of a course",
    ],
)
def test_what_is_possible_is_not_called_impossible(query: str) -> None:
    assert search(query).impossible == ()
