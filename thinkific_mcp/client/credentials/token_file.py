"""Tokens in a file that only its owner can read."""

import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from thinkific_mcp.client.credentials.tokens import Tokens, is_token, seconds
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.file_lock import locked
from thinkific_mcp.file_replacement import replace_files

_LARGEST_FILE = 100_000
_LONGEST_WAIT = 30


@dataclass(frozen=True)
class FileTokens:
    """Keeps a site's tokens in a JSON file; a file with nothing but a refresh token is a good start.

    The file is replaced as a whole, so its folder has to be writable. Beside it lies an empty one, `.lock`, that
    processes which share the tokens lock while they renew them; it may be deleted while none runs.
    """

    path: Path

    @asynccontextmanager
    async def lock(self) -> AsyncGenerator[None]:
        """Keep other processes, and other objects with this file, from holding this lock.

        Raises:
            SettingsError: the file cannot be locked, or another process has held the lock for 30 seconds.
        """
        path = self.path.resolve()
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(locked(path.with_name(f"{path.name}.lock"), _LONGEST_WAIT))
            except TimeoutError:
                raise SettingsError(
                    f"Another process has kept {self.path} locked for {_LONGEST_WAIT} seconds, as if to renew the "
                    "access token. End it if it hangs."
                ) from None
            except OSError as error:
                raise SettingsError(
                    f"{self.path} cannot be locked ({type(error).__name__}). Two processes that renew the access "
                    "token at once would lose it: make the file's folder writable, on a disk that has locks."
                ) from None
            yield

    def load(self) -> Tokens | None:
        """Return the file's tokens; None where there is no file.

        Raises:
            SettingsError: the file cannot be read, or holds no refresh token.
        """
        try:
            with self.path.open("rb") as file:
                content = file.read(_LARGEST_FILE)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be read ({type(error).__name__}).") from None
        tokens = _tokens(content)
        if tokens is None:
            raise SettingsError(f"{self.path} holds no refresh token: put one there, with nothing else.")
        return tokens

    def save(self, tokens: Tokens) -> None:
        """Write the tokens.

        Raises:
            SettingsError: the file cannot be replaced; it is as it was.
        """
        try:
            replace_files({self.path.resolve(): [f"{json.dumps(asdict(tokens), indent=2)}\n".encode()]})
        except OSError as error:
            raise SettingsError(
                f"{self.path} cannot be written ({type(error).__name__}). A refresh token works once, so the next "
                "one has to be kept there: make the file and its folder writable."
            ) from None


def _tokens(content: bytes) -> Tokens | None:
    try:
        text = content.decode("utf-8-sig").strip()
        data: Any = json.loads(text) if text.startswith("{") else {"refresh_token": text}
    except (ValueError, RecursionError):
        return None
    held = cast(dict[str, Any], data)
    refresh_token, access_token = held.get("refresh_token"), held.get("access_token")
    if not is_token(refresh_token):
        return None
    return Tokens(
        refresh_token,
        access_token if is_token(access_token) else None,
        seconds(held.get("expires_at")),
        held.get("refreshing") is True,
    )
