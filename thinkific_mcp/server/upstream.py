"""The Thinkific that the server talks to: the real one, or the embedded sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from thinkific_mcp.client import BASE_URL, AccessToken, ApiKey, Budgets, Limits, Thinkific
from thinkific_mcp.client.credentials import Credentials, FileTokens, OAuth
from thinkific_mcp.client.pace import ProcessStore, Store
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.extras import needed_for
from thinkific_mcp.settings import Settings, variable

_NOBODY = ApiKey("", "")


@asynccontextmanager
async def open_upstream(settings: Settings) -> AsyncGenerator[Thinkific]:
    """Open the client that the settings describe; one of no site, where callers bring their own keys only.

    Raises:
        SettingsError: the sandbox's data file cannot be used.
    """
    if not settings.sandbox:
        async with (
            _budgets(settings) as budgets,
            Thinkific(
                credentials(settings) if has_one_site(settings) or not settings.sites else _NOBODY,
                base_url=settings.base_url or BASE_URL,
                client_secret=settings.client_secret.get_secret_value() if settings.client_secret else "",
                timeout=settings.timeout,
                deadline=settings.deadline,
                budgets=budgets,
            ) as thinkific,
        ):
            yield thinkific
        return

    # Only here, so that nobody with an account waits for the sandbox to be imported.
    from thinkific_mcp.sandbox import DataFileError, Sandbox

    try:
        sandbox = Sandbox(settings.data, students=settings.students)
    except DataFileError as error:
        raise SettingsError(str(error)) from error
    try:
        async with (
            _budgets(settings) as budgets,
            Thinkific(
                ApiKey("sandbox", "sandbox"),
                client_secret="sandbox",
                deadline=settings.deadline,
                budgets=budgets,
                transport=httpx2.ASGITransport(sandbox),
            ) as thinkific,
        ):
            yield thinkific
    finally:
        sandbox.close()


@asynccontextmanager
async def _budgets(settings: Settings) -> AsyncGenerator[Budgets]:
    unlimited = Limits(requests=10**9, at_once=10**9)
    limits = Limits(settings.requests_per_minute, settings.max_concurrency) if settings.has_budget else unlimited
    budgets = Budgets(limits, _store(settings))
    try:
        yield budgets
    finally:
        await budgets.aclose()


def _store(settings: Settings) -> Store:
    if not settings.redis_url:
        return ProcessStore()
    with needed_for(variable("redis_url")):
        from thinkific_mcp.client.pace.outage import PATIENCE, EnduringStore
        from thinkific_mcp.client.pace.redis import RedisStore
    return EnduringStore(RedisStore(settings.redis_url.get_secret_value(), PATIENCE))


def has_one_site(settings: Settings) -> bool:
    """Tell whether the settings are about one site, if only in part."""
    given = (settings.subdomain, settings.client_id, settings.api_key, settings.access_token)
    return settings.sandbox or any(given) or settings.refresh_token_file is not None


def check_upstream(settings: Settings) -> None:
    """Make sure, before anything is started, that the settings say which Thinkific to talk to.

    Raises:
        SettingsError: there are no credentials, and the sandbox is not asked for; or Redis cannot be used.
    """
    if not settings.sandbox:
        credentials(settings)
    _store(settings)


def credentials(settings: Settings) -> Credentials:
    """Return who calls, by the settings.

    Raises:
        SettingsError: there are no credentials, or a part of them is missing.
    """
    if settings.access_token:
        return AccessToken(settings.access_token.get_secret_value(), settings.subdomain)
    if settings.refresh_token_file:
        return _app(settings, settings.refresh_token_file)
    if settings.subdomain and settings.api_key:
        return ApiKey(settings.subdomain, settings.api_key.get_secret_value())
    if settings.client_id:
        raise SettingsError(
            "THINKIFIC_REFRESH_TOKEN_FILE is not set: with THINKIFIC_CLIENT_ID goes a file that holds the app's "
            "refresh token for the site."
        )
    missing = "THINKIFIC_API_KEY" if settings.subdomain else "THINKIFIC_SUBDOMAIN"
    partly = f"{missing} is not set" if settings.subdomain or settings.api_key else "No Thinkific account is set"
    raise SettingsError(
        f"{partly}: set THINKIFIC_SUBDOMAIN and THINKIFIC_API_KEY (or THINKIFIC_ACCESS_TOKEN), "
        "or try it without an account: --sandbox."
    )


def _app(settings: Settings, refresh_token_file: Path) -> OAuth:
    missing = [name for name in ("subdomain", "client_id", "client_secret") if not getattr(settings, name)]
    if missing or settings.client_secret is None:
        raise SettingsError(
            f"THINKIFIC_REFRESH_TOKEN_FILE is not enough: set {' and '.join(map(variable, missing))} too."
        )
    tokens = FileTokens(refresh_token_file)
    if tokens.load() is None:
        raise SettingsError(f"There is no file {refresh_token_file}: put the app's refresh token there.")
    return OAuth(
        settings.subdomain,
        settings.client_id,
        settings.client_secret.get_secret_value(),
        tokens,
        oauth_url=settings.oauth_url,
    )
