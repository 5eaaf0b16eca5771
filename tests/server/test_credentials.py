"""From settings to credentials: what is enough, and what is said when it is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import AccessToken, ApiKey
from thinkific_mcp.client.credentials import FileTokens
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running
from thinkific_mcp.server import check_upstream, open_upstream
from thinkific_mcp.server.upstream import credentials
from thinkific_mcp.settings import load_settings

APP = {"subdomain": "sandbox", "client_id": "sandbox", "client_secret": "sandbox"}


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text("sandbox-refresh\n")
    return path


@pytest.fixture
def address() -> Iterator[str]:
    sandbox = Sandbox(students=1)
    with running(sandbox) as address:
        yield address
    sandbox.close()


def refusal(**flags: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        check_upstream(load_settings(flags))
    return str(caught.value)


def test_a_key_goes_with_its_subdomain() -> None:
    assert credentials(load_settings({"subdomain": "my-school", "api_key": "k"})) == ApiKey("my-school", "k")


def test_an_access_token_shares_the_budget_of_the_subdomain_that_is_set() -> None:
    settings = load_settings({"subdomain": "my-school", "access_token": "t"})
    assert credentials(settings) == AccessToken("t", "my-school")


async def test_a_refresh_token_file_is_all_that_an_app_needs(address: str, tokens: Path) -> None:
    flags = {**APP, "refresh_token_file": tokens, "base_url": address, "oauth_url": address}
    async with open_upstream(load_settings(flags)) as thinkific:
        assert (await thinkific(GetCourse(course_id=3))).id == 3
    kept = FileTokens(tokens).load()
    assert kept is not None and kept.refresh_token == "sandbox-refresh-1"


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (["subdomain"], "THINKIFIC_SUBDOMAIN"),
        (["client_id"], "THINKIFIC_CLIENT_ID"),
        (["client_secret"], "THINKIFIC_CLIENT_SECRET"),
        (["client_id", "client_secret"], "THINKIFIC_CLIENT_ID and THINKIFIC_CLIENT_SECRET"),
        (list(APP), "THINKIFIC_SUBDOMAIN and THINKIFIC_CLIENT_ID and THINKIFIC_CLIENT_SECRET"),
    ],
)
def test_what_an_app_lacks_is_named(tokens: Path, missing: list[str], named: str) -> None:
    flags = {name: value for name, value in APP.items() if name not in missing}
    message = refusal(**flags, refresh_token_file=tokens)
    assert message == f"THINKIFIC_REFRESH_TOKEN_FILE is not enough: set {named} too."


def test_an_app_without_its_file_is_told_before_anything_starts(tmp_path: Path) -> None:
    message = refusal(**APP, refresh_token_file=tmp_path / "tokens")
    assert message == f"There is no file {tmp_path / 'tokens'}: put the app's refresh token there."


def test_a_file_without_a_refresh_token_is_told_before_anything_starts(tokens: Path) -> None:
    tokens.write_text("")
    assert "holds no refresh token" in refusal(**APP, refresh_token_file=tokens)


def test_an_app_without_a_refresh_token_file_is_told_what_to_set() -> None:
    assert "THINKIFIC_REFRESH_TOKEN_FILE" in refusal(**APP)
