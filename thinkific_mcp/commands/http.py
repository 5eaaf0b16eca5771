"""`thinkific-mcp http`: the MCP server on Streamable HTTP."""

import gc
import logging

import anyio

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server import check_upstream, warn_if_open
from thinkific_mcp.server.http.app import opened_app
from thinkific_mcp.server.http.exporters import exporting
from thinkific_mcp.server.http.json_logs import log_as_json
from thinkific_mcp.server.http.serving import serve
from thinkific_mcp.server.upstream import has_one_site
from thinkific_mcp.settings import Settings, is_loopback, variable

_logger = logging.getLogger(__name__)

_DRAIN_SECONDS = 30.0
_GARBAGE = (10_000, 10, 10)


def serve_http(settings: Settings, *, host: str, port: int) -> int:
    """Serve MCP over HTTP until SIGTERM or Ctrl-C.

    Args:
        settings: what the operator set.
        host: the address to listen at.
        port: the port; 0 takes a free one.

    Raises:
        SettingsError: a setting, the address or the port cannot be used; or everybody could call.
    """
    if not 0 <= port <= 65_535:
        raise SettingsError("--port should be from 0 to 65535")
    _check_doors(settings, host)
    if not settings.journal:
        # Of several processes on several machines each would have a part of it.
        settings = settings.model_copy(update={"journal": "off"})
    log_as_json(settings.log_level if "log_level" in settings.model_fields_set else "")
    warn_if_open(settings)
    _warn_of_lonely_keys(settings)
    _allow_files(3 * settings.http_connections)
    with exporting():
        anyio.run(_serve, settings, host, port)
    return 0


async def _serve(settings: Settings, host: str, port: int) -> None:
    def announce(actual_port: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        _logger.warning("Listening on http://%s:%d", shown, actual_port)

    async with opened_app(settings) as app:
        # Python would look through all that was made to last again and again: a sixth of the time of each call.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GARBAGE)
        await serve(
            app,
            host=host,
            port=port,
            trusted_proxies=settings.trusted_proxies,
            connections=settings.http_connections,
            header_seconds=settings.http_timeout,
            drain_seconds=_DRAIN_SECONDS,
            started=announce,
        )


def _check_doors(settings: Settings, host: str) -> None:
    """Make sure that there is a way in, and that it is not open to the world.

    Raises:
        SettingsError: it is not so.
    """
    if not settings.sites and not has_one_site(settings):
        raise SettingsError(
            "No school is set: set THINKIFIC_SUBDOMAIN and THINKIFIC_API_KEY (or THINKIFIC_ACCESS_TOKEN), let "
            "callers bring their own keys with --sites, or try it without an account: --sandbox."
        )
    if has_one_site(settings):
        check_upstream(settings)
    else:
        for name in ("http_tokens_file", "jwt_issuer", "public_url"):
            if getattr(settings, name):
                raise SettingsError(
                    f"{variable(name)} is for /mcp, which needs a school of yours: set THINKIFIC_SUBDOMAIN and "
                    "THINKIFIC_API_KEY, or leave it out."
                )
    knows_callers = settings.http_tokens_file or settings.jwt_issuer
    if not has_one_site(settings) or knows_callers:
        return
    tokens, jwts = variable("http_tokens_file"), variable("jwt_issuer")
    if not is_loopback(host):
        raise SettingsError(
            f"Other machines reach --host {host}, and anybody could call: set {tokens}, or {jwts} with its "
            "audience and keys; or listen at 127.0.0.1."
        )
    for name in ("public_url", "trusted_proxies", "allowed_hosts"):
        if getattr(settings, name):
            raise SettingsError(
                f"{variable(name)} says that others reach this server, and anybody could call: set {tokens}, or "
                f"{jwts} with its audience and keys."
            )


def _warn_of_lonely_keys(settings: Settings) -> None:
    if settings.redis_url and not settings.state_keys:
        _logger.warning(
            "THINKIFIC_STATE_KEYS is not set: a question that this process asked can only be answered to it. Set "
            "the same keys in all processes."
        )


def _allow_files(wanted: int) -> None:
    """Let this process hold so many connections open, where the system's usual 1024 files are too few for them."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
