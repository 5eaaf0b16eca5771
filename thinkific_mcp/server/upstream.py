"""The Thinkific that the server talks to: the real one, or the embedded sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2

from thinkific_mcp.client import BASE_URL, AccessToken, ApiKey, Thinkific
from thinkific_mcp.client.credentials import Credentials
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.settings import Settings


@asynccontextmanager
async def open_upstream(settings: Settings) -> AsyncGenerator[Thinkific]:
    """Open the client that the settings describe.

    Raises:
        SettingsError: the sandbox's data file cannot be used.
    """
    if not settings.sandbox:
        async with Thinkific(
            credentials(settings),
            base_url=settings.base_url or BASE_URL,
            client_secret=settings.client_secret.get_secret_value() if settings.client_secret else "",
            timeout=settings.timeout,
        ) as thinkific:
            yield thinkific
        return

    # Only here, so that nobody with an account waits for the sandbox to be imported.
    from thinkific_mcp.sandbox import DataFileError, Sandbox

    try:
        sandbox = Sandbox(settings.data, students=settings.students)
    except DataFileError as error:
        raise SettingsError(str(error)) from error
    try:
        async with Thinkific(
            ApiKey("sandbox", "sandbox"),
            client_secret="sandbox",
            transport=httpx2.ASGITransport(sandbox),
        ) as thinkific:
            yield thinkific
    finally:
        sandbox.close()


def check_upstream(settings: Settings) -> None:
    """Make sure, before anything is started, that the settings say which Thinkific to talk to.

    Raises:
        SettingsError: there are no credentials, and the sandbox is not asked for.
    """
    if not settings.sandbox:
        credentials(settings)


def credentials(settings: Settings) -> Credentials:
    """Return who calls, by the settings.

    Raises:
        SettingsError: there are no credentials.
    """
    if settings.access_token:
        return AccessToken(settings.access_token.get_secret_value())
    if settings.subdomain and settings.api_key:
        return ApiKey(settings.subdomain, settings.api_key.get_secret_value())
    missing = "THINKIFIC_API_KEY" if settings.subdomain else "THINKIFIC_SUBDOMAIN"
    partly = f"{missing} is not set" if settings.subdomain or settings.api_key else "No Thinkific account is set"
    raise SettingsError(
        f"{partly}: set THINKIFIC_SUBDOMAIN and THINKIFIC_API_KEY (or THINKIFIC_ACCESS_TOKEN), "
        "or try it without an account: --sandbox."
    )
