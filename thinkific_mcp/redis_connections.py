"""Connections to Redis for whatever is kept there, and words for what goes wrong with them."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from thinkific_mcp.errors import SettingsError, UnreachableError

C = TypeVar("C")

FAILURES = (exceptions.RedisError, OSError)
"""What is raised where Redis cannot be used."""

_CONNECTIONS = 10

_REASONS: Sequence[tuple[type[Exception], str]] = (
    (exceptions.AuthenticationError, "wrong user or password"),
    (TimeoutError, "no answer in time"),
    (exceptions.TimeoutError, "no answer in time"),
    (exceptions.ConnectionError, "no connection"),
    (OSError, "no connection"),
    (exceptions.NoPermissionError, "its user may not run scripts, or not use our keys"),
    (exceptions.ReadOnlyError, "it can only be read"),
    (exceptions.OutOfMemoryError, "its memory is full"),
    (exceptions.ResponseError, "it refused, perhaps as there is something else under our key"),
)


class RedisConnections(Generic[C]):
    """Connections for one purpose, of each event loop its own: they work only in the one they were made in.

    Args:
        url: the server, as `redis://`, `rediss://` or `unix://`.
        timeout: seconds that an answer may take, and as many to connect; whoever asks sets a limit to the whole,
            with the wait for a free connection.
        subject: what is kept in Redis, as errors name it.
        make: makes what works with the connections of an event loop.

    Raises:
        SettingsError: the address cannot be read.
    """

    def __init__(self, url: str, timeout: float, subject: str, make: Callable[[Redis], C]) -> None:
        self._url = url
        self._timeout = timeout
        self._subject = subject
        self._make = make
        self._one_at_a_time = threading.Lock()
        self._of_loops: dict[asyncio.AbstractEventLoop, C] = {}
        _pool(url, timeout)

    def here(self) -> C:
        """Return what works in this event loop.

        Raises:
            SettingsError: this is not asyncio, which the redis package needs.
        """
        loop = _running_loop()
        if loop is None:
            raise SettingsError(f"{self._subject} in Redis works on asyncio only; nothing was sent.")
        with self._one_at_a_time:
            if loop not in self._of_loops:
                others = {other: of_it for other, of_it in self._of_loops.items() if not other.is_closed()}
                self._of_loops = {**others, loop: self._make(Redis.from_pool(_pool(self._url, self._timeout)))}
            return self._of_loops[loop]

    def leave(self) -> C | None:
        """Return what works in this event loop, for the last time; the next one is made anew."""
        loop = _running_loop()
        with self._one_at_a_time:
            return None if loop is None else self._of_loops.pop(loop, None)


def unreachable(subject: str, failure: Exception, meanwhile: str = "") -> UnreachableError:
    """Say why what is kept in Redis cannot be used, without its address.

    Args:
        subject: what is kept there.
        failure: one of `FAILURES`.
        meanwhile: a sentence that says what follows from it.
    """
    reason = next((words for kind, words in _REASONS if isinstance(failure, kind)), type(failure).__name__)
    return UnreachableError(
        f"{subject} in Redis cannot be used: {reason}. {meanwhile}{' ' * bool(meanwhile)}"
        "Check that Redis runs, and THINKIFIC_REDIS_URL.",
        sent=False,
        lasting=isinstance(failure, exceptions.AuthenticationError),
    )


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _pool(url: str, timeout: float) -> BlockingConnectionPool:
    options: dict[str, Any] = {
        "max_connections": _CONNECTIONS,
        "timeout": None,
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        # A connection that was idle may be gone.
        "retry": Retry(NoBackoff(), 1, supported_errors=(exceptions.ConnectionError,)),
        "decode_responses": False,
    }
    try:
        pool = BlockingConnectionPool(**cast(dict[str, Any], parse_url(url)) | options)
        pool.make_connection()
    except (ValueError, TypeError, exceptions.RedisError):
        raise SettingsError("THINKIFIC_REDIS_URL should be an address such as redis://host:6379/0.") from None
    return pool
