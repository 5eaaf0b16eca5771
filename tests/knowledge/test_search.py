from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.knowledge.search import LONGEST_QUERY, MOST_TOOLS, Search
from thinkific_mcp.server import select

OFFERS = select(changes=True)
NAMES = [offer.spec.name for offer in OFFERS]
search = Search(OFFERS)


@pytest.mark.parametrize("name", NAMES)
def test_every_tool_is_found_by_its_name(name: str) -> None:
    assert search(name).tools[0] == name


@pytest.mark.parametrize("name", NAMES)
def test_every_tool_is_found_by_its_title(name: str) -> None:
    title = next(offer.spec.title for offer in OFFERS if offer.spec.name == name)
    assert name in search(title).tools[:3]


def test_a_tool_that_is_named_comes_first_whatever_else_is_said() -> None:
    found = search("unenroll a student from a course, I think with update_coupon?")
    assert (found.tools[0], found.impossible) == ("update_coupon", ())


@pytest.mark.parametrize(
    ("query", "tool"),
    [
        ("creat a cuopon", "create_coupon"),
        ("delete a catgory", "delete_category"),
        ("list all enrolments", "list_enrollments"),
        ("which instuctors do we have", "list_instructors"),
        ("show the chapers of a corse", "list_course_chapters"),
        ("bundel 3301", "get_bundle"),
    ],
)
def test_misspelt_words_are_found(query: str, tool: str) -> None:
    assert search(query).tools[0] == tool


@pytest.mark.parametrize(
    ("forms", "tool"),
    [
        (["delete a group", "deleting groups", "the group should be deleted", "DELETE GROUP"], "delete_group"),
        (["enroll a learner in a course", "enrolling learners in courses"], "create_enrollment"),
        (["list categories", "listing every category", "Which catégories are there?"], "list_categories"),
    ],
)
def test_other_forms_of_words_find_the_same(forms: Sequence[str], tool: str) -> None:
    assert {search(form).tools[0] for form in forms} == {tool}


@pytest.mark.parametrize(
    ("query", "tool"),
    [
        ("which pupils do we have", "list_users"),
        ("make a voucher for the deal", "create_coupon"),
        ("list all collections", "list_categories"),
        ("who are our teachers", "list_instructors"),
        ("new cohort", "create_group"),
        ("syllabus of a class", "list_course_chapters"),
        ("what revenue did we make", "list_orders"),
        ("install a tracking pixel", "create_site_script"),
        ("okta identity of a learner", "get_user_authentication"),
        ("prolong a seat in the workshop", "update_enrollment"),
    ],
)
def test_an_admin_s_own_words_are_understood(query: str, tool: str) -> None:
    assert search(query).tools[0] == tool


@pytest.mark.parametrize(
    ("query", "tool"),
    [
        ("which squads are there", "list_groups"),
        ("list the proceeds", "list_orders"),
        ("axe the cohort 610", "delete_group"),
        ("take down the promo codes", "delete_coupon"),
        ("anything people also buy beside product 8112", "list_related_products"),
    ],
)
def test_words_that_no_known_request_has_are_understood_by_what_they_mean(query: str, tool: str) -> None:
    assert search(query).tools[0] == tool


@pytest.mark.parametrize(
    ("query", "tool"),
    [
        ("show group 610", "get_group"),
        ("all groups", "list_groups"),
        ("make a group", "create_group"),
        ("get rid of group 610", "delete_group"),
        ("discard promotion 12", "delete_promotion"),
        ("amend promotion 12", "update_promotion"),
        ("do we have a category for wellness?", "list_categories"),
        ("we need a category for wellness", "create_category"),
        ("the request 88 should be published", "approve_publish_request"),
    ],
)
def test_the_verb_decides_between_tools_for_the_same_thing(query: str, tool: str) -> None:
    assert search(query).tools[0] == tool


def test_each_job_of_several_is_served() -> None:
    found = search("Kill coupon 91220, then add a teacher and rename the Holidays category")
    assert set(found.tools) >= {"delete_coupon", "create_instructor", "update_category"}


def test_what_is_not_understood_of_a_request_does_not_matter() -> None:
    assert search("please xqzwv list all kjhgf groups").tools[0] == "list_groups"


@pytest.mark.parametrize("query", ["", " ", "?!…", "xqzwv kjhgf", "4402", "晶 ☃", "\x00\ud800"])
def test_nothing_is_found_where_no_word_means_anything(query: str) -> None:
    found = search(query)
    assert (found.impossible, found.tools) == ((), ())


def test_only_tools_that_are_offered_are_found() -> None:
    found = search("delete a promotion", offered={"list_promotions", "get_promotion", "nothing_of_ours"})
    assert set(found.tools) == {"list_promotions", "get_promotion"}


def test_a_named_tool_that_is_not_offered_is_not_found() -> None:
    assert "delete_promotion" not in search("delete_promotion", offered=["list_promotions"]).tools


def test_the_nearest_way_is_only_of_tools_that_are_offered() -> None:
    found = search("unenroll a student from a course", offered=["list_enrollments", "list_users"])
    assert ([thing.key for thing in found.impossible], found.tools[0]) == (["unenroll"], "list_enrollments")


def test_a_part_of_the_tools_can_be_searched() -> None:
    assert Search([OPERATIONS["list_orders"]])("who bought what").tools == ("list_orders",)


def test_what_is_said_beyond_the_longest_query_is_not_read() -> None:
    said = "list all groups".ljust(LONGEST_QUERY)
    assert search(f"{said} delete_coupon") == search(said)


@given(st.text())
def test_any_text_can_be_searched(query: str) -> None:
    found = search(query)
    assert len(found.impossible) <= 1
    assert len(set(found.tools)) == len(found.tools) <= MOST_TOOLS
    assert set(found.tools) <= set(NAMES)


SAID = "delete Anna's the coupon code SAVE20 from, which? group 610 and enroll user@x.org $5 not"
WORDS = st.lists(st.sampled_from(SAID.split())).map(" ".join)


@given(WORDS, st.sets(st.sampled_from(NAMES)))
def test_only_offered_tools_are_found_whatever_is_said(query: str, offered: set[str]) -> None:
    assert set(search(query, offered).tools) <= offered
