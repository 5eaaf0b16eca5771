"""Refusals that repeat what a request carried."""

import json

import httpx2
import pytest

from thinkific_mcp.api.users import UpdateUser
from thinkific_mcp.client import AccessToken, Credentials

from .conftest import ACCOUNT, KEY, answering, failure

TOKEN = "t0ken-s3cret"
PASSWORD = 'pass "wörd" </1>'


async def said(answer: httpx2.Response, credentials: Credentials = ACCOUNT) -> str:
    """Return what is quoted of a refusal."""
    error = await failure(
        answering(answer, credentials=credentials),
        UpdateUser(user_id="1", email="ada@example.com", password=PASSWORD),
    )
    return str(error).partition('Thinkific says: "')[2].partition('"')[0]


async def test_a_key_is_not_quoted() -> None:
    assert (
        await said(httpx2.Response(422, json={"error": f"X-Auth-API-Key: {KEY}."}))
        == "X-Auth-API-Key: (not shown)."
    )


async def test_a_token_is_not_quoted() -> None:
    answer = httpx2.Response(422, json={"error": f"Bearer {TOKEN} is odd."})
    assert await said(answer, AccessToken(TOKEN)) == "Bearer (not shown) is odd."


async def test_a_key_in_plain_text_is_not_quoted() -> None:
    assert await said(httpx2.Response(422, text=f"No {KEY}, no.")) == "No (not shown), no."


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(PASSWORD),
        json.dumps(PASSWORD, ensure_ascii=False),
        json.dumps(PASSWORD).replace("<", r"\u003c").replace("/", r"\/"),
    ],
)
async def test_a_password_is_not_quoted_however_it_is_written(written: str) -> None:
    answer = httpx2.Response(422, content=f'{{"error": ["Too weak:", {written}]}}'.encode())
    assert await said(answer) == "Too weak:; (not shown)"


async def test_what_is_no_secret_is_quoted() -> None:
    answer = httpx2.Response(422, json={"error": "my-school has ada@example.com."})
    assert await said(answer) == "my-school has ada@example.com."


async def test_a_word_too_short_to_be_a_secret_is_quoted() -> None:
    answer = httpx2.Response(422, json={"error": "The email is odd."})
    assert await said(answer, AccessToken("email")) == "The email is odd."
