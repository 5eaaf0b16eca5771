"""The keys that an identity provider signs with, from the address where it keeps them (JWKS, RFC 7517)."""

import json
import logging
import math
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, cast

import anyio
import httpx2
import jwt

from thinkific_mcp.errors import UnreachableError

_FRESH = 600.0
_USABLE = 86_400.0
_PAUSE = 30.0
_PAUSE_WITHOUT_KEYS = 5.0
_LONGEST_FETCH = 5.0
_LARGEST_BODY = 1_000_000

# By the key's curve, or by its type where it has none.
_ALGORITHMS: Mapping[str, Sequence[str]] = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA",),
    "Ed448": ("EdDSA",),
}
ALGORITHMS = frozenset(name for names in _ALGORITHMS.values() for name in names)
"""What a JWT may be signed with; none of it works with a secret that both sides know."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Key:
    kid: object
    algorithms: Sequence[str]
    public: Any = field(repr=False)


class _NoKeysError(Exception):
    """What came is no set of keys; its text tells why."""


class SigningKeys:
    """The keys of an identity provider, fetched when they are needed and kept for 10 minutes.

    A key that is not among them is looked for anew, but never within 30 seconds of the last fetch, so that a flood
    of tokens with made-up keys costs nothing. While the provider is down, the keys that are known stay for a day.

    Args:
        address: where the keys are.
        http: fetches them.
    """

    def __init__(self, address: str, http: httpx2.AsyncClient) -> None:
        self._address = address
        self._http = http
        self._keys: Sequence[_Key] = ()
        self._fetched_at = self._tried_at = -math.inf
        self._failure = ""
        self._lock = anyio.Lock()

    async def public_key(self, kid: str | None, algorithm: str) -> Any:
        """Return the public key that checks a signature; None where the provider has none, or several fit.

        Args:
            kid: what the token says of its key; None where it says nothing.
            algorithm: one of `ALGORITHMS`.

        Raises:
            UnreachableError: no keys are known, and they cannot be fetched.
        """
        found = self._find(kid, algorithm)
        # Who has a key does not wait while another looks whether there are new ones.
        if self._is_due(found) and not (found and self._lock.locked()):
            async with self._lock:
                if self._is_due(self._find(kid, algorithm)):
                    await self._fetch()
            found = self._find(kid, algorithm)
        if not self._has_keys():
            raise UnreachableError(
                f"The identity provider's keys cannot be fetched: {self._failure}. Check THINKIFIC_JWKS_URL and "
                "the network.",
                sent=False,
            )
        return found.public if found else None

    def _find(self, kid: str | None, algorithm: str) -> _Key | None:
        fitting = [key for key in self._keys if algorithm in key.algorithms and kid in (None, key.kid)]
        return fitting[0] if self._has_keys() and len(fitting) == 1 else None

    @property
    def problem(self) -> str:
        """What keeps the keys away; empty where some are known, or nobody needed any yet."""
        return "" if self._has_keys() else self._failure

    def _has_keys(self) -> bool:
        return anyio.current_time() - self._fetched_at < _USABLE

    def _is_due(self, found: _Key | None) -> bool:
        now = anyio.current_time()
        if found and now - self._fetched_at < _FRESH:
            return False
        return now - self._tried_at >= (_PAUSE if self._has_keys() else _PAUSE_WITHOUT_KEYS)

    async def _fetch(self) -> None:
        failure = ""
        try:
            # Shielded: callers that hang up at once would otherwise cause one fetch each.
            with anyio.fail_after(_LONGEST_FETCH, shield=True):
                self._keys = _usable_keys(await self._body())
            self._fetched_at = anyio.current_time()
        except _NoKeysError as error:
            failure = str(error)
        except (httpx2.HTTPError, OSError) as error:
            failure = f"there was no answer ({type(error).__name__})"
        finally:
            self._tried_at = anyio.current_time()
        self._failure = failure
        if failure:
            _logger.warning("The identity provider's keys cannot be fetched: %s.", failure)

    async def _body(self) -> bytes:
        body = bytearray()
        headers = {"Accept": "application/json"}
        async with self._http.stream("GET", self._address, headers=headers, follow_redirects=False) as response:
            if response.status_code != 200:
                raise _NoKeysError(f"the answer is {response.status_code}")
            async with aclosing(response.aiter_bytes()) as pieces:
                async for piece in pieces:
                    body += piece
                    if len(body) > _LARGEST_BODY:
                        raise _NoKeysError(f"the answer is over {_LARGEST_BODY // 1_000_000} MB")
        return bytes(body)


def _usable_keys(body: bytes) -> Sequence[_Key]:
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    held: Any = cast(dict[str, Any], data).get("keys") if isinstance(data, dict) else None
    entries = cast(list[Any], held) if isinstance(held, list) else []
    keys = [key for entry in entries if isinstance(entry, dict) and (key := _key(cast(dict[str, Any], entry)))]
    if not keys:
        raise _NoKeysError("the answer holds no usable key")
    return keys


def _key(entry: dict[str, Any]) -> _Key | None:
    """Read a public key that checks signatures; None where it is anything else."""
    algorithms = _ALGORITHMS.get(str(entry.get("crv") or entry.get("kty")), ())
    if entry.get("alg") is not None:
        algorithms = [name for name in algorithms if name == entry["alg"]]
    operations = entry.get("key_ops")
    is_for_checking = entry.get("use") in (None, "sig") and (
        operations is None or (isinstance(operations, list) and "verify" in operations)
    )
    if not algorithms or not is_for_checking or "d" in entry:
        return None
    try:
        return _Key(entry.get("kid"), algorithms, jwt.PyJWK(entry, algorithms[0]).key)
    except jwt.PyJWTError:
        return None
