"""By which names the server is called, and what it tells before anybody has shown a token."""

from pathlib import Path

import anyio
import pytest

from thinkific_mcp.sandbox import Sandbox

from .conftest import hosted

IDENTITY_PROVIDER = {
    "jwt_issuer": "https://idp.example.com/realm",
    "jwt_audience": "thinkific",
    "jwks_url": "https://idp.example.com/keys",
}
PUBLIC = "https://mcp.example.com/mcp"
PAGE = "https://app.example.com"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("mcp.example.com", 200),
        ("mcp.example.com:444", 421),
        ("evil.example.com", 421),
        ("localhost.evil.example.com", 421),
        ("", 421),
    ],
)
async def test_a_name_that_is_not_ours_is_refused_before_the_token_is_read(
    host: str, status: int, site: dict[str, str], tokens: Path
) -> None:
    async with hosted(**site, http_tokens_file=tokens, allowed_hosts="mcp.example.com") as server:
        assert (await server.ask("alice", Host=host)).status_code == status
        assert (await server.ask("mallory", Host=host)).status_code == (401 if status == 200 else status)


@pytest.mark.parametrize(
    ("origin", "status"),
    [(PAGE, 200), ("http://localhost:5173", 200), ("https://evil.example.com", 403), ("null", 403)],
)
async def test_a_page_of_another_origin_is_refused(
    origin: str, status: int, site: dict[str, str], tokens: Path
) -> None:
    async with hosted(**site, http_tokens_file=tokens, allowed_origins=PAGE) as server:
        answer = await server.ask("alice", Origin=origin)
    assert answer.status_code == status
    assert answer.headers.get("access-control-allow-origin") == (PAGE if origin == PAGE else None)


@pytest.mark.parametrize(("origin", "allowed"), [(PAGE, PAGE), ("https://evil.example.com", None)])
async def test_a_browser_is_told_whose_pages_may_call(
    origin: str, allowed: str | None, site: dict[str, str], tokens: Path
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    async with hosted(**site, http_tokens_file=tokens, allowed_origins=PAGE) as server, server.http() as http:
        answer = await http.options("/mcp", headers=asked | {"Access-Control-Request-Headers": "authorization"})
    assert answer.headers.get("access-control-allow-origin") == allowed


async def test_a_client_without_a_token_is_told_where_to_get_one(site: dict[str, str]) -> None:
    async with hosted(**site, **IDENTITY_PROVIDER, public_url=PUBLIC) as server, server.http() as http:
        challenge = (await server.ask()).headers["www-authenticate"]
        metadata = await http.get("/.well-known/oauth-protected-resource/mcp")
    assert 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"' in challenge
    assert metadata.json()["resource"] == PUBLIC
    assert metadata.json()["authorization_servers"] == [IDENTITY_PROVIDER["jwt_issuer"]]
    assert metadata.json()["scopes_supported"] == ["destructive", "read", "write"]


async def test_whether_it_lives_and_is_ready_is_told_to_everybody(
    site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server, server.http() as http:
        alive, ready = await http.get("/healthz"), await http.get("/readyz")
    assert alive.json() == {"status": "alive"}
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ready",
        "settings": "ok",
        "redis": "not used",
        "upstream_budget": {"next_request_in_seconds": 0.0},
    }
    assert not sandbox.requests


async def test_a_tokens_file_that_is_gone_is_told(site: dict[str, str], tokens: Path) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server, server.http() as http:
        await anyio.Path(tokens).unlink()
        assert (await server.ask("alice")).status_code == 401
        ready = (await http.get("/readyz")).json()
    assert (ready["status"], ready["settings"]) == ("degraded", "the tokens file is gone")


async def test_without_its_redis_it_says_that_it_is_degraded(site: dict[str, str]) -> None:
    nowhere = "redis://:secret@127.0.0.1:9/0"
    async with hosted(**site, redis_url=nowhere) as server, server.http() as http:
        ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["redis"]) == (200, "degraded", "unreachable")
    assert "secret" not in ready.text
