from itertools import combinations
from pathlib import Path

import pytest

from thinkific_mcp.settings import load_settings

from .conftest import SECRET, SECRETS, refusal


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
