import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.client.credentials import FileTokens, Tokens
from thinkific_mcp.errors import SettingsError

SECRET = "s3cret-7313"
TOKENS = Tokens(SECRET, f"{SECRET}-access", 1_768_467_600.5, refreshing=True)

printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200)


def refusal(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        FileTokens(path).load()
    return str(caught.value)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    FileTokens(tmp_path / "tokens").save(TOKENS)
    assert FileTokens(tmp_path / "tokens").load() == TOKENS


@given(
    refresh_token=printable,
    access_token=st.none() | printable,
    expires_at=st.none() | st.floats(0, 1e11),
    refreshing=st.booleans(),
)
def test_any_tokens_survive_the_file(
    tmp_path_factory: pytest.TempPathFactory,
    refresh_token: str,
    access_token: str | None,
    expires_at: float | None,
    refreshing: bool,
) -> None:
    tokens = Tokens(refresh_token, access_token, expires_at, refreshing)
    file = FileTokens(tmp_path_factory.getbasetemp() / "any-tokens")
    file.save(tokens)
    assert file.load() == tokens


@pytest.mark.parametrize("content", [SECRET, f"  {SECRET}\r\n", f"\ufeff{SECRET}\n"])
def test_a_refresh_token_alone_is_enough(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokens").write_text(content, "utf-8")
    assert FileTokens(tmp_path / "tokens").load() == Tokens(SECRET)


def test_a_refresh_token_in_json_is_enough(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(json.dumps({"refresh_token": SECRET, "scope": "a"}), "utf-8")
    assert FileTokens(tmp_path / "tokens").load() == Tokens(SECRET)


@pytest.mark.parametrize("written", [{"access_token": "a b", "expires_at": "soon"}, {"expires_at": True}])
def test_what_is_unusable_beside_a_refresh_token_is_left_out(tmp_path: Path, written: dict[str, object]) -> None:
    (tmp_path / "tokens").write_text(json.dumps({"refresh_token": SECRET, **written}), "utf-8")
    assert FileTokens(tmp_path / "tokens").load() == Tokens(SECRET)


def test_without_a_file_nobody_signed_in_yet(tmp_path: Path) -> None:
    assert FileTokens(tmp_path / "tokens").load() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        f"{SECRET} {SECRET}".encode(),
        f"{SECRET}\n{SECRET}".encode(),
        f"{SECRET}\x1b".encode(),
        f'{{"refresh_token": "{SECRET}'.encode(),
        f'{{"refresh_token":"{SECRET}"'.encode(),
        f'{{"access_token": "{SECRET}"}}'.encode(),
        f'{{"refresh_token": ["{SECRET}"]}}'.encode(),
        b'{"a":' * 3_000,
        SECRET.encode() + b"\xff",
        SECRET.encode("utf-16"),
        SECRET.encode() * 20_000,
    ],
)
def test_a_file_without_a_refresh_token_is_refused_unseen(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokens").write_bytes(content)
    message = refusal(tmp_path / "tokens")
    assert message == f"{tmp_path / 'tokens'} holds no refresh token: put one there, with nothing else."


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-file"
    path.write_bytes(content)
    try:
        tokens = FileTokens(path).load()
    except SettingsError:
        return
    assert tokens is not None and tokens.refresh_token.isprintable()


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} cannot be read (IsADirectoryError)."


def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(SECRET)
    path.chmod(0o644)
    FileTokens(path).save(TOKENS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    with pytest.raises(SettingsError, match=r"cannot be written \(IsADirectoryError\)"):
        FileTokens(folder).save(TOKENS)
    assert (os.listdir(tmp_path), os.listdir(folder)) == (["folder"], ["below"])


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make the file and its folder writable"):
        FileTokens(tmp_path / "missing" / "tokens").save(TOKENS)


def test_a_linked_file_is_replaced_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "tokens").write_text(SECRET)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "tokens")
    FileTokens(tmp_path / "link").save(TOKENS)
    assert (tmp_path / "link").is_symlink()
    assert FileTokens(tmp_path / "elsewhere" / "tokens").load() == TOKENS


def test_tokens_do_not_show_themselves() -> None:
    assert SECRET not in f"{TOKENS} {TOKENS!r}"
