"""The fields of a result by name."""

from typing import Annotated, Any

import pytest

from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.result import Page, Result
from thinkific_mcp.results import check_fields
from thinkific_mcp.results.fields import keep_fields
from thinkific_mcp.values import AsItCame, DeprecatedText, Integer, Text


class Loaf(Result):
    name: Text = None
    flour: Text = None


class Order(Result):
    id: Integer = None
    email: Text = None
    items: Annotated[list[Loaf] | None, AsItCame] = None
    oven: Loaf | None = None
    settings: Any = None
    old_name: DeprecatedText = None


@pytest.mark.parametrize("name", ["id", "items", "items.name", "oven.flour", "settings.a.b", "old_name"])
@pytest.mark.parametrize("kind", [Order, Page[Order]])
def test_a_field_is_known_by_its_name(kind: Any, name: str) -> None:
    assert check_fields(kind, [name]) == (name,)


@pytest.mark.parametrize(("name", "meant"), [("items.id", "id"), ("items.items.name", "items.name")])
def test_a_field_of_a_list_s_items_may_say_so(name: str, meant: str) -> None:
    assert check_fields(Page[Order], [name]) == (meant,)


def test_a_field_named_twice_is_one() -> None:
    assert check_fields(Page[Order], ["id", "email", "items.id", "id"]) == ("id", "email")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("emial", "there is no emial; did you mean email?"),
        ("items.flor", "there is no items.flor; did you mean items.flour?"),
        ("oven.heat", "there is no oven.heat; known are: oven.name, oven.flour."),
        ("wheat", "there is no wheat; known are: id, email, items, oven, settings."),
        ("email.domain", "there is no email.domain; did you mean email?"),
        ("item.name.x", "there is no item.name.x; did you mean items?"),
        ("", "there is no ; known are: id, email, items, oven, settings."),
        ("settings..a", "there is no settings..a; did you mean settings?"),
        ("a\nb" + "c" * 99, f"there is no a?b{'c' * 57}; known are: id, email, items, oven, settings."),
    ],
)
def test_a_name_that_is_not_known_is_refused_with_what_may_be_meant(name: str, words: str) -> None:
    with pytest.raises(ArgumentError) as refusal:
        check_fields(Page[Order], [name])
    assert str(refusal.value) == f"fields: {words} Nothing was sent."


def test_of_many_unknown_names_some_are_told() -> None:
    with pytest.raises(ArgumentError) as refusal:
        check_fields(Order, ["id", *(f"emai{digit}" for digit in range(9))])
    assert (str(refusal.value).count("did you mean email?"), "4 more are unknown" in str(refusal.value)) == (
        5,
        True,
    )


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ([], {"id": 1, "items": [{"name": "Rye", "flour": "r"}, {"flour": "w"}], "oven": {"name": "Big"}}),
        (["oven", "id"], {"oven": {"name": "Big"}, "id": 1}),
        (["items.name"], {"items": [{"name": "Rye"}, {}]}),
        (["items.name", "items"], {"items": [{"name": "Rye", "flour": "r"}, {"flour": "w"}]}),
        (["items", "items.name"], {"items": [{"name": "Rye", "flour": "r"}, {"flour": "w"}]}),
        (["oven.flour", "email"], {"oven": {}}),
        (["id.of.what"], {}),
    ],
)
def test_only_what_is_named_is_kept(names: list[str], kept: dict[str, Any]) -> None:
    data = {"id": 1, "items": [{"name": "Rye", "flour": "r"}, {"flour": "w"}], "oven": {"name": "Big"}}
    assert keep_fields(data, names) == kept


@pytest.mark.parametrize("data", [None, 7, "Rye", [1, "Rye", {"id": 1}]])
def test_what_is_no_object_has_no_fields(data: Any) -> None:
    assert keep_fields([data], ["id"]) in ([], [[{"id": 1}]])


@pytest.mark.parametrize(
    "names", [[f"settings.a{number}" for number in range(101)], ["settings" + ".a" * 100], ["a" * 201]]
)
def test_more_or_longer_names_than_anybody_needs_are_refused(names: list[str]) -> None:
    with pytest.raises(ArgumentError) as refusal:
        check_fields(Page[Order], names)
    words = "fields: should be at most 100 names of at most 200 characters. Nothing was sent."
    assert str(refusal.value) == words
    assert check_fields(Page[Order], ["id"] * 101) == ("id",)
