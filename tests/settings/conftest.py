from typing import Any

import pytest

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.settings import load_settings

SECRET = "k-3f9a-do-not-show"
SECRETS = {
    "api_key": SECRET,
    "access_token": SECRET,
    "client_secret": SECRET,
    "redis_url": f"redis://:{SECRET}@example.com:6379/0",
    "state_keys": f"{SECRET}-{SECRET}",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def refusal(**flags: Any) -> str:
    """Return what is said of settings that are wrong."""
    with pytest.raises(SettingsError) as caught:
        load_settings(flags)
    return str(caught.value)
