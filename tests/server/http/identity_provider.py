"""An identity provider that issues JWTs, and serves its keys without a network."""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from thinkific_mcp.server.http.jwt_tokens import JwtTokens

NOW = 1_768_467_600.0
ISSUER = "https://idp.example.com/tenant"
AUDIENCE = "https://mcp.example.com/mcp"
JWKS_URL = "https://idp.example.com/addresss3cret/keys"

Answer = Callable[[httpx2.Request], Awaitable[httpx2.Response]]

_MAKERS: Mapping[str, Callable[[], Any]] = {
    "R": lambda: rsa.generate_private_key(65_537, 2048),
    "P": lambda: rsa.generate_private_key(65_537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "Ed448": ed448.Ed448PrivateKey.generate,
}


@cache
def private_key(kind: str, name: str = "first") -> Any:
    """Return a key for an algorithm, always the same for a name; RS… and PS… share theirs."""
    return _MAKERS["R" if kind[:2] in ("RS", "PS") else kind]()


def jwk(key: Any, algorithm: str, **members: Any) -> dict[str, Any]:
    """Return the public half of a key as the provider shows it."""
    shown: dict[str, Any] = get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True)
    return shown | members


FIRST = jwk(private_key("ES256"), "ES256", kid="first", use="sig")
SECOND = jwk(private_key("ES256", "second"), "ES256", kid="second")


class IdentityProvider(httpx2.AsyncBaseTransport):
    """Issues JWTs, and answers requests for its keys.

    Attributes:
        fetches: how often its keys were asked for.
        keys: what it shows.
        answer: what it says in place of its keys.
    """

    def __init__(self) -> None:
        self.fetches = 0
        self.keys: list[dict[str, Any]] = [FIRST]
        self.answer: Answer | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        assert (request.method, str(request.url)) == ("GET", JWKS_URL)
        self.fetches += 1
        if self.answer:
            return await self.answer(request)
        return httpx2.Response(200, content=json.dumps({"keys": self.keys}))

    def answers(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Say this from now on."""

        async def answer(_: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(status, content=body, headers=headers)

        self.answer = answer


def jwt_tokens(
    http: httpx2.AsyncClient, scope_claim: str = "scope", scopes: Mapping[str, str] | None = None
) -> JwtTokens:
    """Return a server's knowledge of callers by JWTs of this provider; for it the time is always NOW."""
    return JwtTokens(
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks_url=JWKS_URL,
        scope_claim=scope_claim,
        scopes=scopes or {},
        http=http,
        now=lambda: NOW,
    )


def token(*, algorithm: str = "ES256", kid: Any = "first", key: Any = None, **claims: Any) -> str:
    """Return a JWT that is in order, but for the claims given; one that is `...` is left out.

    Args:
        algorithm: what it is signed with.
        kid: what it says of its key; None says nothing.
        key: what it is signed with in place of the provider's key for this algorithm.
        claims: beside those that it has.
    """
    all_claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "42",
        "exp": NOW + 300,
        "iat": NOW,
        "scope": "read",
    } | claims
    return jwt.encode(
        {name: value for name, value in all_claims.items() if value is not ...},
        key or private_key(algorithm),
        algorithm,
        headers=None if kid is None else {"kid": kid},
    )


def by_second() -> str:
    """Return a JWT that is signed with the provider's second key."""
    return token(kid="second", key=private_key("ES256", "second"))
