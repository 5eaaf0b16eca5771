"""Which JWTs let whom in."""

import hmac
import json
import logging
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkific_mcp.server.http.callers import Caller

from .identity_provider import AUDIENCE, ISSUER, NOW, IdentityProvider, jwk, jwt_tokens, private_key, token

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ALICE = Caller(f"{ISSUER}#42", frozenset({"read"}))


async def caller_of(
    presented: str,
    provider: IdentityProvider | None = None,
    *,
    scope_claim: str = "scope",
    scopes: Mapping[str, str] | None = None,
) -> Caller | None:
    """Return whom a JWT lets in at a server that has never seen one."""
    async with httpx2.AsyncClient(transport=provider or IdentityProvider()) as http:
        return await jwt_tokens(http, scope_claim, scopes).caller_of(presented)


def unsigned(header: Any, payload: Any) -> str:
    """Return a JWT without a signature."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, payload)]
    return ".".join([*parts, ""])


def signed_with_the_public_key() -> str:
    """Return a JWT whose signature takes the provider's public RSA key for a secret that both sides know."""
    secret = private_key("RS256").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = unsigned({"alg": "HS256", "kid": "first"}, jwt.decode(token(), options={"verify_signature": False}))
    signature = hmac.digest(secret, text[:-1].encode(), "sha256")
    return text + urlsafe_b64encode(signature).decode().rstrip("=")


def altered(given: str) -> str:
    """Return a JWT that allows more than was signed."""
    header, payload, signature = given.split(".")
    claims = jwt.decode(given, options={"verify_signature": False}) | {"scope": "write"}
    changed = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert changed != payload
    return ".".join([header, changed, signature])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_a_jwt_of_the_provider_lets_its_subject_in(algorithm: str) -> None:
    provider = IdentityProvider()
    provider.keys = [jwk(private_key(algorithm), algorithm, kid="first")]
    assert await caller_of(token(algorithm=algorithm), provider) == ALICE


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"aud": ["https://elsewhere.example.com", AUDIENCE]}, id="for others too"),
        pytest.param({"exp": NOW - 29}, id="ended within the leeway"),
        pytest.param({"nbf": NOW + 29}, id="begins within the leeway"),
        pytest.param({"iat": ...}, id="says not when it was issued"),
        pytest.param({"exp": int(NOW) + 300}, id="with whole seconds"),
    ],
)
async def test_a_jwt_lets_in_that_is_in_order(claims: dict[str, Any]) -> None:
    assert await caller_of(token(**claims)) == ALICE


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"aud": "https://elsewhere.example.com"}, id="for others"),
        pytest.param({"aud": AUDIENCE + "/"}, id="for almost us"),
        pytest.param({"aud": {AUDIENCE: 1}}, id="for an object"),
        pytest.param({"aud": ...}, id="for nobody"),
        pytest.param({"iss": "https://idp.example.com/other"}, id="of another issuer"),
        pytest.param({"iss": [ISSUER]}, id="of a list of issuers"),
        pytest.param({"iss": ...}, id="of no issuer"),
        pytest.param({"exp": NOW - 30}, id="ended"),
        pytest.param({"exp": ...}, id="without an end"),
        pytest.param({"exp": None}, id="with null for an end"),
        pytest.param({"exp": float("inf")}, id="with an endless end"),
        pytest.param({"exp": float("nan")}, id="with an end that is no number"),
        pytest.param({"exp": str(NOW + 300)}, id="with a text for an end"),
        pytest.param({"exp": True}, id="with true for an end"),
        pytest.param({"nbf": NOW + 31}, id="not begun"),
        pytest.param({"nbf": "soon"}, id="begins some time"),
        pytest.param({"nbf": True}, id="begins at true"),
        pytest.param({"iat": NOW + 31}, id="issued in the future"),
        pytest.param({"sub": ...}, id="for no subject"),
        pytest.param({"sub": "", "client_id": "7"}, id="for an empty subject"),
        pytest.param({"sub": None, "client_id": "7"}, id="for null"),
        pytest.param({"sub": "42\nERROR forged"}, id="for a subject of two lines"),
        pytest.param({"sub": "4" * 256}, id="for a long subject"),
        pytest.param({"sub": ..., "client_id": 7}, id="for a number"),
    ],
)
async def test_a_jwt_with_a_wrong_claim_lets_nobody_in(claims: dict[str, Any]) -> None:
    if claims.get("iss") == [ISSUER]:
        # PyJWT does not issue these.
        presented = jwt.api_jws.encode(
            json.dumps({"aud": AUDIENCE, "sub": "42", "exp": NOW + 300, **claims}).encode(),
            private_key("ES256"),
            "ES256",
            headers={"kid": "first"},
        )
    else:
        presented = token(**claims)
    assert await caller_of(presented) is None


PAYLOAD = {"iss": ISSUER, "aud": AUDIENCE, "sub": "42", "exp": NOW + 300, "scope": "read"}


@pytest.mark.parametrize(
    "presented",
    [
        pytest.param(unsigned({"alg": "none", "kid": "first"}, PAYLOAD), id="unsigned"),
        pytest.param(unsigned({"alg": "None"}, PAYLOAD), id="unsigned in other letters"),
        pytest.param(unsigned({"kid": "first"}, PAYLOAD), id="without an algorithm"),
        pytest.param(unsigned({"alg": ["ES256"], "kid": "first"}, PAYLOAD), id="with a list of algorithms"),
        pytest.param(unsigned({"alg": "ES256", "kid": "first"}, PAYLOAD), id="with an empty signature"),
        pytest.param(unsigned({"alg": "ES256", "kid": ["first"]}, PAYLOAD), id="with a list of keys"),
        pytest.param(unsigned([], PAYLOAD), id="with a list for a header"),
        pytest.param(token(key=private_key("ES256", "forger")), id="signed by another"),
        pytest.param(token(algorithm="RS256"), id="signed with another kind of key"),
        pytest.param(token(kid="second"), id="signed with a key that the provider has not"),
        pytest.param(altered(token()), id="altered"),
        pytest.param(token(padding="x" * 16_000), id="too long"),
        pytest.param(f"{token()}.{token()}", id="of more parts"),
        pytest.param(f" {token()}", id="with a blank before it"),
        pytest.param("", id="empty"),
        pytest.param("é.é.é", id="not of plain characters"),
        pytest.param("\udcff.a.b", id="of half a character"),
    ],
)
async def test_what_the_provider_did_not_sign_lets_nobody_in(presented: str) -> None:
    assert await caller_of(presented) is None


async def test_a_public_key_is_no_secret_that_a_jwt_could_be_signed_with() -> None:
    provider = IdentityProvider()
    provider.keys = [jwk(private_key("RS256"), "RS256", kid="first")]
    assert await caller_of(token(algorithm="RS256"), provider) == ALICE
    assert await caller_of(signed_with_the_public_key(), provider) is None


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"sub": "42", "client_id": "robot", "azp": "app"}, f"{ISSUER}#42"),
        ({"sub": ..., "client_id": "robot", "azp": "app"}, f"client of {ISSUER}#robot"),
        ({"sub": ..., "azp": "app"}, f"client of {ISSUER}#app"),
        ({"sub": ..., "client_id": "42"}, f"client of {ISSUER}#42"),
    ],
)
async def test_a_caller_is_named_by_issuer_and_subject_and_a_program_as_no_person_is(
    claims: dict[str, Any], name: str
) -> None:
    caller = await caller_of(token(**claims))
    assert caller and caller.name == name


STAFF = {"staff": "read", "editors": "write", "read": "destructive"}


@pytest.mark.parametrize(
    ("scope_claim", "scopes", "claims", "allowed"),
    [
        ("scope", {}, {"scope": "read  write"}, {"read", "write"}),
        ("scope", {}, {"scope": ["read", "destructive"]}, {"read", "destructive"}),
        ("scope", {}, {"scope": "openid READ read,write"}, set[str]()),
        ("scope", {}, {"scope": ["read write", 1, None, ["write"]]}, set[str]()),
        ("scope", {}, {"scope": {"read": True}}, set[str]()),
        ("scope", {}, {"scope": ...}, set[str]()),
        ("scope", STAFF, {"scope": "editors write"}, {"write"}),
        ("scope", STAFF, {"scope": "staff editors openid"}, {"read", "write"}),
        ("scope", STAFF, {"scope": "read"}, {"read", "destructive"}),
        ("realm_access.roles", {}, {"realm_access": {"roles": ["write"]}}, {"write"}),
        ("realm_access.roles", {}, {"realm_access": ["roles"]}, set[str]()),
        ("https://example.com/roles", {}, {"https://example.com/roles": ["write"]}, {"write"}),
    ],
)
async def test_scopes_are_what_the_claim_holds(
    scope_claim: str, scopes: dict[str, str], claims: dict[str, Any], allowed: set[str]
) -> None:
    caller = await caller_of(token(**claims), scope_claim=scope_claim, scopes=scopes)
    assert caller and caller.scopes == allowed


async def test_the_log_names_the_rule_and_nothing_of_the_jwt(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    presented = token(exp=NOW - 60, sub="subjects3cret", kid="first")
    await caller_of(presented)
    await caller_of(token(kid="kids3cret"))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("thinkific_mcp")]
    assert ours == ["A JWT was refused: ExpiredSignatureError", "A JWT was refused: InvalidKeyError"]
    assert [part for part in (*presented.split("."), "s3cret") if part in caplog.text] == []


@given(st.text() | st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}", fullmatch=True))
@settings(max_examples=150, deadline=None)
async def test_nothing_that_is_presented_raises(presented: str) -> None:
    assert await caller_of(presented) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = ("alg", "kid", "typ", "crit", "b64", "jwk", "x5c")
CLAIMS = ("iss", "aud", "sub", "exp", "nbf", "iat", "jti", "scope", "azp")


@given(st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from(["ES256", "first"])))
@settings(max_examples=100, deadline=None)
async def test_no_header_raises_or_lets_anybody_in(header: dict[str, Any]) -> None:
    assert await caller_of(unsigned(header, PAYLOAD)) is None


@given(st.dictionaries(st.sampled_from(CLAIMS), JSON | st.just(10**400)))
@settings(max_examples=100, deadline=None)
async def test_no_claim_that_the_provider_signs_raises(claims: dict[str, Any]) -> None:
    body = json.dumps(PAYLOAD | claims).encode()
    presented = jwt.api_jws.encode(body, private_key("ES256"), "ES256", headers={"kid": "first"})
    caller = await caller_of(presented)
    assert caller is None or caller.name.startswith(f"{ISSUER}#")
