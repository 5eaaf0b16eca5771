import socket
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .conftest import DEMO, Run
from .findings import ACCOUNT, findings, host_entry


def test_with_the_demo_school_everything_is_well(run: Run, journal: Path) -> None:
    outcome = run("doctor", *DEMO)
    assert (outcome.code, outcome.err) == (0, "")
    assert findings(outcome) == {
        "settings": "ok    the embedded demo school, no account",
        "budget": "ok    none, the embedded demo school takes any number of requests",
        "tools": "ok    79 are offered",
        "confirmation": "ok    a person is asked about destructive changes; where the host cannot ask, "
        "by a code from its preview",
        "journal": f"ok    changes are written down in {journal}, for 90 days",
        "undo": "ok    undo_change takes back what it can; an update costs one request more for it",
        "Thinkific": "ok    answers; the school has 16 courses",
        "site scripts": "ok    can be read",
    }


def test_with_a_right_key_everything_is_well(examined: Any, address: str) -> None:
    outcome = examined(**ACCOUNT)
    settings = f"ok    the API key of sandbox.thinkific.com, at {address}/api/public/v1"
    assert (outcome.code, findings(outcome)["settings"]) == (0, settings)


@pytest.mark.parametrize(
    ("variables", "budget"),
    [
        ({}, "120 requests a minute, 10 at once, for this process alone; a call ends within 45 seconds"),
        (
            {
                "THINKIFIC_REQUESTS_PER_MINUTE": "60",
                "THINKIFIC_MAX_CONCURRENCY": "20",
                "THINKIFIC_REDIS_URL": "redis://127.0.0.1:9/0",
                "THINKIFIC_DEADLINE": "9",
            },
            "60 requests a minute, 20 at once, shared with other processes in Redis; a call ends within 9 seconds",
        ),
    ],
)
def test_the_budget_is_told(examined: Any, variables: dict[str, str], budget: str) -> None:
    given = {**ACCOUNT, "THINKIFIC_BASE_URL": "http://127.0.0.1:9", **variables}
    assert findings(examined(**given))["budget"] == f"ok    {budget}"


def test_an_app_that_renews_its_tokens_is_told_and_needs_no_other_key(
    examined: Any, address: str, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text("sandbox-refresh", "utf-8")
    outcome = examined(
        THINKIFIC_SUBDOMAIN="sandbox",
        THINKIFIC_CLIENT_ID="sandbox",
        THINKIFIC_CLIENT_SECRET="sandbox",
        THINKIFIC_REFRESH_TOKEN_FILE=str(tmp_path / "tokens"),
        THINKIFIC_OAUTH_URL=address,
    )
    found = findings(outcome)
    assert (outcome.code, found["Thinkific"]) == (0, "ok    answers; the school has 16 courses")
    assert found["settings"].startswith("ok    an app that renews its tokens, on sandbox.thinkific.com, at ")
    environment = host_entry(outcome)["env"]
    assert environment["THINKIFIC_REFRESH_TOKEN_FILE"] == str(tmp_path / "tokens")
    assert "THINKIFIC_API_KEY" not in environment


def test_a_narrowed_offer_is_told(run: Run) -> None:
    assert findings(run("doctor", "--read-only", "--toolsets", "groups", *DEMO))["tools"] == (
        "ok    3 are offered, none that changes anything"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"THINKIFIC_SUBDOMAIN": "sandbox", "THINKIFIC_API_KEY": "guessed"},
        {"THINKIFIC_SUBDOMAIN": "elsewhere", "THINKIFIC_API_KEY": "sandbox"},
        {"THINKIFIC_ACCESS_TOKEN": "guessed"},
    ],
    ids=["key", "subdomain", "token"],
)
def test_a_401_is_told_with_both_its_meanings(examined: Any, wrong: dict[str, str]) -> None:
    outcome = examined(**wrong)
    found = findings(outcome)["Thinkific"]
    assert (outcome.code, found.startswith("FAIL  ")) == (1, True)
    assert "(401)" in found and "token is wrong" in found and "plan has no API access" in found


def test_a_403_of_the_plan_is_told_as_such(examined: Any) -> None:
    outcome = examined(THINKIFIC_ACCESS_TOKEN="sandbox-without-apps")
    found = findings(outcome)["Thinkific"]
    assert outcome.code == 1
    assert found.startswith("FAIL  The site's Thinkific plan does not allow this (403).") and "scope" not in found


def test_a_403_of_a_missing_scope_is_no_failure(examined: Any) -> None:
    outcome = examined(THINKIFIC_ACCESS_TOKEN="sandbox-without-scope")
    found = findings(outcome)
    assert (outcome.code, found["Thinkific"].startswith("ok")) == (0, True)
    assert found["site scripts"] == "note  not with these credentials: they need OAuth with write:site_scripts"


def test_another_trouble_with_site_scripts_is_told_as_it_is(examined: Any, address: str) -> None:
    fault = {"kind": "status", "status": 500, "match": "GET /site_scripts"}
    httpx2.post(f"{address}/_sandbox/faults", json=fault)
    outcome = examined(**ACCOUNT)
    found = findings(outcome)["site scripts"]
    assert (outcome.code, found.startswith("note  Thinkific failed (500).")) == (0, True)


def test_a_thinkific_that_cannot_be_reached_is_told(examined: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = examined(**ACCOUNT, THINKIFIC_BASE_URL=f"http://127.0.0.1:{port}")
    found = findings(outcome)["Thinkific"]
    assert (outcome.code, found.startswith("FAIL  Thinkific cannot be reached")) == (1, True)


def test_proxies_that_cannot_be_used_are_told_unseen(examined: Any) -> None:
    proxied = {"THINKIFIC_BASE_URL": "https://127.0.0.1:9", "HTTPS_PROXY": "gopher://user:s3cret@proxy"}
    outcome = examined(**ACCOUNT, **proxied)
    found = findings(outcome)["Thinkific"]
    assert (outcome.code, "proxy or certificates" in found, "s3cret" in outcome.out) == (1, True, False)


def test_an_unknown_tool_is_told(run: Run) -> None:
    outcome = run("doctor", "--tools", "lessons", *DEMO)
    assert (outcome.code, findings(outcome)["settings"].startswith("FAIL  There is no tool 'lessons'")) == (
        1,
        True,
    )


def test_settings_that_cannot_be_read_are_refused(examined: Any) -> None:
    outcome = examined(**ACCOUNT, THINKIFIC_BASE_URL="http://example.com")
    assert (outcome.code, outcome.out, outcome.err.startswith("thinkific-mcp: THINKIFIC_BASE_URL")) == (
        2,
        "",
        True,
    )


@pytest.mark.parametrize(
    "variables",
    [
        {"THINKIFIC_SUBDOMAIN": "sandbox", "THINKIFIC_API_KEY": "k3y-s3cret"},
        {"THINKIFIC_ACCESS_TOKEN": "t0ken-s3cret"},
        {**ACCOUNT, "THINKIFIC_CLIENT_SECRET": "cl1ent-s3cret"},
    ],
    ids=["key", "token", "client secret"],
)
def test_no_secret_is_ever_printed(examined: Any, variables: dict[str, str]) -> None:
    outcome = examined("--log-level", "DEBUG", **variables)
    assert "s3cret" not in outcome.out + outcome.err


def test_a_demo_school_that_cannot_be_opened_is_a_finding(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("No school, but some words of at least a hundred bytes. " * 3)
    found = run("doctor", *DEMO, "--data", str(tmp_path / "notes.txt"))
    assert (found.code, "FAIL  Thinkific: " in found.out, "notes.txt" in found.out) == (1, True, True)
    assert host_entry(found)
