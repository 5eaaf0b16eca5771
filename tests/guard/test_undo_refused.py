"""What cannot be undone says why, and what comes back only in part says what is lost."""

from collections.abc import Mapping
from typing import Any

import pytest

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.change import State, Step
from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.guard.journal import Change
from thinkific_mcp.guard.undo import WHY_NOT, operation_of, step_operation, undoing_of

from ..server.examples import EXAMPLES, demo_sandbox
from .changes import a_change, change, site

RENAMED = {"user_id": "13", "first_name": "Ina"}
USER: State = {"id": 13, "first_name": "Ida", "email": "ida@example.com"}


def reason(found: Change) -> str:
    """Return why a change cannot be undone."""
    with pytest.raises(ArgumentError) as caught:
        undoing_of(found)
    return str(caught.value)


async def losses(tool: str, arguments: Mapping[str, Any]) -> str:
    """Return what is lost where a write over the demo school is undone."""
    async with site(demo_sandbox()) as thinkific:
        return " ".join(undoing_of(await change(thinkific, tool, arguments)).losses)


def test_what_was_undone_is_not_undone_again() -> None:
    done = a_change("update_user", RENAMED, USER, undone_by="c-2")
    assert reason(done) == "c-1 was already undone, by c-2."


def test_what_was_refused_changed_nothing() -> None:
    assert "was refused and changed nothing" in reason(a_change("update_user", RENAMED, USER, outcome="refused"))


def test_where_the_outcome_is_not_known_a_read_tells_first() -> None:
    unknown = reason(a_change("update_user", RENAMED, USER, outcome="unknown"))
    assert "Look with get_user (user_id) first" in unknown


@pytest.mark.parametrize("tool", sorted(name for name, kind in OPERATIONS.items() if not kind.spec.undo))
def test_what_cannot_be_undone_says_why(tool: str) -> None:
    asked = a_change(tool, EXAMPLES[tool].required, {"id": 1}, {"id": 1})
    assert reason(asked) == f"c-1 cannot be undone. {WHY_NOT.get(tool, 'Reads change nothing.')}"


def test_there_is_a_reason_for_each_write_that_cannot_be_undone_and_for_no_other() -> None:
    writes = {name for name, kind in OPERATIONS.items() if kind.spec.effect != "read"}
    assert set(WHY_NOT) == {name for name in writes if not OPERATIONS[name].spec.undo}


@pytest.mark.parametrize("tool", sorted(name for name, kind in OPERATIONS.items() if kind.spec.undo))
def test_nothing_is_undone_without_knowing_what_was(tool: str) -> None:
    assert "cannot be undone" in reason(a_change(tool, EXAMPLES[tool].complete[0].arguments))


@pytest.mark.parametrize(
    ("tool", "arguments", "before"),
    [
        ("add_products_to_category", {"category_id": 2, "product_ids": [1]}, {"id": 2, "product_ids": [1, 3]}),
        ("remove_products_from_category", {"category_id": 2, "product_ids": [4]}, {"id": 2, "product_ids": [1]}),
        ("add_analysts_to_group", {"group_id": 3, "user_ids": [9]}, {"group_analysts": [9]}),
        ("remove_analyst_from_group", {"group_id": 3, "user_id": 9}, {"group_analysts": [8]}),
        ("update_user", RENAMED, {**USER, "first_name": "Ina"}),
        ("update_enrollment", {"enrollment_id": 1}, {"id": 1}),
    ],
)
def test_what_changed_nothing_has_nothing_to_undo(
    tool: str, arguments: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    assert reason(a_change(tool, arguments, before)) == "c-1 cannot be undone. It changed nothing."


def test_the_state_of_another_record_is_not_put_back() -> None:
    found = {"items": [{"id": 5, "expiry_date": "2027-01-15T00:00:00Z"}]}
    done = a_change("update_enrollment", {"enrollment_id": 5, "expiry_date": "2026-01-15"}, found)
    assert "was not read" in reason(done)


async def test_a_password_does_not_come_back() -> None:
    told = await losses("update_user", {"user_id": "13", "first_name": "Ina", "password": "levain 1987"})
    assert told == "The former password cannot come back."


def test_a_password_alone_cannot_be_undone_and_is_never_sent() -> None:
    done = a_change("update_user", {"user_id": "13", "password": "levain 1987"}, USER)
    assert reason(done) == "c-1 cannot be undone. The former password cannot come back."


def test_the_steps_of_an_undo_hold_no_password() -> None:
    done = a_change("update_user", {**RENAMED, "password": "levain 1987"}, USER)
    assert [dict(step.arguments) for step in undoing_of(done).steps] == [{"user_id": "13", "first_name": "Ida"}]


def test_a_write_of_the_journal_stands_without_its_password() -> None:
    done = a_change("update_user", {**RENAMED, "password": "levain 1987"}, USER)
    assert operation_of(done).model_dump(mode="json")["password"] == "(not shown)"


async def test_what_cannot_be_emptied_is_named() -> None:
    told = await losses("update_user", {"user_id": "13", "first_name": "Ina", "affiliate_code": "INA"})
    assert told == "affiliate_code was empty before and cannot be emptied again."


async def test_an_expiry_that_was_not_there_may_stay() -> None:
    told = await losses("update_enrollment", {"enrollment_id": 2, "expiry_date": "2026-07-01"})
    assert "Thinkific may not lift the one that was set" in told


async def test_a_trial_does_not_come_back() -> None:
    arguments = {"enrollment_id": 3, "activated_at": "2026-02-01", "expiry_date": "2026-05-01"}
    assert "activated_at was empty before and cannot be emptied again." in await losses(
        "update_enrollment", arguments
    )


async def test_a_new_promotion_applies_to_all_products() -> None:
    told = await losses("delete_promotion", {"promotion_id": 7})
    assert told == (
        "It gets a new id. It applies to all products: Thinkific does not tell which ones it applied to."
    )


def test_what_thinkific_tells_of_a_promotion_s_products_comes_back() -> None:
    before = {"id": 2, "name": "A", "discount_type": "fixed", "amount": 5, "product_ids": [3]}
    undoing = undoing_of(a_change("delete_promotion", {"promotion_id": 2}, before))
    assert (undoing.steps[0].arguments["product_ids"], undoing.losses) == ([3], ["It gets a new id."])


def test_coupons_beyond_what_an_undo_can_make_stay_deleted() -> None:
    coupons = [{"id": n, "code": f"C{n}", "quantity_used": n % 2} for n in range(1, 26)]
    before = {"id": 2, "name": "A", "discount_type": "fixed", "amount": 5, "coupons": coupons, "coupons_total": 40}
    undoing = undoing_of(a_change("delete_promotion", {"promotion_id": 2}, before))
    made = [step for step in undoing.steps if step.operation.spec.name == "create_coupon"]
    assert len(undoing.steps) <= 20
    assert undoing.losses[-1] == f"{40 - len(made)} of its coupons stay deleted."


def test_a_promotion_that_coupons_were_moved_to_is_not_deleted() -> None:
    arguments = {"name": "A", "discount_type": "fixed", "amount": 5, "coupon_ids": [2]}
    assert "deleting it would delete them too" in reason(a_change("create_promotion", arguments, made={"id": 9}))


def test_many_coupons_are_not_deleted_one_by_one() -> None:
    made = {"items": [{"id": n} for n in range(1, 22)]}
    done = a_change("create_coupons_in_bulk", {"promotion_id": 2, "bulk_quantity": 21}, made=made)
    assert "At most 20 coupons" in reason(done)


def test_many_enrollments_are_not_put_back_one_by_one() -> None:
    before = {"items": [{"id": n, "expiry_date": "2027-01-15T00:00:00Z"} for n in range(1, 22)]}
    arguments = {"bundle_id": 2, "user_id": 8, "expiry_date": "2026-01-15"}
    assert "more enrollments than the 20" in reason(a_change("update_bundle_enrollment", arguments, before))


def test_a_required_value_that_cannot_be_set_again_stays_as_it_is() -> None:
    before = {"id": 6, "name": "Early bird", "discount_type": "free", "amount": 20}
    arguments = {"promotion_id": 6, "name": "Late bird", "discount_type": "fixed", "amount": 30}
    undoing = undoing_of(a_change("update_promotion", arguments, before))
    assert undoing.steps[0].arguments["discount_type"] == "fixed"
    assert undoing.losses == ["The former discount_type cannot be set again."]


def test_a_tool_that_is_not_there_any_more_is_named_as_such() -> None:
    assert "not there any more" in reason(a_change("rename_user", {}))


def test_a_step_takes_the_id_that_an_earlier_one_made() -> None:
    step = Step(OPERATIONS["create_coupon"], {"code": "A"}, {"promotion_id": 1})
    made = [{"id": 3}, {"id": 4}]
    assert step_operation(step, made).model_dump(mode="json") == {"code": "A", "promotion_id": 4}


def test_a_step_whose_forerunner_told_no_id_is_refused() -> None:
    step = Step(OPERATIONS["create_coupon"], {"code": "A"}, {"promotion_id": 0})
    with pytest.raises(ArgumentError, match="promotion_id"):
        step_operation(step, [{}])


def test_a_later_step_that_cannot_be_sent_stops_the_undo_before_its_first() -> None:
    before = {"id": 2, "name": "A", "description": "", "slug": "a", "product_ids": ["x"]}
    assert "does not take this product_ids" in reason(a_change("delete_category", {"category_id": 2}, before))
