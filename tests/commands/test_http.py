"""When `thinkific-mcp http` does not start."""

from pathlib import Path

import pytest

from .conftest import Run

ACCOUNT = {"THINKIFIC_SUBDOMAIN": "my-school", "THINKIFIC_API_KEY": "k-3f9a-do-not-show"}
NO_TOKENS = (
    "Other machines reach --host 0.0.0.0, and anybody could call: set THINKIFIC_HTTP_TOKENS_FILE, or "
    "THINKIFIC_JWT_ISSUER with its audience and keys; or listen at 127.0.0.1."
)


def refusal(run: Run, environment: pytest.MonkeyPatch, command: str, **variables: str) -> str:
    for name, value in variables.items():
        environment.setenv(name, value)
    outcome = run(*command.split())
    assert (outcome.code, outcome.out) == (2, "")
    return outcome.err.removeprefix("thinkific-mcp: ").rstrip()


@pytest.mark.parametrize("account", [ACCOUNT, {"THINKIFIC_SANDBOX": "on"}])
def test_a_school_is_not_opened_to_other_machines_without_tokens(
    account: dict[str, str], run: Run, environment: pytest.MonkeyPatch
) -> None:
    assert refusal(run, environment, "http --host 0.0.0.0", **account) == NO_TOKENS


def test_other_schools_beside_it_do_not_open_it(run: Run, environment: pytest.MonkeyPatch) -> None:
    assert refusal(run, environment, "http --host 0.0.0.0 --sites any", **ACCOUNT) == NO_TOKENS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THINKIFIC_PUBLIC_URL", "https://mcp.example.com/mcp"),
        ("THINKIFIC_TRUSTED_PROXIES", "10.0.0.1"),
        ("THINKIFIC_ALLOWED_HOSTS", "mcp.example.com"),
    ],
)
def test_a_school_is_not_opened_behind_a_proxy_without_tokens(
    name: str, value: str, run: Run, environment: pytest.MonkeyPatch
) -> None:
    said = refusal(run, environment, "http", **ACCOUNT, **{name: value})
    assert said.startswith(f"{name} says that others reach this server, and anybody could call")


@pytest.mark.parametrize(
    ("name", "value"),
    [("THINKIFIC_HTTP_TOKENS_FILE", "tokens"), ("THINKIFIC_PUBLIC_URL", "https://mcp.example.com/mcp")],
)
def test_what_would_guard_nothing_is_refused(
    name: str, value: str, run: Run, environment: pytest.MonkeyPatch
) -> None:
    said = refusal(run, environment, "http --sites any", **{name: value})
    assert said.startswith(f"{name} is for /mcp, which needs a school of yours")


def test_without_any_school_it_says_what_to_set(run: Run, environment: pytest.MonkeyPatch) -> None:
    said = refusal(run, environment, "http")
    assert said.startswith("No school is set: set THINKIFIC_SUBDOMAIN and THINKIFIC_API_KEY")
    assert "--sites" in said and "--sandbox" in said


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("http --sandbox --port 70000", "--port should be from 0 to 65535"),
        ("http --sandbox --toolsets kourses", "Did you mean courses?"),
        ("http --sites a.b", "--sites: should be subdomains"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    command: str, words: str, run: Run, environment: pytest.MonkeyPatch
) -> None:
    assert words in refusal(run, environment, command)


def test_a_tokens_file_that_cannot_be_used_is_named(
    tmp_path: Path, run: Run, environment: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tokens"
    file.write_text("alice 123 read", "utf-8")
    said = refusal(run, environment, "http --port 0", **ACCOUNT, THINKIFIC_HTTP_TOKENS_FILE=str(file))
    assert "THINKIFIC_HTTP_TOKENS_FILE" in said and "line 1" in said
