from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.api import OPERATIONS, TOOLSETS
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server import offered, select
from thinkific_mcp.settings import load_settings

some_toolsets = st.lists(st.sampled_from(list(TOOLSETS)), max_size=4)
some_tools = st.lists(st.sampled_from(list(OPERATIONS)), max_size=6)


def names(*, toolsets: list[str], tools: list[str], exclude_tools: list[str], read_only: bool) -> list[str]:
    chosen = select(toolsets=toolsets, tools=tools, exclude_tools=exclude_tools, read_only=read_only)
    return [operation.spec.name for operation in chosen]


@given(some_toolsets, some_tools, some_tools, st.booleans())
def test_toolsets_and_tools_add_up_exclusions_subtract_and_read_only_beats_all(
    toolsets: list[str], tools: list[str], exclude_tools: list[str], read_only: bool
) -> None:
    def is_offered(name: str) -> bool:
        spec = OPERATIONS[name].spec
        if read_only and spec.method != "GET":
            return False
        if name in exclude_tools:
            return False
        return name in tools or spec.toolset in toolsets or not (tools or toolsets)

    chosen = names(toolsets=toolsets, tools=tools, exclude_tools=exclude_tools, read_only=read_only)
    assert chosen == [name for name in OPERATIONS if is_offered(name)]


def test_without_a_wish_everything_is_offered() -> None:
    assert len(select()) == 77


def test_the_settings_are_what_is_wished() -> None:
    wish: dict[str, Any] = {
        "toolsets": ["courses"],
        "tools": ["get_user", "delete_user"],
        "exclude_tools": ["get_chapter"],
        "read_only": True,
    }
    assert [operation.spec.name for operation in offered(load_settings(wish))] == names(**wish)


def test_an_unknown_toolset_is_answered_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(SettingsError) as caught:
        select(toolsets=["course"])
    expected = "There is no toolset 'course'. Did you mean courses? Valid toolsets: " + ", ".join(TOOLSETS) + "."
    assert str(caught.value) == expected


@pytest.mark.parametrize("wish", ["tools", "exclude_tools"])
def test_an_unknown_tool_is_answered_with_the_nearest_and_all_there_are(wish: str) -> None:
    with pytest.raises(SettingsError) as caught:
        offered(load_settings({wish: "get_curse"}))
    valid = ", ".join([*OPERATIONS, "list_changes", "undo_change"])
    assert str(caught.value) == f"There is no tool 'get_curse'. Did you mean get_course? Valid tools: {valid}."


# The tools of the journal


def offered_names(**wish: Any) -> list[str]:
    return [offer.spec.name for offer in offered(load_settings(wish))]


def test_where_changes_are_written_down_there_are_two_tools_more() -> None:
    assert offered_names() == [*OPERATIONS, "list_changes", "undo_change"]


@pytest.mark.parametrize("off", ["off", " OFF "])
def test_without_a_journal_there_are_only_the_operations(off: str) -> None:
    assert offered_names(journal=off) == list(OPERATIONS)


def test_they_are_a_toolset() -> None:
    assert offered_names(toolsets="changes") == ["list_changes", "undo_change"]


def test_read_only_lists_changes_and_takes_none_back() -> None:
    assert offered_names(toolsets="changes", read_only=True) == ["list_changes"]


@pytest.mark.parametrize("wish", [{"tools": "undo_change"}, {"tools": "list_changes"}, {"toolsets": "changes"}])
def test_to_wish_for_them_without_a_journal_is_refused_with_what_to_set(wish: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        offered(load_settings({**wish, "journal": "off"}))
    (name,) = wish.values()
    assert str(caught.value) == f"{name} needs the journal, which is off: set THINKIFIC_JOURNAL to a file."


def test_to_leave_them_out_needs_no_journal() -> None:
    assert offered_names(journal="off", exclude_tools="undo_change") == list(OPERATIONS)
