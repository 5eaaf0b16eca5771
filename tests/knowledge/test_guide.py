"""The guide names what there is, and says what the API cannot do."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.guard.changes import CHANGES
from thinkific_mcp.knowledge.guide import GUIDE
from thinkific_mcp.knowledge.impossible import IMPOSSIBLE
from thinkific_mcp.results.fields import check_fields, fields_of, record_kind

NAMED = sorted(set(re.findall("`([^`]+)`", GUIDE)))


def names_there_are() -> Iterator[str]:
    """Yield the names of all tools, arguments, and fields of results."""
    for offer in [*OPERATIONS.values(), *CHANGES]:
        yield offer.spec.name
        yield from offer.model_fields
        yield from fields_of(record_kind(offer.result_type()))


def fields_there_are(name: str) -> Iterator[Any]:
    """Yield the results that have a field of a field."""
    for operation in OPERATIONS.values():
        try:
            check_fields(operation.result_type(), [name])
        except Exception:
            continue
        yield operation


@pytest.mark.parametrize("name", [name for name in NAMED if "." not in name])
def test_a_name_in_the_guide_is_that_of_a_tool_an_argument_or_a_field(name: str) -> None:
    assert name in {*names_there_are(), "limit", "fields"}


@pytest.mark.parametrize("name", [name for name in NAMED if "." in name])
def test_a_nested_field_in_the_guide_is_one_of_a_result(name: str) -> None:
    assert next(fields_there_are(name), None)


@pytest.mark.parametrize("each", IMPOSSIBLE, ids=lambda each: each.what)
def test_the_guide_says_what_cannot_be_done(each: Any) -> None:
    assert f"\n- {each.answer}\n" in GUIDE


def test_tools_in_the_guide_stand_out() -> None:
    told = GUIDE.partition("## What the API cannot do")[0]
    assert set(re.findall(r"\w+", told)) & set(OPERATIONS) == set(NAMED) & set(OPERATIONS)


def test_the_guide_is_short_enough_to_be_read_at_once() -> None:
    assert len(GUIDE.encode()) < 10_000
