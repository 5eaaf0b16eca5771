"""The tokens that an app holds of one site, and what keeps them between runs."""

import math
import re
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard

_TOKEN = re.compile("[!-~]{1,8192}")


@dataclass(frozen=True)
class Tokens:
    """What an app holds of one site.

    Args:
        refresh_token: gives new tokens, once.
        access_token: what requests carry; None before the first refresh.
        expires_at: when the access token ends, in seconds since the epoch; None where that is not known.
        refreshing: whether the refresh token may have been used up by a refresh whose answer is not stored.
    """

    refresh_token: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)
    expires_at: float | None = None
    refreshing: bool = False


class TokenStore(Protocol):
    """Keeps the tokens of one site. Any object with these three will do.

    Several processes may share what is stored, if `lock` keeps all but one of them out: of two that refresh at the
    same moment, one would overwrite what the other stored, and a refresh token cannot be had again.
    """

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which this process alone renews.

        It is held from before a `load`, through a refresh, to after a `save`: seconds. Waiting for it must not
        block the event loop, and it has to come free when its process dies. A store that one process has to
        itself may return `contextlib.nullcontext()`.
        """
        ...

    def load(self) -> Tokens | None:
        """Return what was stored last, by whatever process; None before anyone signed in."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Store tokens in place of those before, all or nothing; return once they outlive a power cut."""
        ...


def is_token(value: Any) -> TypeGuard[str]:
    """Tell whether a value is a token that a header can carry."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def seconds(value: Any) -> float | None:
    """Return a number of seconds; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        return None
    return None if math.isnan(value) else float(value)
