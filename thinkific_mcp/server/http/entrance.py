"""What every request passes: who calls, for which site, how often, and with which tools."""

import re
from collections.abc import Callable, Mapping

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.server.http.callers import Caller
from thinkific_mcp.server.http.doors import Door
from thinkific_mcp.server.http.rates import Rates
from thinkific_mcp.server.http.refusals import Refusal
from thinkific_mcp.server.served import SERVED, Served

Narrow = Callable[[Caller, str, str, bool], frozenset[str]]
"""Returns the tools that a caller is offered who asks for these toolsets and tools, and only for reads or not."""

_BEARER = re.compile("bearer +([!-~]{1,16000}) *", re.IGNORECASE)
_ON = ("1", "true", "yes", "on")


class Entrance:
    """Lets requests in (ASGI).

    Args:
        app: serves those that are let in, as the scope's `SERVED` says.
        door: knows the callers.
        guard: what stands before their changes.
        narrow: says which tools they are offered.
        rates: how often one of them may call.
        names: the hosts and origins by which this server may be called.
    """

    def __init__(
        self,
        app: ASGIApp,
        door: Door,
        guard: Guard,
        narrow: Narrow,
        rates: Rates,
        names: TransportSecuritySettings,
    ) -> None:
        self._app = app
        self._door = door
        self._guard = guard
        self._narrow = narrow
        self._rates = rates
        self._names = TransportSecurityMiddleware(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say why not."""
        request = Request(scope, receive)
        refused = await self._names.validate_request(request, is_post=request.method == "POST")
        if refused is not None:
            await refused(scope, receive, send)
            return
        try:
            served = await self._served(request)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        await self._app({**scope, SERVED: served, "user": _owner_of_sessions(served)}, receive, send)

    async def _served(self, request: Request) -> Served:
        thinkific, caller = await self._door.admit(
            _token(request),
            site=str(request.path_params.get("subdomain", "")).lower(),
            address=request.client.host if request.client else "",
        )
        if not caller.scopes:
            raise Refusal(
                403,
                "insufficient_scope",
                "This token has none of the scopes read, write and destructive.",
                challenge={"scope": "read write destructive"},
            )
        offered = self._narrow(caller, *_asked_for(request.headers))
        served = Served(
            thinkific, self._guard, offered, caller=caller.name, may_destroy="destructive" in caller.scopes
        )
        if wait := self._rates.wait(served.identity):
            raise Refusal(429, "too_many_requests", "Too many requests of this caller.", wait)
        return served


def _token(request: Request) -> str:
    given = request.headers.getlist("authorization")
    if not given:
        return ""
    found = _BEARER.fullmatch(given[0])
    if len(given) > 1 or found is None:
        raise Refusal(
            400, "invalid_request", "There should be one Authorization header: Bearer, a space, the token."
        )
    return found[1]


def _asked_for(headers: Mapping[str, str]) -> tuple[str, str, bool]:
    only_reads = headers.get("x-mcp-readonly", "").strip().lower() in _ON
    return headers.get("x-mcp-toolsets", ""), headers.get("x-mcp-tools", ""), only_reads


def _owner_of_sessions(served: Served) -> AuthenticatedUser:
    # The SDK lets only who opened a session go on with it.
    return AuthenticatedUser(AccessToken(token="", client_id=served.identity, scopes=[]))
