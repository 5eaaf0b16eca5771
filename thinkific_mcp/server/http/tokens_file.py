"""Callers' bearer tokens, as a file that holds their SHA-256 and no token."""

import hmac
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self, get_args

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.http.callers import SCOPES, Caller, Scope
from thinkific_mcp.settings.fields import variable

_LARGEST_FILE = 1_000_000
_LONGEST_NAME = 100
_SETTLED_NS = 2_000_000_000
_SCOPES = ",".join(get_args(Scope))
_VARIABLE = variable("http_tokens_file")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TokenLine:
    """A line of the file: whom a token lets in.

    Attributes:
        caller: whose token it is.
        digest: the SHA-256 of the token's UTF-8 bytes, as 64 hexadecimal digits.
    """

    caller: Caller
    digest: str = field(repr=False)

    @classmethod
    def of(cls, name: str, digest: str, scopes: str) -> Self:
        """Return the line of a name, a digest and scopes with commas between them.

        Raises:
            ValueError: one of them is wrong; it is told which and why, without repeating it.
        """
        # No #, which begins a comment, and tells the name from those of an identity provider.
        if not name.isprintable() or re.search(r"[\s#]", name) or not 0 < len(name) <= _LONGEST_NAME:
            raise ValueError(f"the name should be one printable word of at most {_LONGEST_NAME} characters, no #")
        if not re.fullmatch("[0-9a-fA-F]{64}", digest):
            raise ValueError("the SHA-256 should be 64 hexadecimal digits")
        given = scopes.split(",")
        if not SCOPES.issuperset(given):
            raise ValueError(f"the scopes should be some of {_SCOPES}")
        return cls(Caller(name, frozenset(scope for scope in SCOPES if scope in given)), digest.lower())


class TokensFile:
    """Knows callers by a file with a line `NAME SHA256 SCOPES` for each.

    Words are separated by white space, scopes by commas; blank lines and those that begin with # count for
    nothing. A change of the file holds from the next request on. Without the file nobody is let in; a file that
    has become wrong is logged once, and what it held before stays.

    Args:
        path: the file.

    Attributes:
        problem: what was wrong with the file when a caller last came.

    Raises:
        SettingsError: the file cannot be read, names nobody, or has a wrong line; the line's number and the rule
            are told, never what it holds.
    """

    def __init__(self, path: Path) -> None:
        self.problem = ""
        self._path = path
        self._stamp: tuple[int, ...] = ()
        try:
            self._seen: bytes | type[OSError] = self._content()
        except OSError as error:
            raise SettingsError(f"{_VARIABLE} cannot be read ({type(error).__name__}).") from None
        self._lines = _lines(self._seen)
        if not self._lines:
            raise SettingsError(
                f"{_VARIABLE} names nobody: `thinkific-mcp token NAME` makes a token and its line."
            )

    async def caller_of(self, token: str) -> Caller | None:
        """Return whose token this is; None where it is nobody's."""
        self._reread()
        if not token or not token.isascii():
            return None
        digest = sha256(token.encode()).hexdigest()
        caller = None
        for line in self._lines:
            # All are compared, so that the time this takes tells nothing.
            if hmac.compare_digest(line.digest, digest):
                caller = line.caller
        return caller

    def _content(self) -> bytes:
        with self._path.open("rb") as file:
            return file.read(_LARGEST_FILE + 1)

    def _present_stamp(self) -> tuple[int, ...]:
        """Return what differs after each change; nothing for a file so new that a change may not show in it."""
        found = self._path.stat()
        is_settled = time.time_ns() - found.st_mtime_ns > _SETTLED_NS
        return (found.st_mtime_ns, found.st_size, found.st_ino) if is_settled else ()

    def _reread(self) -> None:
        try:
            stamp = self._present_stamp()
            if stamp and stamp == self._stamp:
                return
            seen: bytes | type[OSError] = self._content()
        except OSError as error:
            stamp, seen = (), type(error)
        self._stamp = stamp
        if seen == self._seen:
            return
        self._seen = seen
        self.problem = ""
        if isinstance(seen, bytes):
            try:
                self._lines = _lines(seen)
                _logger.info("%s was changed: it lets %d callers in.", self._path, len(self._lines))
            except SettingsError as error:
                self.problem = "the tokens file is wrong"
                _logger.error("%s was changed and is wrong; what it held stays. %s", self._path, error)
        elif issubclass(seen, FileNotFoundError):
            self._lines = ()
            self.problem = "the tokens file is gone"
            _logger.error("%s is gone: it lets nobody in.", self._path)
        else:
            self.problem = "the tokens file cannot be read"
            _logger.error("%s cannot be read (%s); what it held stays.", self._path, seen.__name__)


def _lines(content: bytes) -> Sequence[TokenLine]:
    if len(content) > _LARGEST_FILE:
        raise SettingsError(f"{_VARIABLE} is over {_LARGEST_FILE // 1_000_000} MB.")
    lines: list[TokenLine] = []
    names: set[str] = set()
    digests: set[str] = set()
    # What is no UTF-8 becomes what is not printable.
    for number, text in enumerate(content.decode("utf-8-sig", "surrogateescape").split("\n"), 1):
        words = text.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            if len(words) != 3:
                raise ValueError(f"it should be NAME SHA256 SCOPES, with scopes as in {_SCOPES}")
            line = TokenLine.of(*words)
            if line.caller.name in names:
                raise ValueError("an earlier line has this name")
            if line.digest in digests:
                raise ValueError("an earlier line has this SHA-256")
        except ValueError as error:
            raise SettingsError(f"{_VARIABLE}, line {number}: {error}.") from None
        lines.append(line)
        names.add(line.caller.name)
        digests.add(line.digest)
    return lines
