"""The way in to any site whose API key the caller brings."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from ipaddress import ip_address, ip_network
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
)
from thinkific_mcp.guard.memory import Memory
from thinkific_mcp.server.http.callers import Caller
from thinkific_mcp.server.http.known_keys import KnownKeys, Verdict
from thinkific_mcp.server.http.rates import Rates
from thinkific_mcp.server.http.refusals import Refusal, unauthorized, unavailable
from thinkific_mcp.settings.hosting import ANY
from thinkific_mcp.subdomain import is_subdomain

_TRIES_A_MINUTE = 10
_MISSES_A_MINUTE_BY_ADDRESS = 300
_MISSES_A_MINUTE_IN_ALL = 3000
_TIME_TO_TRY = 10.0


class OwnKeys:
    """Any site, or some, for whoever brings its API key.

    A key is tried by one request before anything else is done with it, and remembered by its hash. So a wrong key
    costs one request in five minutes, whatever comes in with it. Ten new keys of a site are tried a minute, and
    each process tries 300 wrong ones a minute for each address, and 3000 in all; keys that were good in the past
    week are not held to that.

    Args:
        thinkific: knows how Thinkific is reached.
        sites: the subdomains that are served; or `any`.
        memory: where it is remembered, for all processes, what became of a key.
    """

    def __init__(self, thinkific: Thinkific, sites: Sequence[str], memory: Memory) -> None:
        self._thinkific = thinkific
        self._sites = sites
        self._known = KnownKeys(memory)
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

        async def refused() -> None:
            await self._known.forget(digest)

        school = self._thinkific.for_site(_OwnKey(ApiKey(site, token), refused), client_secret="")
        # Many requests may come with a new key at once, and one of them is enough to try it.
        async with self._trying.setdefault(digest, anyio.Lock()):
            verdict = await self._known.verdict(digest)
            if verdict is None:
                verdict = await self._try(digest, site, _network(address), school)
        if verdict == "wrong":
            raise unauthorized(
                "The school does not take this API key. Check the key, the subdomain, and that the plan has API "
                "access; then try again in five minutes."
            )
        return school, Caller(f"key#{digest[:16]}")

    async def _try(self, digest: str, site: str, network: str, school: Thinkific) -> Verdict:
        is_proven = await self._known.is_proven(digest)
        if not is_proven and (wait := await self._wait(site, network)):
            raise Refusal(
                429,
                "too_many_requests",
                "Too many API keys that this server has not seen before came in the past minute. Try again later.",
                wait,
            )
        try:
            await school(ListCourses(limit=1), deadline=_TIME_TO_TRY)
            verdict: Verdict = "good"
            if not is_proven:
                self._by_address.take_back(network)
                self._in_all.take_back("")
        except (CredentialsError, NotFoundError):
            verdict = "wrong"
        except ForbiddenError as error:
            raise Refusal(403, "forbidden", str(error)) from None
        except ThinkificError as error:
            wait: float | None = getattr(error, "retry_after", None)
            raise unavailable(f"The key cannot be tried now. {error}", wait or 5) from None
        await self._known.note(digest, verdict)
        return verdict

    async def _wait(self, site: str, network: str) -> float:
        """Count a new key, or return the seconds after which it could be tried."""
        if wait := self._by_address.wait(network) or self._in_all.wait(""):
            return wait
        return 60.0 if await self._known.count_try(site) > _TRIES_A_MINUTE else 0.0


def _network(address: str) -> str:
    """Return what stands for whoever has an address: of IPv6, everybody has a whole network to choose from."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address


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
