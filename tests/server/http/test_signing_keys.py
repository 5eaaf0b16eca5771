"""Which of an identity provider's keys check signatures."""

from collections.abc import AsyncGenerator
from typing import Any

import anyio
import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from thinkific_mcp.server.http.jwt_tokens import JwtTokens

from .identity_provider import FIRST, SECOND, IdentityProvider, by_second, jwk, jwt_tokens, private_key, token

RSA = jwk(private_key("RS256"), "RS256", kid="first")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


@pytest.fixture
def provider() -> IdentityProvider:
    return IdentityProvider()


@pytest.fixture
async def tokens(provider: IdentityProvider) -> AsyncGenerator[JwtTokens]:
    async with httpx2.AsyncClient(transport=provider) as http:
        yield jwt_tokens(http)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({**FIRST, "use": "enc"}, id="encrypts"),
        pytest.param({**FIRST, "key_ops": ["deriveKey"]}, id="does something else"),
        pytest.param({**FIRST, "key_ops": "verify"}, id="says badly what it does"),
        pytest.param({**FIRST, "alg": "ES384"}, id="of another algorithm"),
        pytest.param({**FIRST, "alg": "HS256"}, id="of a symmetric algorithm"),
        pytest.param({**FIRST, "crv": "P-384"}, id="of another curve"),
        pytest.param({**FIRST, "crv": "secp256k1"}, id="of a curve that is not taken"),
        pytest.param({**FIRST, "x": 1}, id="with a number for a point"),
        pytest.param({**FIRST, "y": FIRST["x"]}, id="not on its curve"),
        pytest.param({"kty": "oct", "kid": "first", "k": "c2VjcmV0"}, id="symmetric"),
        pytest.param(
            {"kty": "oct", "crv": "P-256", "kid": "first", "k": "c2VjcmV0"}, id="symmetric, with a curve"
        ),
        pytest.param({**FIRST, "d": FIRST["x"]}, id="private"),
    ],
)
async def test_a_key_that_checks_no_signatures_does_not_count(
    wrong: dict[str, Any], provider: IdentityProvider, tokens: JwtTokens
) -> None:
    provider.keys = [wrong, SECOND]
    assert await tokens.caller_of(token()) is None
    assert await tokens.caller_of(by_second())


async def test_a_key_for_one_algorithm_checks_no_other(provider: IdentityProvider, tokens: JwtTokens) -> None:
    provider.keys = [{**RSA, "alg": "RS256"}]
    assert await tokens.caller_of(token(algorithm="RS256"))
    assert await tokens.caller_of(token(algorithm="PS256")) is None
    assert await tokens.caller_of(token(algorithm="RS512")) is None


async def test_a_key_that_is_too_short_lets_nobody_in(provider: IdentityProvider, tokens: JwtTokens) -> None:
    short = rsa.generate_private_key(65_537, 1024)
    provider.keys = [jwk(short, "RS256", kid="short"), RSA]
    with pytest.warns(match="below the minimum"):
        presented = token(algorithm="RS256", kid="short", key=short)
    assert await tokens.caller_of(presented) is None


async def test_ed448_is_an_eddsa(provider: IdentityProvider, tokens: JwtTokens) -> None:
    key = private_key("Ed448")
    provider.keys = [jwk(key, "EdDSA", kid="first")]
    assert await tokens.caller_of(token(algorithm="EdDSA", key=key))


async def test_a_jwt_that_names_no_key_is_checked_with_the_only_one_that_fits(
    provider: IdentityProvider, tokens: JwtTokens
) -> None:
    provider.keys = [RSA, FIRST]
    assert await tokens.caller_of(token(kid=None))
    provider.keys = [FIRST, SECOND]
    await anyio.sleep(600)
    assert await tokens.caller_of(token(kid=None)) is None


async def test_two_keys_of_one_name_let_nobody_in(provider: IdentityProvider, tokens: JwtTokens) -> None:
    provider.keys = [FIRST, {**SECOND, "kid": "first"}]
    assert await tokens.caller_of(token()) is None


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=50) | st.lists(st.text(), max_size=2)
KEYS = st.fixed_dictionaries(
    {"kty": JSON | st.sampled_from(["EC", "RSA", "OKP", "oct"])},
    optional={
        "crv": JSON | st.sampled_from(["P-256", "P-384", "Ed25519", "Ed448"]),
        "n": JSON | st.just(RSA["n"]),
        "x": JSON | st.just(FIRST["x"]),
        **dict.fromkeys(("kid", "use", "alg", "key_ops", "e", "y", "d"), JSON),
    },
)


@given(st.lists(KEYS | JSON, max_size=5))
@settings(max_examples=100, deadline=None)
def test_no_set_of_keys_keeps_a_good_key_from_counting(others: list[Any]) -> None:
    async def caller() -> object:
        provider = IdentityProvider()
        provider.keys = [*others, {**FIRST, "kid": "good"}]
        async with httpx2.AsyncClient(transport=provider) as http:
            return await jwt_tokens(http).caller_of(token(kid="good"))

    assert anyio.run(caller)
