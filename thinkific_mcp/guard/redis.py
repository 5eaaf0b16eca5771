"""What the guard remembers for minutes, shared by several processes and machines, in Redis."""

from typing import Any, cast

import anyio
from redis.asyncio import Redis

from thinkific_mcp.redis_connections import FAILURES, RedisConnections, unreachable

# The number stands for the shape of what is kept: whoever writes another shape must not meet this one.
_KEY = "thinkific-mcp:guard:1:{}"
_SUBJECT = "The shared memory of questions and confirmations"
_MEANWHILE = "Nothing was sent. Until it can be used, no change can be made that has to be confirmed."

_COUNT = """
local number = redis.call('INCR', KEYS[1])
if redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return number
"""


class RedisMemory:
    """Remembers in Redis 6.2 or later.

    Args:
        url: the server, as `redis://`, `rediss://` or `unix://`.
        timeout: seconds that each question to Redis may take.

    Raises:
        SettingsError: the address cannot be read; also from every method where this is not asyncio.
    """

    def __init__(self, url: str, timeout: float = 1) -> None:
        self._timeout = timeout
        self._connections = RedisConnections(url, timeout, _SUBJECT, _as_it_is)

    async def put(self, key: str, value: str, seconds: float) -> None:
        """Remember a text.

        Raises:
            UnreachableError: Redis cannot be used.
        """
        await self._ask("SET", _KEY.format(key), value, "PX", _milliseconds(seconds))

    async def get(self, key: str) -> str | None:
        """Return what is under a key.

        Raises:
            UnreachableError: Redis cannot be used.
        """
        return _text(await self._ask("GET", _KEY.format(key)))

    async def take(self, key: str) -> str | None:
        """Return what is under a key, and forget it; where Redis's answer gets lost it is gone.

        Raises:
            UnreachableError: Redis cannot be used.
        """
        return _text(await self._ask("GETDEL", _KEY.format(key)))

    async def count(self, key: str, seconds: float) -> int:
        """Add one to the number under a key; where Redis's answer gets lost it may be two.

        Raises:
            UnreachableError: Redis cannot be used.
        """
        return await self._ask("EVAL", _COUNT, 1, _KEY.format(key), _milliseconds(seconds))

    async def aclose(self) -> None:
        """Close this event loop's connections; they are made anew for who calls next."""
        redis = self._connections.leave()
        if redis is not None:
            with anyio.move_on_after(self._timeout, shield=True):
                await redis.aclose()

    async def _ask(self, *words: str | int) -> Any:
        redis = cast(Any, self._connections.here())
        try:
            with anyio.fail_after(self._timeout):
                return await redis.execute_command(*words)
        except FAILURES as failure:
            error = unreachable(_SUBJECT, failure, _MEANWHILE)
        # Not from within, where the failure would come along as its context, with the address.
        raise error


def _as_it_is(redis: Redis) -> Redis:
    return redis


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _text(found: bytes | None) -> str | None:
    return None if found is None else found.decode(errors="replace")
