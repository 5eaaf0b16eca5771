"""Who calls over HTTP."""

from dataclasses import dataclass
from typing import Protocol

from thinkific_mcp.settings.hosting import SCOPES, Scope

__all__ = ["SCOPES", "Caller", "Scope", "Verifier"]


@dataclass(frozen=True)
class Caller:
    """Who calls.

    Attributes:
        name: what tells this caller from all others of a site; it stands in logs and the journal.
        scopes: what the caller may do: `read` whatever changes nothing, `write` what nobody has to be asked
            about, `destructive` what somebody has. None of them includes another.
    """

    name: str
    scopes: frozenset[Scope] = SCOPES


class Verifier(Protocol):
    """Knows callers by what they present."""

    @property
    def problem(self) -> str:
        """What is wrong with it at this moment, in words without a secret; empty where nothing is."""
        ...

    async def caller_of(self, token: str) -> Caller | None:
        """Return whose bearer token this is; None where it is none that is known here.

        Raises:
            UnreachableError: that cannot be told at this moment.
        """
        ...
