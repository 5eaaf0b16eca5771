from pathlib import Path
from typing import Any, cast

import pytest

from thinkific_mcp.settings import Settings, load_settings

from .conftest import SECRETS, refusal

PLAIN_VALUES: dict[str, Any] = {
    "subdomain": "my-school",
    "client_id": "my-app",
    "refresh_token_file": Path("tokens"),
    "base_url": "https://example.com/api",
    "oauth_url": "https://example.com",
    "sandbox": True,
    "data": Path("school.db"),
    "students": 12,
    "surface": "search",
    "text": "json",
    "result_limit": 5000,
    "read_only": True,
    "toolsets": ["users", "groups"],
    "tools": ["get_course"],
    "exclude_tools": ["delete_user", "delete_group"],
    "confirm": "writes",
    "confirm_codes": False,
    "dry_run": True,
    "journal": "changes.jsonl",
    "undo": False,
    "requests_per_minute": 600,
    "max_concurrency": 20,
    "timeout": 2.5,
    "deadline": 12.5,
    "log_level": "ERROR",
    "sites": ["my-school", "other-school"],
    "http_tokens_file": Path("tokens"),
    "jwt_scope_claim": "scp",
    "public_url": "https://mcp.example.com/mcp",
    "allowed_hosts": ["mcp.example.com", "10.0.0.1:8000"],
    "allowed_origins": ["https://app.example.com"],
    "trusted_proxies": ["10.0.0.0/8", "::1"],
    "http_requests_per_minute": 60,
    "http_body_limit": 5000,
    "http_timeout": 2.5,
    "http_connections": 10,
    "http_sessions": True,
}
TOGETHER = {"jwt_issuer", "jwt_audience", "jwks_url", "jwt_scopes"}  # see test_hosting.py


def as_text(value: Any) -> str:
    return ",".join(cast(list[str], value)) if isinstance(value, list) else str(value)


def test_every_setting_is_covered_here() -> None:
    files = {f"{name}_file" for name in SECRETS}
    assert set(Settings.model_fields) == {*PLAIN_VALUES, *SECRETS, *files, *TOGETHER}


@pytest.mark.parametrize("name", PLAIN_VALUES)
def test_a_setting_is_read_from_the_environment(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(f"THINKIFIC_{name.upper()}", as_text(PLAIN_VALUES[name]))
    assert getattr(load_settings({}), name) == PLAIN_VALUES[name]


@pytest.mark.parametrize("name", PLAIN_VALUES)
def test_an_empty_variable_is_as_good_as_none(environment: pytest.MonkeyPatch, name: str) -> None:
    unset = getattr(load_settings({}), name)
    environment.setenv(f"THINKIFIC_{name.upper()}", "")
    assert getattr(load_settings({}), name) == unset


@pytest.mark.parametrize(
    ("name", "in_environment", "flag", "expected"),
    [
        ("students", "12", "7", 7),
        ("tools", "get_course", "get_user", ["get_user"]),
        ("read_only", "false", True, True),
        ("log_level", "ERROR", "info", "INFO"),
        ("data", "a.db", "b.db", Path("b.db")),
    ],
)
def test_a_flag_beats_the_environment(
    environment: pytest.MonkeyPatch, name: str, in_environment: str, flag: Any, expected: Any
) -> None:
    environment.setenv(f"THINKIFIC_{name.upper()}", in_environment)
    assert getattr(load_settings({name: flag}), name) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("requests_per_minute", "0"),
        ("requests_per_minute", "1.5"),
        ("max_concurrency", "0"),
        ("deadline", "-1"),
        ("deadline", "nan"),
        ("deadline", "inf"),
        ("timeout", "0"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(f"THINKIFIC_{name.upper()}", value)
    assert refusal().startswith(f"THINKIFIC_{name.upper()}: ")


@pytest.mark.parametrize(
    ("given", "has_budget"),
    [({}, True), ({"sandbox": True}, False), ({"sandbox": True, "requests_per_minute": 120}, True)],
)
def test_only_an_embedded_school_goes_without_a_budget_where_none_is_set(
    given: dict[str, Any], has_budget: bool
) -> None:
    assert load_settings(given).has_budget is has_budget


def test_names_in_a_list_may_stand_apart(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_TOOLS", " get_course , ,get_user,")
    assert load_settings({}).tools == ["get_course", "get_user"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("students", "0"),
        ("students", "50001"),
        ("students", "many"),
        ("timeout", "0"),
        ("timeout", "601"),
        ("timeout", "inf"),
        ("timeout", "nan"),
        ("read_only", "perhaps"),
        ("log_level", "LOUD"),
    ],
)
def test_a_value_out_of_range_is_refused_by_the_name_of_its_variable(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(f"THINKIFIC_{name.upper()}", value)
    assert refusal().startswith(f"THINKIFIC_{name.upper()}: should be ")


def test_a_wrong_flag_is_refused_by_its_own_name(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_LOG_LEVEL", "INFO")
    assert refusal(log_level="LOUD").startswith("--log-level: should be 'DEBUG'")


def test_everything_wrong_is_said_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_STUDENTS", "0")
    environment.setenv("THINKIFIC_TIMEOUT", "0")
    assert [problem.partition(":")[0] for problem in refusal().split("; ")] == [
        "THINKIFIC_STUDENTS",
        "THINKIFIC_TIMEOUT",
    ]
