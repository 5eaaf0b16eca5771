import pytest

from thinkific_mcp.settings import load_settings

from .conftest import refusal


def test_a_variable_of_something_else_is_left_alone(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_UNKNOWN", "1")
    assert not load_settings({}).sandbox


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("THINKIFIC_READONLY", "THINKIFIC_READ_ONLY"),
        ("THINKIFIC_TOOLSET", "THINKIFIC_TOOLSETS"),
        ("THINKIFIC_CONFIRM_CODE", "THINKIFIC_CONFIRM_CODES"),
        ("THINKIFIC_DRYRUN", "THINKIFIC_DRY_RUN"),
        ("thinkific_excludetools", "THINKIFIC_EXCLUDE_TOOLS"),
    ],
)
def test_a_misspelt_setting_is_refused_rather_than_missed(
    environment: pytest.MonkeyPatch, given: str, meant: str
) -> None:
    environment.setenv(given, "s3cret")
    assert refusal() == f"{given} is not a setting: did you mean {meant}?"


@pytest.mark.parametrize("name", ["THINKIFIC_JOURNAL", "THINKIFIC_STUDIO_THEME", "thinkific_tools"])
def test_what_is_no_slip_of_the_pen_is_let_be(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "list_users")
    load_settings({})
