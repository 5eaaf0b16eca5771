"""Budgets shared by several processes and machines, in Redis.

The rules stay in Python: a site's allowance is one JSON text under one key, read, changed, and put back only if
nobody else put another there meanwhile. A site sees a few requests a second, so that hardly ever happens.
"""

import asyncio
from functools import partial
from typing import Any, ClassVar, Generic

import anyio
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis

from thinkific_mcp.client.pace.allowance import Allowance
from thinkific_mcp.client.pace.store import Change, T
from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.redis_connections import FAILURES, RedisConnections, unreachable

_ALLOWANCE = TypeAdapter(Allowance)
# The number stands for the shape of the text: whoever writes another shape must not meet this one.
_KEY = "thinkific-mcp:budget:1:{}"
_SUBJECT = "The shared request budget"
_KEPT_SECONDS = 3600
_CLOCK_DRIFT = 1.0

# Puts a text in place of the one that was read, or returns what is there, and when: by Redis's own clock, since
# those of several machines differ. What is there already was put there by a try whose answer got lost.
_REPLACE_OR_READ = """
local there = redis.call('GET', KEYS[1]) or ''
if ARGV[1] and (there == ARGV[1] or there == ARGV[2]) then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
  return false
end
local now = redis.call('TIME')
return {there, now[1], now[2]}
"""


class RedisStore:
    """Keeps the allowances in Redis.

    Args:
        url: the server, as `redis://`, `rediss://` or `unix://`.
        timeout: seconds that a change may take.

    Raises:
        SettingsError: the address cannot be read.
    """

    is_shared: ClassVar[bool] = True

    def __init__(self, url: str, timeout: float = 3) -> None:
        self._connections = RedisConnections(url, timeout, _SUBJECT, partial(_Connected, timeout=timeout))

    async def change(self, site: str, change: Change[T]) -> T:
        """Carry out a change of a site's allowance.

        Changes of a site that come while another is under way are carried out together after it. One that was
        begun is carried out even when its caller is cancelled.

        Raises:
            SettingsError: this is not asyncio, which the redis package needs.
            UnreachableError: Redis does not answer, or others change the allowance without end.
        """
        return await self._connections.here().change(_KEY.format(site), change)

    async def is_reachable(self) -> bool:
        """Tell whether Redis can be written to, by a budget of nobody's."""
        try:
            await self.change("", lambda allowance, now: None)
        except UnreachableError:
            return False
        return True

    async def aclose(self) -> None:
        """Close this event loop's connections; they are made anew for who calls next."""
        connected = self._connections.leave()
        if connected is not None:
            await connected.aclose()


class _Asked(Generic[T]):
    """A change that is to be carried out, and what became of it."""

    def __init__(self, change: Change[T]) -> None:
        self._change = change
        self._outcomes: list[T] = []
        self._failure: Exception | None = None
        self._over = anyio.Event()

    def carry_out(self, allowance: Allowance, now: float) -> None:
        self._outcomes = [self._change(allowance, now)]

    def end(self, failure: Exception | None) -> None:
        self._failure = failure
        self._over.set()

    async def outcome(self) -> T:
        await self._over.wait()
        if isinstance(self._failure, FAILURES):
            raise unreachable(_SUBJECT, self._failure)
        if self._failure is not None:
            raise self._failure
        return self._outcomes[0]


class _Connected:
    """The connections of one event loop, and the changes that are to be carried out over them."""

    def __init__(self, redis: Redis, timeout: float) -> None:
        self._timeout = timeout
        self._redis = redis
        self._replace_or_read = self._redis.register_script(_REPLACE_OR_READ)
        self._asked: dict[str, list[_Asked[Any]]] = {}
        self._working: set[asyncio.Task[None]] = set()

    async def change(self, key: str, change: Change[T]) -> T:
        asked = _Asked(change)
        if key in self._asked:
            self._asked[key].append(asked)
        else:
            self._asked[key] = [asked]
            # A task of its own, since the caller may be cancelled.
            task = asyncio.create_task(self._work(key))
            self._working.add(task)
            task.add_done_callback(self._working.discard)
        return await asked.outcome()

    async def _work(self, key: str) -> None:
        """Carry out what was asked for, and then together all that was asked for meanwhile."""
        try:
            while together := self._asked[key]:
                self._asked[key] = []
                await self._carry_out(key, together)
        finally:
            for asked in self._asked.pop(key):  # where the event loop ends before them
                asked.end(TimeoutError())

    async def _carry_out(self, key: str, together: list[_Asked[Any]]) -> None:
        failure: Exception | None = TimeoutError()
        try:
            with anyio.move_on_after(self._timeout):
                await self._replace(key, together)
                failure = None
        except Exception as error:
            failure = error
        finally:
            for asked in together:
                asked.end(failure)

    async def _replace(self, key: str, together: list[_Asked[Any]]) -> None:
        found = await self._replace_or_read(keys=[key])
        while found:
            text, seconds, microseconds = found
            now = int(seconds) + int(microseconds) / 1e6
            allowance = _parsed(text, now)
            for asked in together:
                asked.carry_out(allowance, now)
            changed = _ALLOWANCE.dump_json(allowance)
            found = await self._replace_or_read(keys=[key], args=[text, changed, _KEPT_SECONDS])

    async def aclose(self) -> None:
        with anyio.move_on_after(self._timeout, shield=True):
            if self._working:
                await asyncio.wait(self._working)
            await self._redis.aclose()


def _parsed(text: bytes, now: float) -> Allowance:
    """Read an allowance; what is none, or was written by a clock that has been set back since, is forgotten."""
    try:
        allowance = _ALLOWANCE.validate_json(text)
    except ValidationError:
        return Allowance()
    return allowance if (allowance.last or now) <= now + _CLOCK_DRIFT else Allowance()
