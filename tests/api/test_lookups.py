"""Which read finds an id, and which shows what became of a write."""

from typing import Any

import pytest

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.api.lookups import finder, may_have_been_made, names_something, witness
from thinkific_mcp.operation import Operation

from ..server.examples import EXAMPLES

WRITES = sorted(name for name, operation in OPERATIONS.items() if operation.spec.effect != "read")
ARGUMENTS = sorted({name for operation in OPERATIONS.values() for name in operation.model_fields})
NAMING = [name for name in ARGUMENTS if name.endswith(("_id", "_ids", "_code", "_names"))]
IN_PATHS = {
    name
    for operation in OPERATIONS.values()
    for name, place in operation.places().items()
    if place.where == "path"
}
# An id or a code that the call gives to Thinkific, and that need not be there.
GIVEN = {"external_id", "affiliate_code"}


def example(tool: str) -> Operation[Any]:
    """Return the complete call of a tool."""
    return OPERATIONS[tool].model_validate(EXAMPLES[tool].complete[0].arguments)


@pytest.mark.parametrize("tool", [tool for tool in WRITES if "external_order" not in tool])
def test_what_became_of_a_write_is_shown_by_a_read_that_takes_what_is_named(tool: str) -> None:
    lookup = witness(example(tool))
    assert lookup is not None
    read = OPERATIONS[lookup.tool]
    named = set(filter(None, lookup.hint.split(", ")))
    assert (read.spec.effect, named - set(read.model_fields)) == ("read", set())


@pytest.mark.parametrize("tool", [tool for tool in WRITES if "external_order" in tool])
def test_what_became_of_an_external_order_is_shown_by_nothing(tool: str) -> None:
    asked = example(tool)
    assert (witness(asked), "neither a tool nor a Thinkific report tells" in may_have_been_made(asked)) == (
        None,
        True,
    )


@pytest.mark.parametrize(
    ("tool", "shown_by"),
    [
        ("create_group", "list_groups"),
        ("update_coupon", "get_coupon (coupon_id)"),
        ("delete_user", "get_user (user_id, provider)"),
        ("create_enrollment", "list_enrollments (user_id, course_id)"),
        ("create_coupons_in_bulk", "list_coupons (promotion_id)"),
        ("update_bundle_enrollment", "list_bundle_enrollments (bundle_id, user_id)"),
        ("approve_publish_request", "get_publish_request (publish_request_id)"),
        ("remove_analyst_from_group", "list_group_analysts (group_id)"),
        ("remove_products_from_category", "list_category_products (category_id)"),
        ("add_groups_to_analyst", "list_group_analysts (group_id)"),
        ("add_user_to_groups", "list_users (group_id)"),
    ],
)
def test_the_nearest_read_is_named_with_what_it_takes_of_the_call(tool: str, shown_by: str) -> None:
    assert str(witness(example(tool))) == shown_by


def test_a_read_is_not_told_to_take_what_the_call_has_not() -> None:
    assert str(witness(OPERATIONS["delete_user"].model_validate({"user_id": "7"}))) == "get_user (user_id)"


def test_where_to_look_is_said_by_the_names_of_arguments_only() -> None:
    asked = OPERATIONS["delete_user"].model_validate({"user_id": "crm-7313", "provider": "SSO"})
    assert may_have_been_made(asked) == (
        "The change may have been made all the same: look with get_user (user_id, provider) before you try again."
    )


@pytest.mark.parametrize("argument", sorted({*NAMING, *IN_PATHS} - GIVEN - {"provider", "external_order_id"}))
def test_every_id_is_found_by_a_list(argument: str) -> None:
    lookup = finder(argument)
    assert lookup is not None
    assert (OPERATIONS[lookup.tool].spec.effect, lookup.tool.startswith("list_")) == ("read", True)


@pytest.mark.parametrize(
    ("argument", "found_by"),
    [
        ("course_id", "list_courses"),
        ("user_ids", "list_users"),
        ("category_id", "list_categories"),
        ("coupon_code", "list_coupons"),
        ("group_names", "list_groups"),
        ("chapter_id", "list_course_chapters"),
        ("content_id", "list_chapter_contents"),
        ("bundle_id", "list_products (productable_id)"),
    ],
)
def test_an_id_is_found_by_the_list_of_its_kind(argument: str, found_by: str) -> None:
    assert str(finder(argument)) == found_by


def test_an_external_order_is_found_by_nothing_though_it_is_something() -> None:
    assert (names_something("external_order_id"), finder("external_order_id")) == (True, None)


def test_other_arguments_name_nothing() -> None:
    assert {name for name in ARGUMENTS if names_something(name)} == set(NAMING) - GIVEN
