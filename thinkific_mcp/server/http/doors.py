"""The ways in, and that to the operator's own site."""

from collections.abc import Sequence
from typing import Protocol

from thinkific_mcp.client import Thinkific
from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.server.http.callers import Caller, Verifier
from thinkific_mcp.server.http.refusals import unauthorized, unavailable


class Door(Protocol):
    """Lets callers in to a site."""

    async def admit(self, token: str, *, site: str, address: str) -> tuple[Thinkific, Caller]:
        """Return the site as this caller sees it.

        Args:
            token: the bearer token; empty where there is none.
            site: the subdomain that stands in the path; empty where none does.
            address: where the request comes from.

        Raises:
            Refusal: not this caller, or not now.
        """
        ...


class OneSite:
    """The operator's site, for whoever has a token of the operator's.

    Args:
        thinkific: the site.
        verifiers: know the tokens; without any, everybody who reaches this server may call.
        challenge: tells a caller without a token where to get one (RFC 9728).
    """

    def __init__(self, thinkific: Thinkific, verifiers: Sequence[Verifier], challenge: dict[str, str]) -> None:
        self._thinkific = thinkific
        self._verifiers = verifiers
        self._challenge = challenge

    async def admit(self, token: str, *, site: str, address: str) -> tuple[Thinkific, Caller]:
        """Let in whom one of the verifiers knows."""
        if not self._verifiers:
            return self._thinkific, Caller("")
        if not token:
            raise unauthorized("A bearer token is needed.", self._challenge)
        for verifier in self._verifiers:
            try:
                caller = await verifier.caller_of(token)
            except UnreachableError as error:
                raise unavailable(str(error), retry_after=5) from None
            if caller is not None:
                return self._thinkific, caller
        raise unauthorized("This bearer token is not known here, or has expired.", self._challenge)
