"""The file of callers' bearer tokens: whom it lets in, what it may hold, and what becomes of changes."""

import logging
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.http.callers import Caller
from thinkific_mcp.server.http.tokens_file import TokensFile

from ...leaks import told

ALICE = Caller("alice", frozenset({"read", "write"}))
BOB = Caller("bob", frozenset({"destructive"}))


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


A = f"alice {digest('token-a')} read,write\n"
B = f"bob {digest('token-b')} destructive\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(A + B, "utf-8")
    return path


def hold(path: Path, content: str | bytes) -> None:
    """Make this the file's content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def remove(path: Path) -> None:
    path.unlink()


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def refusal(path: Path, content: str | bytes) -> str:
    """Return what is said of a file at start."""
    hold(path, content)
    with pytest.raises(SettingsError) as caught:
        TokensFile(path)
    assert "s3cret" not in told(caught.value)
    return str(caught.value)


async def test_a_token_lets_in_whose_it_is(path: Path) -> None:
    tokens = TokensFile(path)
    assert [await tokens.caller_of(token) for token in ("token-a", "token-b")] == [ALICE, BOB]


@pytest.mark.parametrize(
    "token", ["", "token", "token-a ", "Token-a", "tokén", "alice", digest("token-a"), "\udcff"]
)
async def test_anything_else_lets_nobody_in(path: Path, token: str) -> None:
    hold(path, A + f"eve {digest('')} read\nzoe {digest('tokén')} read\n")
    assert await TokensFile(path).caller_of(token) is None


@pytest.mark.parametrize(
    "content",
    [
        f"# who may call\n#{B}\n{A}",
        f"\ufeff{A}",
        A.replace(" ", "\t \t").replace("\n", "\r\n"),
        f"   {A}   # \xe9\n",
        A.rstrip(),
        A.replace(digest("token-a"), digest("token-a").upper()),
        A.replace("read,write", "write,read,write"),
    ],
)
async def test_comments_blanks_and_capitals_do_not_matter(path: Path, content: str) -> None:
    hold(path, content)
    assert await TokensFile(path).caller_of("token-a") == ALICE


DIGEST = digest("token")
WORDS = "it should be NAME SHA256 SCOPES, with scopes as in read,write,destructive"
NAME = "the name should be one printable word of at most 100 characters, no #"
HEX = "the SHA-256 should be 64 hexadecimal digits"
SCOPES = "the scopes should be some of read,write,destructive"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("names3cret", WORDS),
        (f"names3cret {DIGEST}", WORDS),
        (f"names3cret {DIGEST} read, write", WORDS),
        (f"names3cret {DIGEST} read # s3cret", WORDS),
        (f"{'n' * 101} {DIGEST} read", NAME),
        (f"names3cret\x07 {DIGEST} read", NAME),
        (f"https://idp.example.com#names3cret {DIGEST} read", NAME),
        (f"names3cret\u202e {DIGEST} read", NAME),
        ("names3cret tokens3cret read", HEX),
        (f"names3cret {DIGEST}0 read", HEX),
        (f"names3cret {DIGEST[:-1]}g read", HEX),
        (f"names3cret {DIGEST} scopes3cret", SCOPES),
        (f"names3cret {DIGEST} read,", SCOPES),
        (f"names3cret {DIGEST} READ", SCOPES),
        (f"alice {DIGEST} read", "an earlier line has this name"),
        (f"names3cret {digest('token-a').upper()} read", "an earlier line has this SHA-256"),
    ],
)
def test_a_wrong_line_is_told_by_number_and_rule(path: Path, line: str, rule: str) -> None:
    assert refusal(path, f"# tokens\n{A}\n{line}\n{B}") == f"THINKIFIC_HTTP_TOKENS_FILE, line 4: {rule}."


def test_a_line_that_is_no_text_is_wrong(path: Path) -> None:
    wrong = f"\xffs3cret {DIGEST} read".encode("latin-1")
    assert refusal(path, wrong) == f"THINKIFIC_HTTP_TOKENS_FILE, line 1: {NAME}."


@pytest.mark.parametrize("content", ["", "# nobody yet\n\n"])
def test_a_file_that_names_nobody_is_refused_at_start(path: Path, content: str) -> None:
    assert refusal(path, content).startswith("THINKIFIC_HTTP_TOKENS_FILE names nobody")


def test_a_file_that_is_too_long_is_refused(path: Path) -> None:
    assert refusal(path, A + "#" * 1_000_000) == "THINKIFIC_HTTP_TOKENS_FILE is over 1 MB."


def test_a_file_that_is_not_there_is_refused_at_start(path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"^THINKIFIC_HTTP_TOKENS_FILE cannot be read \(FileNotFoundError\)\.$"
    ):
        TokensFile(path.with_name("other"))


async def test_a_change_holds_at_once(path: Path) -> None:
    tokens = TokensFile(path)
    for content, token, caller in [
        (B, "token-a", None),
        (A, "token-a", ALICE),
        (A.replace("alice", "carol"), "token-a", Caller("carol", ALICE.scopes)),
        (A.replace(digest("token-a"), digest("token-c")), "token-a", None),
        ("", "token-a", None),
        (A, "token-a", ALICE),
    ]:
        hold(path, content)
        assert await tokens.caller_of(token) == caller


async def test_a_file_that_is_put_in_its_place_holds(path: Path) -> None:
    tokens = TokensFile(path)
    other = path.with_name("other")
    other.write_text(A, "utf-8")
    other.replace(path)
    assert [await tokens.caller_of(token) for token in ("token-a", "token-b")] == [ALICE, None]


async def test_without_the_file_nobody_is_let_in(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tokens = TokensFile(path)
    remove(path)
    assert [await tokens.caller_of("token-a") for _ in range(3)] == [None] * 3
    assert [record.getMessage() for record in caplog.records] == [f"{path} is gone: it lets nobody in."]
    hold(path, A + B)
    assert await tokens.caller_of("token-a") == ALICE


async def test_a_file_that_has_become_wrong_is_logged_once_for_each_change_and_what_it_held_stays(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = TokensFile(path)
    for wrong in ("names3cret", f"{B}names3cret"):
        hold(path, wrong)
        assert [await tokens.caller_of("token-a") for _ in range(3)] == [ALICE] * 3
    said = f"{path} was changed and is wrong; what it held stays. THINKIFIC_HTTP_TOKENS_FILE, line"
    assert [record.getMessage() for record in caplog.records] == [f"{said} {n}: {WORDS}." for n in (1, 2)]
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


async def test_while_the_file_cannot_be_read_what_it_held_stays(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = TokensFile(path)
    become_a_folder(path)
    assert [await tokens.caller_of("token-a") for _ in range(2)] == [ALICE] * 2
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} cannot be read (IsADirectoryError); what it held stays."
    ]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"{A}{text}".encode("utf-8", "replace")))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_change_of_the_file_raises(path: Path, content: bytes) -> None:
    hold(path, A)
    tokens = TokensFile(path)
    hold(path, content)
    assert await tokens.caller_of("token-a") in (ALICE, None)


@given(st.text())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nothing_that_is_presented_raises(path: Path, presented: str) -> None:
    assert await TokensFile(path).caller_of(presented) is None
