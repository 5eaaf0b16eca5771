"""The hosted server, everything opened."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, nullcontext

import httpx2
from mcp.server.auth.routes import build_resource_metadata_url, create_protected_resource_routes
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from thinkific_mcp.server.build import build_server, form_of
from thinkific_mcp.server.guarding import guard_of
from thinkific_mcp.server.http.callers import SCOPES, Verifier
from thinkific_mcp.server.http.doors import Door, OneSite
from thinkific_mcp.server.http.entrance import Entrance
from thinkific_mcp.server.http.health import health_routes
from thinkific_mcp.server.http.jwt_tokens import JwtTokens
from thinkific_mcp.server.http.own_keys import OwnKeys
from thinkific_mcp.server.http.rates import Rates
from thinkific_mcp.server.http.slow_clients import SlowClients
from thinkific_mcp.server.http.tokens_file import TokensFile
from thinkific_mcp.server.http.toolsets import Toolsets
from thinkific_mcp.server.selection import offered
from thinkific_mcp.server.upstream import has_one_site, open_upstream
from thinkific_mcp.settings import Settings

_IDLE_SESSIONS_END = 600.0
_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


@asynccontextmanager
async def opened_app(settings: Settings) -> AsyncGenerator[ASGIApp]:
    """Open all that the settings describe, and yield the ASGI app; it needs no lifespan.

    Raises:
        SettingsError: a setting cannot be used.
    """
    offers, guard, form = offered(settings), guard_of(settings), form_of(settings)
    async with open_upstream(settings) as thinkific, httpx2.AsyncClient() as http:
        doors: dict[str, Door] = {}
        known_by = verifiers(settings, http)
        if has_one_site(settings):
            doors["/mcp"] = OneSite(thinkific, known_by, _challenge(settings))
        if settings.sites:
            doors["/sites/{subdomain}/mcp"] = OwnKeys(thinkific, settings.sites, guard.memory)
        server = build_server(
            lambda: nullcontext(thinkific),
            offers,
            guard,
            form=form,
            surface=settings.surface,
            keeps=False,
            sealing_keys=settings.sealing_keys(),
        )
        # Makes the session manager; its routes know nothing of callers.
        server.streamable_http_app(
            stateless_http=not settings.http_sessions,
            max_request_body_size=settings.http_body_limit,
            session_idle_timeout=_IDLE_SESSIONS_END,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        sessions = server.session_manager
        toolsets = Toolsets(offers)
        rates, names = Rates(settings.http_requests_per_minute), _names(settings)
        routes = [
            Route(
                path,
                endpoint=Entrance(
                    sessions.handle_request,
                    door,
                    guard,
                    form,
                    toolsets,
                    rates,
                    names,
                    has_sessions=settings.http_sessions,
                ),
                methods=["POST", "GET", "DELETE"] if settings.http_sessions else ["POST"],
            )
            for path, door in doors.items()
        ]
        app = Starlette(
            routes=[*routes, *health_routes(settings, thinkific, guard, known_by), *_metadata(settings)],
            middleware=_for_browsers(settings),
        )
        app.router.redirect_slashes = False
        async with sessions.run():
            yield SlowClients(app, settings.http_timeout)


def verifiers(settings: Settings, http: httpx2.AsyncClient) -> list[Verifier]:
    """Return what knows the callers of the one site; nothing where everybody may call.

    Args:
        settings: what the operator set.
        http: fetches an identity provider's keys.

    Raises:
        SettingsError: the tokens file cannot be used.
    """
    known: list[Verifier] = []
    if settings.http_tokens_file:
        known.append(TokensFile(settings.http_tokens_file))
    if settings.jwt_issuer:
        known.append(
            JwtTokens(
                issuer=settings.jwt_issuer,
                audience=settings.jwt_audience,
                jwks_url=settings.jwks_url,
                scope_claim=settings.jwt_scope_claim,
                scopes=settings.jwt_scopes,
                http=http,
            )
        )
    return known


def _challenge(settings: Settings) -> dict[str, str]:
    if not (settings.public_url and settings.jwt_issuer):
        return {}
    return {"resource_metadata": str(build_resource_metadata_url(AnyHttpUrl(settings.public_url)))}


def _metadata(settings: Settings) -> Sequence[Route]:
    """Return the routes by which a client learns where to get a token (RFC 9728)."""
    if not _challenge(settings):
        return []
    return create_protected_resource_routes(
        AnyHttpUrl(settings.public_url), [AnyHttpUrl(settings.jwt_issuer)], sorted(SCOPES), "Thinkific"
    )


def _names(settings: Settings) -> TransportSecuritySettings:
    here = [f"{name}{port}" for name in _THIS_MACHINE for port in ("", ":*")]
    return TransportSecuritySettings(
        allowed_hosts=[*here, *settings.allowed_hosts],
        allowed_origins=[*(f"http://{name}" for name in here), *settings.allowed_origins],
    )


def _for_browsers(settings: Settings) -> list[Middleware]:
    if not settings.allowed_origins:
        return []
    origins = "|".join(re.escape(origin).replace(re.escape(":*"), r":\d+") for origin in settings.allowed_origins)
    return [
        Middleware(
            CORSMiddleware,
            allow_origin_regex=origins,
            allow_methods=["POST", "GET", "DELETE"],
            allow_headers=["*"],
            expose_headers=["Mcp-Session-Id", "WWW-Authenticate", "Retry-After"],
            max_age=3600,
        )
    ]
