"""JWTs of an identity provider (RFC 7519) as callers' bearer tokens."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx2
import jwt
from jwt.exceptions import InvalidSubjectError

from thinkific_mcp.server.http.callers import SCOPES, Caller, Scope
from thinkific_mcp.server.http.signing_keys import ALGORITHMS, SigningKeys

_LONGEST_TOKEN = 16_000
# What OpenID Connect allows, section 2 of its core.
_LONGEST_SUBJECT = 255
_LEEWAY = 30

_logger = logging.getLogger(__name__)


class JwtTokens:
    """Knows callers by the JWTs of one identity provider, signed with keys that it publishes.

    A JWT has to name the issuer, the audience, an end (`exp`) and whom it stands for: `sub`, or where it has none
    `client_id` or `azp`. It may be off by 30 seconds at either end. Its scopes are values of one claim; where the
    claim has none of ours, the caller is known and may do nothing.

    Args:
        issuer: what `iss` has to be.
        audience: what `aud` has to be, or to hold.
        jwks_url: where the provider's keys are.
        scope_claim: the claim that holds scopes, as words in a string or as a list; dots lead into an object
            (`realm_access.roles`) where no claim has just this name.
        scopes: which of the provider's values stand for which of our scopes; ours also stand for themselves.
        http: fetches the keys.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        jwks_url: str,
        scope_claim: str,
        scopes: Mapping[str, str],
        http: httpx2.AsyncClient,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = SigningKeys(jwks_url, http)
        self._scope_claim = scope_claim
        self._scopes = scopes
        self._now = now

    @property
    def problem(self) -> str:
        """That the identity provider's keys are needed and cannot be had."""
        return "the identity provider's keys cannot be fetched" if self._keys.problem else ""

    async def caller_of(self, token: str) -> Caller | None:
        """Return whom a JWT stands for; None where it is not one, or is not valid here and now.

        Raises:
            UnreachableError: the provider's keys are not known and cannot be fetched.
        """
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return None
        try:
            claims = await self._claims(token)
            return Caller(_name(self._issuer, claims), self._scopes_of(claims))
        except jwt.PyJWTError as error:
            # Only the kind: the text may repeat what the token holds.
            _logger.info("A JWT was refused: %s", type(error).__name__)
            return None

    async def _claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a JWT that is in order.

        Raises:
            jwt.PyJWTError: it is not.
            UnreachableError: that cannot be told.
        """
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError
        # This key is of the algorithm's own kind, so that none can be taken for another's secret.
        key = await self._keys.public_key(header.get("kid"), algorithm)
        if key is None:
            raise jwt.InvalidKeyError
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=self._audience,
            issuer=self._issuer,
            options={
                "enforce_minimum_key_length": True,
                "require": ["exp"],
                # These three go by the clock of the machine alone.
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
        self._check_times(claims)
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._now()
        if _time(claims, "exp") + _LEEWAY <= now:
            raise jwt.ExpiredSignatureError
        for name in ("nbf", "iat"):
            if name in claims and _time(claims, name) - _LEEWAY > now:
                raise jwt.ImmatureSignatureError

    def _scopes_of(self, claims: Mapping[str, Any]) -> frozenset[Scope]:
        held = _claim(claims, self._scope_claim)
        words = held.split() if isinstance(held, str) else cast(list[Any], held) if isinstance(held, list) else []
        theirs = [word for word in words if isinstance(word, str)]
        ours = {*theirs, *(self._scopes[word] for word in theirs if word in self._scopes)}
        return frozenset(scope for scope in SCOPES if scope in ours)


def _time(claims: Mapping[str, Any], name: str) -> float:
    seconds = claims[name]
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < math.inf:
        raise jwt.DecodeError
    return seconds


def _name(issuer: str, claims: Mapping[str, Any]) -> str:
    """Name a person by `sub`, or where there is none a program by its id: the two never alike (RFC 9068, 5)."""
    return f"{issuer}#{_subject(claims)}" if "sub" in claims else f"client of {issuer}#{_subject(claims)}"


def _subject(claims: Mapping[str, Any]) -> str:
    for name in ("sub", "client_id", "azp"):
        if name in claims:
            subject = claims[name]
            if isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT and subject.isprintable():
                return subject
            raise InvalidSubjectError
    raise jwt.MissingRequiredClaimError("sub")


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = cast(dict[str, Any], found).get(name) if isinstance(found, dict) else None
    return found
