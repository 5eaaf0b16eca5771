from pathlib import Path

import pytest

from thinkific_mcp.server.http.callers import Caller
from thinkific_mcp.server.http.tokens_file import TokensFile

from .conftest import Outcome, Run


def made(told: Outcome) -> tuple[str, str]:
    """Return the token and the line for the file, as somebody would copy them."""
    assert (told.code, told.err) == (0, "")
    _, token, _, line = told.out.strip().split("\n\n")
    return token, line


async def test_the_line_lets_the_token_in(run: Run, tmp_path: Path) -> None:
    token, line = made(run("token", "alice", "--scopes", "read, destructive"))
    path = tmp_path / "tokens"
    path.write_text(line, "utf-8")
    assert await TokensFile(path).caller_of(token) == Caller("alice", frozenset({"read", "destructive"}))


def test_the_line_does_not_hold_the_token(run: Run) -> None:
    token, line = made(run("token", "alice"))
    assert token not in line


def test_a_token_may_read_unless_more_is_asked_for(run: Run) -> None:
    _, line = made(run("token", "alice"))
    assert (line.split()[0], line.split()[2]) == ("alice", "read")


def test_no_two_tokens_are_the_same(run: Run) -> None:
    tokens = {made(run("token", "alice"))[0] for _ in range(5)}
    assert (len(tokens), {len(token) for token in tokens}) == (5, {43})


@pytest.mark.parametrize("name", ["", "two words", "a#b", "bell\x07", "n" * 101])
def test_a_name_that_cannot_stand_in_the_file_is_refused(run: Run, name: str) -> None:
    rule = "the name should be one printable word of at most 100 characters, no #"
    assert run("token", name) == Outcome(2, "", f"thinkific-mcp: No token was made: {rule}.\n")


@pytest.mark.parametrize("scopes", ["", "all", "read,", "read write"])
def test_unknown_scopes_are_refused(run: Run, scopes: str) -> None:
    assert run("token", "alice", "--scopes", scopes) == Outcome(
        2, "", "thinkific-mcp: No token was made: the scopes should be some of read,write,destructive.\n"
    )
