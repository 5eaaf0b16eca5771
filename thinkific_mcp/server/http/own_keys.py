"""The way in to any site whose API key the caller brings."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from weakref import WeakValueDictionary

import anyio
import httpx2

from thinkific_mcp.api.courses import ListCourses
from thinkific_mcp.client import ApiKey, Thinkific
from thinkific_mcp.errors import (
    CredentialsError,
    ForbiddenError,
    NotFoundError,
    ThinkificError,
    UnreachableError,
)
from thinkific_mcp.guard.memory import Memory, ProcessMemory
from thinkific_mcp.server.http.callers import Caller
from thinkific_mcp.server.http.rates import Rates
from thinkific_mcp.server.http.refusals import Refusal, unauthorized, unavailable
from thinkific_mcp.settings.hosting import ANY
from thinkific_mcp.subdomain import is_subdomain

_GOOD, _WRONG = "good", "wrong"
_REMEMBERED = {_GOOD: 3600.0, _WRONG: 300.0}
"""Seconds for which it is remembered of a key."""

_TRIES_A_MINUTE = 10
_MISSES_A_MINUTE_BY_ADDRESS = 300
_MISSES_A_MINUTE_IN_ALL = 3000
_TIME_TO_TRY = 10.0


class OwnKeys:
    """Any site, or some, for whoever brings its API key.

    A key is tried by one request before anything else is done with it, and remembered by its hash. So a wrong key
    costs one request in five minutes, whatever comes in with it. Ten new keys of a site are tried a minute, and
    each process tries 300 wrong ones a minute for each address, and 3000 in all.

    Args:
        thinkific: knows how Thinkific is reached.
        sites: the subdomains that are served; or `any`.
        memory: where it is remembered, for all processes, what became of a key.
    """

    def __init__(self, thinkific: Thinkific, sites: Sequence[str], memory: Memory) -> None:
        self._thinkific = thinkific
        self._sites = sites
        self._everywhere = memory
        self._here = ProcessMemory()
        self._by_address = Rates(_MISSES_A_MINUTE_BY_ADDRESS)
        self._in_all = Rates(_MISSES_A_MINUTE_IN_ALL)
        self._trying = WeakValueDictionary[str, anyio.Lock]()

    async def admit(self, token: str, *, site: str, address: str) -> tuple[Thinkific, Caller]:
        """Let in whose key the site takes."""
        if not is_subdomain(site) or (self._sites != [ANY] and site not in self._sites):
            raise Refusal(404, "not_found", "This school is not served here.")
        if not token:
            raise unauthorized("The school's API key is needed, as the bearer token.")
        digest = sha256(json.dumps([site, token]).encode()).hexdigest()
        found = f"key:{digest}"

        async def refused() -> None:
            await self._forget(found)

        school = self._thinkific.for_site(_OwnKey(ApiKey(site, token), refused))
        # Many requests may come with a new key at once, and one of them is enough to try it.
        async with self._trying.setdefault(digest, anyio.Lock()):
            verdict = await self._remembered(found) or await self._try(found, site, address, school)
        if verdict == _WRONG:
            raise unauthorized(
                "The school does not take this API key. Check the key, the subdomain, and that the plan has API "
                "access; then try again in five minutes."
            )
        return school, Caller(f"key#{digest[:16]}")

    async def _remembered(self, found: str) -> str | None:
        verdict = await self._here.get(found)
        if verdict is None:
            with suppress(UnreachableError):
                verdict = await self._everywhere.get(found)
            if verdict is not None:
                await self._here.put(found, verdict, _REMEMBERED[verdict])
        elif verdict == _GOOD:  # while it is used, it need not be tried again
            await self._here.put(found, verdict, _REMEMBERED[verdict])
        return verdict

    async def _try(self, found: str, site: str, address: str, school: Thinkific) -> str:
        wait = self._by_address.wait(address) or self._in_all.wait("")
        if not wait and await self._tries(site) > _TRIES_A_MINUTE:
            wait = 60.0
        if wait:
            raise Refusal(429, "too_many_requests", "Too many keys are new here. Try again later.", wait)
        try:
            await school(ListCourses(limit=1), deadline=_TIME_TO_TRY)
            verdict = _GOOD
            self._by_address.take_back(address)
            self._in_all.take_back("")
        except (CredentialsError, NotFoundError):
            verdict = _WRONG
        except ForbiddenError as error:
            raise Refusal(403, "forbidden", str(error)) from None
        except ThinkificError as error:
            wait: float | None = getattr(error, "retry_after", None)
            raise unavailable(f"The key cannot be tried now. {error}", wait or 5) from None
        for memory in (self._here, self._everywhere):
            with suppress(UnreachableError):
                await memory.put(found, verdict, _REMEMBERED[verdict])
        return verdict

    async def _tries(self, site: str) -> int:
        tries = f"key-tries:{site}"
        try:
            return await self._everywhere.count(tries, 60)
        except UnreachableError:
            return await self._here.count(tries, 60)

    async def _forget(self, found: str) -> None:
        for memory in (self._here, self._everywhere):
            with suppress(UnreachableError):
                await memory.take(found)


class _OwnKey:
    """A key that has to be tried again once Thinkific has refused it (a `Credentials`)."""

    def __init__(self, key: ApiKey, refused: Callable[[], Awaitable[None]]) -> None:
        self._key = key
        self._refused = refused

    @property
    def site(self) -> str:
        return self._key.site

    async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
        return await self._key.headers(http)

    async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
        await self._refused()
        return False
