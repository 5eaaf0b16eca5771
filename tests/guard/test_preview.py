"""Every write has a preview: at the demo school, without an answer, and with answers of any shape."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.examples import demo_sandbox
from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.api.groups import GroupAnalysts
from thinkific_mcp.api.users import User
from thinkific_mcp.change import Consequences, Look
from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.guard.preview import fingerprint, is_typed, preview_of, state_of
from thinkific_mcp.operation import Operation, PathId
from thinkific_mcp.result import Page

from .previews import WRITES, Answers, Looked, complete, page, previewed

EXAMPLES = [(tool, arguments) for tool in WRITES for arguments in complete(tool)]
ONCE = [(tool, complete(tool)[-1]) for tool in WRITES]
OF_ITS_OWN = {
    "update_bundle_enrollment": "bundle 2, user 8",
    "approve_publish_request": "id 3",
    "deny_publish_request": "id 4",
    "add_analysts_to_group": "id 4",
    "remove_analyst_from_group": "group 3, user 9",
    "remove_group_from_analyst": "user 10, group 3",
    "refund_external_order": "id 2",
    "purchase_external_order": "id 3",
}
NEW = [tool for tool in WRITES if OPERATIONS[tool].spec.target is None and tool not in OF_ITS_OWN]


def test_there_are_38_writes() -> None:
    assert len(WRITES) == 38


@pytest.mark.parametrize(("tool", "arguments"), EXAMPLES)
async def test_a_preview_costs_three_requests_at_most_and_changes_nothing(
    tool: str, arguments: dict[str, Any]
) -> None:
    sandbox = demo_sandbox()
    look = Looked(sandbox)
    await previewed(tool, arguments, look)
    assert len(sandbox.requests) == len(look.reads) <= 3
    assert {(request.method, request.status) for request in sandbox.requests} <= {("GET", 200)}


@pytest.mark.parametrize(("tool", "arguments"), EXAMPLES)
async def test_a_preview_begins_with_the_act_and_what_it_is_done_to(tool: str, arguments: dict[str, Any]) -> None:
    first = (await previewed(tool, arguments)).text.splitlines()[0]
    assert first.startswith(OPERATIONS[tool].spec.title)
    if tool in NEW:
        assert first == OPERATIONS[tool].spec.title
    elif tool in OF_ITS_OWN:
        assert first.endswith(f"({OF_ITS_OWN[tool]})")
    else:
        assert '"' in first
        assert "(id " in first


@pytest.mark.parametrize(("tool", "arguments"), EXAMPLES)
async def test_a_preview_names_every_argument_or_its_target_by_it(tool: str, arguments: dict[str, Any]) -> None:
    text = (await previewed(tool, arguments)).text
    written = {"custom_profile_fields": "custom field", "currency": "smallest unit"}
    missing = [name for name in arguments if written.get(name, name) not in text]
    read = OPERATIONS[tool].spec.target
    ids = {name for name, place in OPERATIONS[tool].places().items() if place.where == "path"}
    assert set(missing) <= ids | set(read.model_fields if read else ())


@pytest.mark.parametrize(("tool", "arguments"), EXAMPLES)
async def test_no_preview_shows_a_password(tool: str, arguments: dict[str, Any]) -> None:
    if "password" in OPERATIONS[tool].model_fields:
        arguments = arguments | {"password": "hunter2 horse"}
    preview = await previewed(tool, arguments)
    assert "hunter2" not in repr(preview)


@pytest.mark.parametrize(("tool", "arguments"), ONCE)
async def test_a_preview_tells_whether_the_write_can_be_taken_back(tool: str, arguments: dict[str, Any]) -> None:
    undo = OPERATIONS[tool].spec.undo
    last = (await previewed(tool, arguments)).text.splitlines()[-1]
    assert last == (f"- undo_change can take it back: {undo}." if undo else "- Cannot be undone here.")


@pytest.mark.parametrize(("tool", "arguments"), ONCE)
async def test_without_a_journal_no_preview_promises_an_undo(tool: str, arguments: dict[str, Any]) -> None:
    text = (await previewed(tool, arguments, can_undo=False)).text
    assert "undo_change" not in text
    assert text.endswith("- Cannot be undone here.") != bool(OPERATIONS[tool].spec.undo)


@pytest.mark.parametrize(("tool", "arguments"), ONCE)
async def test_a_preview_can_say_nothing_of_an_undo(tool: str, arguments: dict[str, Any]) -> None:
    told = (await previewed(tool, arguments)).text.splitlines()
    said = [line for line in told if not line.startswith(("- undo_change", "- Cannot be undone"))]
    assert (await previewed(tool, arguments, can_undo=None)).text.splitlines() == said


@pytest.mark.parametrize(("tool", "arguments"), ONCE)
async def test_a_preview_is_made_where_nothing_can_be_read(tool: str, arguments: dict[str, Any]) -> None:
    look = Looked(demo_sandbox(), fails=True)
    preview = await previewed(tool, arguments, look)
    assert preview.text.startswith(OPERATIONS[tool].spec.title)
    assert preview.seen == ""
    assert len(look.reads) <= 3


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["12", "0.5", '"', "\n- Cannot be undone here.", "x" * 5000]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(
    {
        name
        for operation in OPERATIONS.values()
        if operation.spec.effect == "read"
        for name in getattr(operation.result_type(), "model_fields", {})
    }
    | {"items", "meta", "user_name", "course_name", "full_name", "code", "quantity_used", "custom_profile_fields"}
)
RECORDS = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=12)
ODD = JSON | RECORDS | st.fixed_dictionaries({"items": st.lists(RECORDS, max_size=4)})
READS = [name for name, operation in OPERATIONS.items() if operation.spec.effect == "read"]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(EXAMPLES),
    st.dictionaries(st.sampled_from(READS), ODD, max_size=len(READS)),
    ODD,
)
async def test_no_answer_whatsoever_breaks_a_preview_or_leaves_its_line(
    example: tuple[str, dict[str, Any]], answers: dict[str, Any], rest: Any
) -> None:
    tool, arguments = example
    preview = await previewed(tool, arguments, Answers(dict.fromkeys(READS, rest) | answers))
    first, *lines = preview.text.splitlines()
    assert len(preview.text) <= 4000
    assert first.startswith(OPERATIONS[tool].spec.title)
    assert all(line.startswith(("- ", "    ")) for line in lines)
    assert all(cleaned(line) == line and line.count('"') % 2 == 0 for line in [first, *lines])
    assert json.dumps(preview.kept)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["first_name", "last_name", "company", "headline", "bio", "external_source", "avatar_url"]
        ),
        st.text(max_size=6000) | st.just("x" * 6000),
    ),
    st.integers(0, 2000),
)
async def test_no_argument_makes_a_preview_too_long_or_pushes_out_what_counts(
    texts: dict[str, str], fields: int
) -> None:
    custom = [{"custom_profile_field_definition_id": number + 1, "value": "y" * 300} for number in range(fields)]
    arguments = {"user_id": "13", "roles": ["affiliate"] * 50 + ["site_admin"], "custom_profile_fields": custom}
    text = (
        await previewed("update_user", texts | arguments, Answers({"get_user": {"full_name": "Ada" * 99}}))
    ).text
    assert len(text) <= 4000
    assert '"site_admin"' in text
    assert text.splitlines()[-1].startswith("- undo_change")


async def test_long_texts_are_cut_before_any_argument_is_left_out() -> None:
    names = ["first_name", "last_name", "company", "headline", "bio", "avatar_url", "external_source"]
    affiliate = {"affiliate_code": "z" * 5000, "affiliate_commission": 5, "affiliate_commission_type": "%"}
    custom = [{"custom_profile_field_definition_id": number, "value": "x" * 300} for number in range(1, 16)]
    arguments = dict.fromkeys(names, "x" * 5000) | affiliate | {"user_id": "13", "roles": ["site_admin"]}
    known = {"get_user": dict.fromkeys(names, "y" * 5000)}
    fields = {"custom_profile_fields": custom}
    text = (await previewed("update_user", arguments | fields, Answers(known))).text
    assert len(text) <= 4000
    assert "more" in text.partition("custom field 4")[2]
    assert [name for name in arguments if f"- {name}: " not in text] == ["user_id"]
    assert "left out" not in text


class DeleteShelf(Operation[None], delete="/shelves/{id}", undo="puts up another"):
    """Delete a shelf."""

    shelf_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        return Consequences([f"Book {number} falls down." for number in range(1000)])


async def test_what_does_not_fit_is_said_to_be_left_out() -> None:
    preview = await preview_of(DeleteShelf(shelf_id=3), Answers({}), can_undo=True)
    told = preview.text.splitlines()
    assert 3900 < len(preview.text) <= 4000
    assert told[:2] == ["Delete shelf (id 3)", "- Book 0 falls down."]
    assert told[-2:] == ["- More is left out here.", "- undo_change can take it back: puts up another."]


@pytest.mark.parametrize("odd", [0, -5, 10**30, True, "x", None, [], {}])
async def test_no_id_that_thinkific_answers_is_asked_for_unless_it_is_one(odd: Any) -> None:
    answers = {
        "get_user": {"id": odd},
        "get_coupon": {"promotion_id": odd},
        "get_publish_request": {"product_id": odd, "requesting_user_id": odd},
    }
    assert (await previewed("delete_user", {"user_id": "x-1", "provider": "SSO"}, Answers(answers))).text
    assert "promotion unknown" in (await previewed("delete_coupon", {"coupon_id": 3}, Answers(answers))).text
    approve = {"publish_request_id": 3, "user_id": 1}
    assert "product unknown" in (await previewed("approve_publish_request", approve, Answers(answers))).text


async def test_a_count_of_thousands_of_digits_leaves_room_for_the_rest() -> None:
    answers = {"list_users": page(total=10**3900), "list_group_analysts": {"group_analysts": [8]}}
    text = (await previewed("delete_group", {"group_id": 5}, Answers(answers))).text
    assert "1 analyst loses sight of their data." in text
    assert len(text) < 400


def test_a_state_is_what_was_found_as_plain_data() -> None:
    assert state_of(None) == {}
    assert state_of(User(id=1, bio=None, email="a@b.c")) == {"id": 1, "email": "a@b.c"}
    assert state_of(Page[User](items=[User(id=1)], total_items=1)) == {"items": [{"id": 1}]}
    assert state_of(GroupAnalysts(group_analysts=[3])) == {"group_analysts": [3]}


def test_nothing_has_no_fingerprint() -> None:
    assert fingerprint({}) == ""


def test_a_fingerprint_does_not_hang_on_order_or_on_when_it_was_touched() -> None:
    one = {"a": 1, "b": [{"c": 2, "updated_at": "2026"}], "updated_at": "2026"}
    assert fingerprint(one) == fingerprint({"updated_at": "2027", "b": [{"c": 2}], "a": 1})


@given(st.dictionaries(st.text(max_size=3), JSON, min_size=1))
def test_another_state_has_another_fingerprint(state: dict[str, Any]) -> None:
    assert fingerprint(state) != fingerprint(state | {"one more": 1})


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ada Lovelace", "ada  lovelace "),
        ("Siobhán O'Rourke-D'Arcy", "Siobhan ORourke D Arcy"),
        ("Jørgen Łukasz", "jorgen lukasz"),
        ("Luna 🥐", "luna"),
        ('Robin "ok, confirmed" Vale', "robin ok confirmed vale"),
        ("Straße", "STRASSE"),
        ("ada@example.com", "ada@example.com"),
    ],
)
def test_a_name_is_typed_without_case_spaces_accents_and_odd_characters(name: str, typed: str) -> None:
    assert is_typed(name, typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Ada", "Adam"), ("Ada", ""), ("🥐", ""), ("", ""), ("Ada", "yes"), ("🥐", "🥐"), ("Ada", "Ada" + " " * 998)],
)
def test_another_name_is_not_the_name(name: str, typed: str) -> None:
    assert not is_typed(name, typed)
