from importlib.metadata import version
from pathlib import Path

import pytest

from thinkific_mcp.settings import Settings

from .conftest import DEMO, Outcome, Run, in_a_process

COMMANDS = ("call", "tools", "http", "sandbox", "journal", "token", "doctor")
NO_ACCOUNT = (
    "thinkific-mcp: No Thinkific account is set: set THINKIFIC_SUBDOMAIN and THINKIFIC_API_KEY "
    "(or THINKIFIC_ACCESS_TOKEN), or try it without an account: --sandbox.\n"
)


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version") == Outcome(0, f"thinkific-mcp {version('thinkific-mcp')}\n", "")


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help").out
    assert [command for command in COMMANDS if f"\n    {command} " not in shown] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(run: Run, command: str) -> None:
    helped = run(command, "--help")
    assert (helped.code, helped.out.split()[:3]) == (0, ["usage:", "thinkific-mcp", command])


def test_help_describes_every_flag_in_the_words_of_its_setting(run: Run) -> None:
    shown = " ".join(run("--help").out.split())
    flags = [
        "sandbox",
        "data",
        "students",
        "read_only",
        "toolsets",
        "tools",
        "exclude_tools",
        "confirm",
        "dry_run",
        "log_level",
    ]
    assert [name for name in flags if (Settings.model_fields[name].description or "?") not in shown] == []


def test_without_an_account_the_server_ends_with_one_line_before_any_byte_of_the_protocol() -> None:
    assert in_a_process() == Outcome(2, "", NO_ACCOUNT)


@pytest.mark.parametrize("command", [(), ("call", "list_courses")], ids=["serve", "call"])
def test_what_needs_an_account_says_what_to_set(run: Run, command: tuple[str, ...]) -> None:
    assert run(*command) == Outcome(2, "", NO_ACCOUNT)


@pytest.mark.parametrize(
    ("given", "missing"), [("SUBDOMAIN", "THINKIFIC_API_KEY"), ("API_KEY", "THINKIFIC_SUBDOMAIN")]
)
def test_half_an_account_is_told_its_other_half(
    run: Run, environment: pytest.MonkeyPatch, given: str, missing: str
) -> None:
    environment.setenv(f"THINKIFIC_{given}", "my-school")
    assert run().err.startswith(f"thinkific-mcp: {missing} is not set: ")


def test_two_kinds_of_credentials_at_once_end_the_server(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_API_KEY", "s3cret")
    environment.setenv("THINKIFIC_ACCESS_TOKEN", "s3cret")
    outcome = run()
    assert (outcome.code, outcome.out, "two kinds of credentials" in outcome.err) == (2, "", True)


def test_an_unknown_toolset_ends_the_server_before_it_starts(run: Run) -> None:
    outcome = run("--sandbox", "--toolsets", "lessons")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)


def test_flags_may_stand_before_the_command_and_after_it(run: Run) -> None:
    before = run("--read-only", "tools", "--toolsets", "groups").out
    assert before == run("tools", "--toolsets", "groups", "--read-only").out != run("tools").out


@pytest.mark.parametrize(
    "arguments", [("lessons",), ("--sandboxed",), ("--read", "tools"), ("call",), ("sandbox", "--port", "x")]
)
def test_what_is_no_command_line_is_refused_with_the_usage(run: Run, arguments: tuple[str, ...]) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out, outcome.err.startswith("usage: ")) == (2, "", True)


def test_a_flag_out_of_range_is_refused_by_its_name(run: Run) -> None:
    assert run("tools", "--students", "0").err.startswith("thinkific-mcp: --students: should be ")


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_level_of_logging_shows_a_student_s_address(level: str, address: str) -> None:
    account = {"THINKIFIC_BASE_URL": address, "THINKIFIC_ACCESS_TOKEN": "sandbox"}
    listed = in_a_process(
        "call", "list_users", '{"email": "margit@example.com"}', "--log-level", level, environment=account
    )
    assert "Margit" in listed.out and "margit" not in listed.err


def test_a_terminal_that_cannot_show_a_character_gets_its_escape() -> None:
    listed = in_a_process("call", "list_courses", *DEMO, environment={"PYTHONIOENCODING": "ascii"})
    assert (listed.code, listed.out.splitlines()[-1]) == (0, r"items 1\u201316 of 16")


@pytest.mark.parametrize("command", [("call", "list_courses"), ("sandbox", "--port", "0"), ()])
def test_a_file_that_is_no_school_is_refused_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("No school, but some words of at least a hundred bytes. " * 3)
    outcome = in_a_process(*command, "--sandbox", "--data", str(path))
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert outcome.err.startswith(f"thinkific-mcp: {path} cannot be opened as a school")
