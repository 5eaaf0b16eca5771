import pytest

from thinkific_mcp.settings import load_settings

from .conftest import refusal


def test_a_way_to_confirm_that_there_is_not_is_refused_with_those_there_are(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("THINKIFIC_CONFIRM", "maybe")
    assert refusal() == "THINKIFIC_CONFIRM: should be 'destructive', 'writes' or 'never'"
    assert refusal(confirm="maybe") == "--confirm: should be 'destructive', 'writes' or 'never'"


@pytest.mark.parametrize(("given", "is_on"), [("off", False), ("on", True), ("false", False), ("1", True)])
@pytest.mark.parametrize("name", ["confirm_codes", "undo"])
def test_what_is_on_by_default_can_be_switched_off(
    environment: pytest.MonkeyPatch, name: str, given: str, is_on: bool
) -> None:
    assert getattr(load_settings({}), name) is True
    environment.setenv(f"THINKIFIC_{name.upper()}", given)
    assert getattr(load_settings({}), name) is is_on


def test_without_a_wish_destructive_changes_are_asked_about_and_sent() -> None:
    settings = load_settings({})
    assert (settings.confirm, settings.dry_run) == ("destructive", False)
