"""An app's tokens for one site, refreshed as they run out."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx2

from thinkific_mcp.client.credentials.errand import Errand
from thinkific_mcp.client.credentials.token_endpoint import TokenEndpoint
from thinkific_mcp.client.credentials.tokens import Tokens, TokenStore
from thinkific_mcp.errors import (
    CredentialsError,
    SettingsError,
    ThinkificError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.subdomain import is_subdomain

_logger = logging.getLogger(__name__)

_AHEAD = 60.0
"""How long before its end an access token is refreshed, in seconds."""

_USELESS_WITHIN = 60.0
"""How long after a refresh a 401 does not lead to another: a plan without API access answers any token so."""

_REFUSED = "invalid_grant"
_SIGN_IN = "Sign in to the site again, and put the new refresh token in the old one's place."


class OAuth:
    """An app that was allowed into a site, and renews its tokens.

    A refresh token works once. So one process at a time refreshes, under the store's lock; the new refresh token
    is stored before its access token is used; a refresh that has begun is finished even if the call that needs it
    is cancelled or out of time; and that it has begun is stored before. Should the process be killed between the
    two, the next one tries the stored refresh token, which Thinkific may not have seen yet.

    Args:
        subdomain: the site's subdomain.
        client_id: the app's id.
        client_secret: the app's secret.
        tokens: keeps the tokens. It is read when the first request needs them and before each refresh, so that
            what another process or a person stored meanwhile is used.
        oauth_url: where `/oauth2/token` is found; by default the site's own address.
        now: the clock, in seconds since the epoch.

    Raises:
        SettingsError: the subdomain is none; secrets would be sent to an address made of it.
    """

    def __init__(
        self,
        subdomain: str,
        client_id: str,
        client_secret: str,
        tokens: TokenStore,
        *,
        oauth_url: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.site = subdomain.lower()
        if not is_subdomain(self.site):
            raise SettingsError("The subdomain should be the my-school of my-school.thinkific.com.")
        address = f"{oauth_url or f'https://{self.site}.thinkific.com'}/oauth2/token"
        self._endpoint = TokenEndpoint(address, client_id, client_secret)
        self._store = tokens
        self._now = now
        self._renewal: Errand[Tokens] | None = None
        self._held: Tokens | None = None
        self._unsaved: tuple[Tokens, Tokens, float] | None = None
        self._refreshed_at = -math.inf
        self._refusal: tuple[str, CredentialsError] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.site!r})"

    async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
        """Return the bearer token's header; refresh first if it ends within a minute.

        Raises:
            CredentialsError: Thinkific refuses the refresh token or the app.
            UnreachableError: there was no answer; the request that the headers are for was not sent. It is
                `lasting` if Thinkific may have heard of the refresh, which must not be repeated at once.
            UnreadableAnswerError: the answer holds no tokens.
            SettingsError: nobody signed in yet, or the tokens cannot be read or stored.
        """
        return _bearer(await self._tokens(http))

    async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
        """Refresh after a 401, unless other tokens are there already.

        Returns:
            Whether `headers` now has another token; False if the one refused was only just given.

        Raises:
            ThinkificError: as `headers` does.
        """
        return not _was(await self._tokens(http, refused), refused)

    async def _tokens(self, http: httpx2.AsyncClient, refused: Mapping[str, str] | None = None) -> Tokens:
        """Return the tokens at hand, those stored, or new ones, whichever are the first that will do."""
        if self._held is not None and self._is_good(self._held, refused):
            return self._held
        if self._renewal is None or self._renewal.is_over:
            tokens = self._loaded(refused)
            if self._will_do(tokens, refused):
                return tokens
            self._renewal = Errand(lambda: self._renewed(http, refused), http)
        return await self._renewal.result()

    def _is_good(self, tokens: Tokens, refused: Mapping[str, str] | None = None) -> bool:
        if tokens.access_token is None or _was(tokens, refused):
            return False
        return tokens.expires_at is None or tokens.expires_at - _AHEAD > self._now()

    def _will_do(self, tokens: Tokens, refused: Mapping[str, str] | None) -> bool:
        """Tell whether tokens are good, or so new that others would be refused as well."""
        is_new = 0 <= self._now() - self._refreshed_at < _USELESS_WITHIN
        return self._is_good(tokens, refused) or (is_new and _was(tokens, refused))

    def _loaded(self, refused: Mapping[str, str] | None = None) -> Tokens:
        """Return good tokens at hand, or else what is stored."""
        if self._held is None or not self._is_good(self._held, refused):
            self._held = self._store.load()
        if self._held is None:
            raise SettingsError(
                f"There is no refresh token for {self.site}. Sign in to the site, and put its refresh token "
                "where THINKIFIC_REFRESH_TOKEN_FILE says."
            )
        return self._held

    async def _renewed(self, http: httpx2.AsyncClient, refused: Mapping[str, str] | None) -> Tokens:
        """Return good tokens, while no other process can renew or store any."""
        async with self._store.lock():
            tokens = self._loaded(refused)
            if self._unsaved is not None:
                used_up, new, asked_at = self._unsaved
                self._unsaved = None
                if tokens.refresh_token == used_up.refresh_token:  # else somebody signed in again
                    tokens = self._keep(used_up, new, asked_at)
            if self._will_do(tokens, refused):
                return tokens
            try:
                return await self._exchange(http, tokens)
            except CredentialsError:
                self._held = None
                stored = self._loaded()
                if stored.refresh_token == tokens.refresh_token:
                    raise
            # Somebody signed in again meanwhile.
            return stored if self._is_good(stored) else await self._exchange(http, stored)

    def _keep(self, used_up: Tokens, new: Tokens, asked_at: float) -> Tokens:
        """Store tokens, and only then use them; they are as old as the request for them."""
        self._unsaved = used_up, new, asked_at
        self._store.save(new)
        self._held, self._unsaved, self._refreshed_at = new, None, asked_at
        return new

    async def _exchange(self, http: httpx2.AsyncClient, tokens: Tokens) -> Tokens:
        """Exchange a refresh token, with a note in the store for as long as it may have been used up."""
        if self._refusal is not None and self._refusal[0] == tokens.refresh_token:
            raise self._refusal[1].with_traceback(None)
        noted = replace(tokens, refreshing=True)
        if noted != tokens:
            self._store.save(noted)
        asked_at = self._now()
        try:
            renewed = await self._endpoint.refresh(http, tokens.refresh_token, asked_at)
        except ThinkificError as error:
            if noted != tokens and not _may_be_used_up(error) and self._store.load() == noted:
                self._store.save(tokens)
            raise self._explained(error, tokens) from None
        self._keep(tokens, renewed, asked_at)
        _logger.info("the access token of %s was refreshed", self.site)
        return renewed

    def _explained(self, error: ThinkificError, tokens: Tokens) -> ThinkificError:
        """Say what a failed refresh means for the call that needs it."""
        if isinstance(error, UnreachableError):
            return UnreachableError(str(error), sent=False, lasting=error.lasting)
        if not isinstance(error, CredentialsError) or error.said != _REFUSED:
            return error
        cut_off = (
            "An earlier refresh was cut off before its answer could be stored, so the new one is lost. "
            if tokens.refreshing
            else ""
        )
        explained = CredentialsError(f"{error} {cut_off}{_SIGN_IN}", status=error.status, said=error.said)
        self._refusal = (tokens.refresh_token, explained)
        return explained


def _may_be_used_up(error: ThinkificError) -> bool:
    """Tell whether a refresh that failed so may have used up the refresh token, though it gave no new one."""
    return isinstance(error, UnreadableAnswerError) or (isinstance(error, UnreachableError) and error.sent)


def _bearer(tokens: Tokens) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {tokens.access_token}"}


def _was(tokens: Tokens, refused: Mapping[str, str] | None) -> bool:
    return refused is not None and refused.get("Authorization") == _bearer(tokens)["Authorization"]
