from itertools import combinations
from pathlib import Path
from typing import Any, cast

import pytest

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.settings import Settings, load_settings

SECRET = "k-3f9a-do-not-show"
PLAIN_VALUES: dict[str, Any] = {
    "subdomain": "my-school",
    "client_id": "my-app",
    "refresh_token_file": Path("tokens"),
    "base_url": "https://example.com/api",
    "oauth_url": "https://example.com",
    "sandbox": True,
    "data": Path("school.db"),
    "students": 12,
    "read_only": True,
    "toolsets": ["users", "groups"],
    "tools": ["get_course"],
    "exclude_tools": ["delete_user", "delete_group"],
    "requests_per_minute": 600,
    "max_concurrency": 20,
    "timeout": 2.5,
    "deadline": 12.5,
    "log_level": "ERROR",
}
SECRETS = {
    "api_key": SECRET,
    "access_token": SECRET,
    "client_secret": SECRET,
    "redis_url": f"redis://:{SECRET}@example.com:6379/0",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def as_text(value: Any) -> str:
    return ",".join(cast(list[str], value)) if isinstance(value, list) else str(value)


def refusal(**flags: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(flags)
    return str(caught.value)


def test_every_setting_is_covered_here() -> None:
    files = {f"{name}_file" for name in SECRETS}
    assert set(Settings.model_fields) == {*PLAIN_VALUES, *SECRETS, *files}


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
    "given",
    [
        "my-school",
        " My-School ",
        "my-school.thinkific.com",
        "my-school.thinkific.com/manage/courses",
        "https://my-school.thinkific.com",
        "https://my-school.thinkific.com/manage/settings?tab=api#key",
        "http://user:word@my-school.thinkific.com:443/",
    ],
)
def test_a_pasted_address_is_reduced_to_its_subdomain(given: str) -> None:
    assert load_settings({"subdomain": given}).subdomain == "my-school"


@pytest.mark.parametrize(
    "given",
    ["school.example.com", "-school", "a" * 64, "my school", "a\r\nb", "https://", "https://[a", "https://a℀b"],
)
def test_what_is_no_subdomain_is_refused(environment: pytest.MonkeyPatch, given: str) -> None:
    environment.setenv("THINKIFIC_SUBDOMAIN", given)
    assert refusal() == "THINKIFIC_SUBDOMAIN: should be the my-school of my-school.thinkific.com"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://example.com", "https://example.com/api/public/v1"),
        ("https://example.com/", "https://example.com/api/public/v1"),
        ("https://example.com/thinkific/v1/", "https://example.com/thinkific/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/public/v1"),
        ("http://localhost:8080", "http://localhost:8080/api/public/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/api/public/v1"),
    ],
)
def test_the_path_of_the_api_is_added_to_an_address_without_one(given: str, used: str) -> None:
    assert load_settings({"base_url": given}).base_url == used


@pytest.mark.parametrize(
    "given",
    [
        "http://example.com",
        "http://192.168.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "example.com",
        "https://",
        "https://user:word@example.com",
        "https://:word@example.com",
        "https://@example.com",
        "https://example.com?",
        "https://example.com/v1#",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://[::1",
        "https://example.com:port",
        "https://user:wo/rd@example.com",
        "https://exam\r\nple.com",
        "https://exam ple.com",
    ],
)
def test_an_address_that_would_carry_secrets_in_the_open_is_refused(
    environment: pytest.MonkeyPatch, given: str
) -> None:
    environment.setenv("THINKIFIC_BASE_URL", given)
    message = refusal()
    assert message.startswith("THINKIFIC_BASE_URL: ") and "word" not in message


@pytest.mark.parametrize("given", ["http://example.com", "https://user:word@example.com", "ftp://127.0.0.1"])
def test_an_oauth_address_that_would_carry_secrets_in_the_open_is_refused(
    environment: pytest.MonkeyPatch, given: str
) -> None:
    environment.setenv("THINKIFIC_OAUTH_URL", given)
    message = refusal()
    assert message.startswith("THINKIFIC_OAUTH_URL: ") and "word" not in message


def test_oauth_endpoints_on_this_machine_go_with_an_api_on_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_OAUTH_URL", "http://127.0.0.1:8080/")
    assert refusal() == "THINKIFIC_OAUTH_URL is on this machine: THINKIFIC_BASE_URL has to be too"
    environment.setenv("THINKIFIC_BASE_URL", "http://127.0.0.1:8080")
    assert load_settings({}).oauth_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize("given", ["my:app", "my app", "my\napp", "mÿ-app"])
def test_a_client_id_that_no_request_can_carry_is_refused(environment: pytest.MonkeyPatch, given: str) -> None:
    environment.setenv("THINKIFIC_CLIENT_ID", given)
    assert refusal() == "THINKIFIC_CLIENT_ID: should be one word of plain characters without a colon"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_read_from_its_variable(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(f"THINKIFIC_{name.upper()}", f" {SECRETS[name]}\n")
    assert getattr(load_settings({}), name).get_secret_value() == SECRETS[name]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_read_from_the_file_that_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret").write_text(f"{SECRETS[name]}\n", "utf-8")
    environment.setenv(f"THINKIFIC_{name.upper()}_FILE", str(tmp_path / "secret"))
    assert getattr(load_settings({}), name).get_secret_value() == SECRETS[name]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_comes_from_one_place_only(environment: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    environment.setenv(f"THINKIFIC_{name.upper()}", SECRET)
    environment.setenv(f"THINKIFIC_{name.upper()}_FILE", str(tmp_path / "secret"))
    assert refusal() == f"set either THINKIFIC_{name.upper()} or THINKIFIC_{name.upper()}_FILE"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not text"])
def test_a_file_without_a_secret_is_refused(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    environment.setenv("THINKIFIC_API_KEY_FILE", str(path))
    assert refusal() == "THINKIFIC_API_KEY_FILE cannot be read"


@pytest.mark.parametrize("broken", [f"{SECRET}\r\nX-Injected: 1", f"{SECRET}é", " ", f"{SECRET}\x1b"])
def test_a_secret_that_no_header_can_carry_is_refused_unseen(environment: pytest.MonkeyPatch, broken: str) -> None:
    environment.setenv("THINKIFIC_API_KEY", broken)
    assert refusal() == "THINKIFIC_API_KEY is not one line of plain characters"


@pytest.mark.parametrize(
    "address", ["example.com:6379", "http://example.com", "redis://", f"{SECRET}://example.com"]
)
def test_an_address_of_redis_that_is_none_is_refused_unseen(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("THINKIFIC_REDIS_URL", address)
    assert refusal() == "THINKIFIC_REDIS_URL should be an address such as redis://host:6379/0"


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


@pytest.mark.parametrize("kinds", list(combinations(["API_KEY", "ACCESS_TOKEN", "REFRESH_TOKEN_FILE"], 2)))
def test_two_kinds_of_credentials_at_once_are_refused_unseen(
    environment: pytest.MonkeyPatch, kinds: tuple[str, str]
) -> None:
    for kind in kinds:
        environment.setenv(f"THINKIFIC_{kind}", SECRET)
    message = refusal()
    assert message.startswith("two kinds of credentials are set") and SECRET not in message


def test_the_sandbox_needs_no_choice_between_credentials(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_API_KEY", SECRET)
    environment.setenv("THINKIFIC_ACCESS_TOKEN", SECRET)
    assert load_settings({"sandbox": True}).sandbox


@pytest.mark.parametrize("name", SECRETS)
def test_settings_do_not_show_their_secrets(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(f"THINKIFIC_{name.upper()}", SECRETS[name])
    settings = load_settings({})
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"


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


def test_a_variable_of_something_else_is_left_alone(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_UNKNOWN", "1")
    assert not load_settings({}).sandbox


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("THINKIFIC_READONLY", "THINKIFIC_READ_ONLY"),
        ("THINKIFIC_TOOLSET", "THINKIFIC_TOOLSETS"),
        ("thinkific_excludetools", "THINKIFIC_EXCLUDE_TOOLS"),
    ],
)
def test_a_misspelt_setting_is_refused_rather_than_missed(
    environment: pytest.MonkeyPatch, given: str, meant: str
) -> None:
    environment.setenv(given, "s3cret")
    assert refusal() == f"{given} is not a setting: did you mean {meant}?"


@pytest.mark.parametrize(
    "name", ["THINKIFIC_CONFIRM", "THINKIFIC_JOURNAL", "THINKIFIC_STUDIO_THEME", "thinkific_tools"]
)
def test_what_is_no_slip_of_the_pen_is_let_be(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "list_users")
    load_settings({})
