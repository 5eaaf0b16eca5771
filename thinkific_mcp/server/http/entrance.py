"""What every request passes: who calls, for which site, how often, and with which tools."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.results.form import Form
from thinkific_mcp.server.http.callers import Caller
from thinkific_mcp.server.http.doors import Door
from thinkific_mcp.server.http.rates import Rates
from thinkific_mcp.server.http.refusals import Refusal
from thinkific_mcp.server.served import SERVED, Served

Narrow = Callable[[Caller, str, str, bool], frozenset[str]]
"""Returns the tools that a caller is offered who asks for these toolsets and tools, and only for reads or not."""

_BEARER = re.compile("bearer +([!-~]{1,16000}) *", re.IGNORECASE)
_AT_ONCE = 100
_OPENINGS_A_MINUTE = 60
_ON = ("1", "true", "yes", "on")


class Entrance:
    """Lets requests in (ASGI).

    Args:
        app: serves those that are let in, as the scope's `SERVED` says.
        door: knows the callers.
        guard: what stands before their changes.
        form: how they are answered.
        narrow: says which tools they are offered.
        rates: how often one of them may call.
        names: the hosts and origins by which this server may be called.
        has_sessions: whether clients of 2025 get sessions, of which one caller may open 60 a minute.
    """

    def __init__(
        self,
        app: ASGIApp,
        door: Door,
        guard: Guard,
        form: Form,
        narrow: Narrow,
        rates: Rates,
        names: TransportSecuritySettings,
        *,
        has_sessions: bool,
    ) -> None:
        self._app = app
        self._door = door
        self._guard = guard
        self._form = form
        self._narrow = narrow
        self._rates = rates
        self._has_sessions = has_sessions
        self._openings = Rates(_OPENINGS_A_MINUTE)
        self._under_way = Counter[str]()
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
        self._under_way[served.identity] += 1
        try:
            await self._app({**scope, SERVED: served, "user": _owner_of_sessions(served)}, receive, send)
        finally:
            self._under_way[served.identity] -= 1
            if not self._under_way[served.identity]:
                del self._under_way[served.identity]

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
            thinkific,
            self._guard,
            offered,
            caller=caller.name,
            may_destroy="destructive" in caller.scopes,
            form=self._form,
        )
        wait = self._rates.wait(served.identity)
        if not wait and self._under_way[served.identity] >= _AT_ONCE:
            wait = 1.0
        if not wait and self._has_sessions and _may_open_one(request):
            wait = self._openings.wait(served.identity)
        if wait:
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


def _may_open_one(request: Request) -> bool:
    version = request.headers.get(MCP_PROTOCOL_VERSION_HEADER, HANDSHAKE_PROTOCOL_VERSIONS[0])
    return "mcp-session-id" not in request.headers and version in HANDSHAKE_PROTOCOL_VERSIONS


def _asked_for(headers: Mapping[str, str]) -> tuple[str, str, bool]:
    only_reads = headers.get("x-mcp-readonly", "").strip().lower() in _ON
    return headers.get("x-mcp-toolsets", ""), headers.get("x-mcp-tools", ""), only_reads


def _owner_of_sessions(served: Served) -> AuthenticatedUser:
    # The SDK lets only who opened a session go on with it.
    return AuthenticatedUser(AccessToken(token="", client_id=served.identity, scopes=[]))
