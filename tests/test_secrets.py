"""What holds a secret, or refuses one, does not show it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.client import AccessToken
from thinkific_mcp.client.credentials import FileTokens, OAuth, Tokens
from thinkific_mcp.client.credentials.token_endpoint import TokenEndpoint
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.settings import Settings, load_settings, variable

from .leaks import CLIENT_SECRET, KEY, REDIS_PASSWORD, REFRESH_TOKEN, TOKEN, leaked, told

APP = OAuth("my-school", "app", CLIENT_SECRET, FileTokens(Path("tokens")))
SETTINGS = Settings.model_validate(
    {"api_key": KEY, "client_secret": CLIENT_SECRET, "redis_url": f"redis://:{REDIS_PASSWORD}@localhost/0"}
)
SECRET_SETTINGS = ("api_key", "access_token", "client_secret", "redis_url")


@pytest.mark.parametrize(
    "holder",
    [
        ApiKey("my-school", KEY),
        AccessToken(TOKEN),
        Tokens(REFRESH_TOKEN, TOKEN),
        APP,
        TokenEndpoint("https://my-school.thinkific.com/oauth2/token", "app", CLIENT_SECRET),
        SETTINGS,
        vars(Thinkific(ApiKey("my-school", KEY), client_secret=CLIENT_SECRET)),
        vars(Thinkific(APP, client_secret=CLIENT_SECRET)),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_what_holds_a_secret_does_not_show_it(holder: object) -> None:
    assert leaked(f"{holder!r} {holder}") == []


def test_the_site_of_a_token_does_not_give_it_away() -> None:
    assert leaked(AccessToken(TOKEN).site) == []


def refusal(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, Any]) -> str:
    """Return all that is told of settings that are refused."""
    for name, value in variables.items():
        monkeypatch.setenv(variable(name), value)
    with pytest.raises(SettingsError) as caught:
        load_settings({})
    return told(caught.value)


@pytest.mark.parametrize("name", SECRET_SETTINGS)
@pytest.mark.parametrize("flaw", ["{}\nsecond line", "{}é", "{}\x00"])
def test_a_secret_that_is_refused_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, flaw: str
) -> None:
    path = tmp_path / "secret"
    path.write_text(flaw.format(KEY), "utf-8")
    assert leaked(refusal(monkeypatch, {f"{name}_file": path.as_posix()})) == []


@pytest.mark.parametrize("name", SECRET_SETTINGS)
def test_a_secret_that_is_set_twice_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret").write_text(KEY, "utf-8")
    twice = {name: TOKEN, f"{name}_file": (tmp_path / "secret").as_posix()}
    assert leaked(refusal(monkeypatch, twice)) == []


@pytest.mark.parametrize("name", ["base_url", "oauth_url"])
@pytest.mark.parametrize("address", ["https://user:{}@example.com", "http://example.com/{}", "https://[{}"])
def test_an_address_that_is_refused_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    assert leaked(refusal(monkeypatch, {name: address.format(KEY)})) == []


def test_a_secret_in_a_misspelt_setting_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert leaked(refusal(monkeypatch, {"api_kay": KEY})) == []


def test_two_identities_are_refused_without_showing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    assert leaked(refusal(monkeypatch, {"api_key": KEY, "access_token": TOKEN})) == []
