from pathlib import Path
from typing import Any

import pytest

from .conftest import DEMO, Run
from .findings import ACCOUNT, findings, host_entry


def test_without_an_account_it_is_told_what_to_set(run: Run) -> None:
    outcome = run("doctor")
    assert (outcome.code, list(findings(outcome))) == (1, ["settings"])
    assert findings(outcome)["settings"].startswith("FAIL  No Thinkific account is set: ")
    assert host_entry(outcome)["env"] == {
        "THINKIFIC_SUBDOMAIN": "<my-school>",
        "THINKIFIC_API_KEY": "<your API key>",
    }


def test_a_host_is_told_how_to_start_the_server_with_an_account(examined: Any, address: str) -> None:
    entry = host_entry(examined("--read-only", "--toolsets", "users,groups", **ACCOUNT))
    assert entry["args"] == ["--read-only", "--toolsets", "users,groups"]
    assert entry["env"] == {
        "THINKIFIC_SUBDOMAIN": "sandbox",
        "THINKIFIC_API_KEY": "<your API key>",
        "THINKIFIC_BASE_URL": f"{address}/api/public/v1",
    }


def test_a_host_is_told_where_an_access_token_goes(examined: Any) -> None:
    entry = host_entry(examined(THINKIFIC_ACCESS_TOKEN="sandbox"))
    assert entry["env"]["THINKIFIC_ACCESS_TOKEN"] == "<your access token>"


def test_a_host_is_told_the_files_that_hold_secrets(examined: Any, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("sandbox", "utf-8")
    files = {"THINKIFIC_API_KEY_FILE": str(path), "THINKIFIC_CLIENT_SECRET_FILE": str(path)}
    assert files.items() <= host_entry(examined(THINKIFIC_SUBDOMAIN="sandbox", **files))["env"].items()


def test_a_host_is_told_where_the_app_s_secret_goes(examined: Any) -> None:
    entry = host_entry(examined(**ACCOUNT, THINKIFIC_CLIENT_SECRET="sandbox"))
    assert entry["env"]["THINKIFIC_CLIENT_SECRET"] == "<your client secret>"


def test_a_host_is_told_the_file_of_the_demo_school_in_full(
    run: Run, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.chdir(tmp_path)
    entry = host_entry(run("doctor", *DEMO, "--data", "school.db"))
    assert entry["args"] == ["--sandbox", "--data", str(tmp_path / "school.db"), "--students", "5"]


def test_a_host_of_the_demo_school_needs_no_environment(run: Run) -> None:
    entry = host_entry(run("doctor", *DEMO))
    assert ("env" in entry, entry["args"][0]) == (False, "--sandbox")


def test_a_host_is_told_how_changes_are_guarded(examined: Any, environment: Any, tmp_path: Path) -> None:
    environment.chdir(tmp_path)
    guarded = {
        "THINKIFIC_CONFIRM_CODES": "off",
        "THINKIFIC_JOURNAL": "changes/",
        "THINKIFIC_UNDO": "off",
    }
    entry = host_entry(examined("--confirm", "writes", "--dry-run", **ACCOUNT, **guarded))
    assert entry["args"] == ["--confirm", "writes", "--dry-run"]
    told = {**guarded, "THINKIFIC_JOURNAL": str(tmp_path / "changes" / "journal.jsonl")}
    assert told.items() <= entry["env"].items()


def test_a_host_of_the_demo_school_is_told_that_the_journal_is_off(run: Run, environment: Any) -> None:
    environment.setenv("THINKIFIC_JOURNAL", "OFF")
    assert host_entry(run("doctor", *DEMO))["env"] == {"THINKIFIC_JOURNAL": "off"}
