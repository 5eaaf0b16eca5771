"""Who may call the sandbox: its one set of credentials, and two that meet Thinkific's refusals."""

from collections.abc import Mapping
from typing import Literal

from thinkific_mcp.sandbox.wire import Refusal

KEY = "sandbox"
SUBDOMAIN = "sandbox"
WITHOUT_SCOPE = "sandbox-without-scope"
WITHOUT_APPS = "sandbox-without-apps"

Credentials = Literal["correct", "wrong", "missing"]


def credentials(headers: Mapping[str, str]) -> Credentials:
    """Tell whether a request carries the credentials of the sandbox's site."""
    secret = _secret(headers)
    if secret is None:
        return "missing"
    return "correct" if secret in (KEY, WITHOUT_SCOPE, WITHOUT_APPS) else "wrong"


def admit(headers: Mapping[str, str], path: str) -> None:
    """Let a request pass to the endpoint of this path.

    Raises:
        Refusal: the credentials are missing or wrong, or do not reach so far.
    """
    if credentials(headers) != "correct":
        raise Refusal(401, {"error": "Authentication Error"})
    secret = _secret(headers)
    if secret == WITHOUT_APPS:
        raise Refusal(403, {"error": "Access to Apps is not available on your plan. Upgrade to gain access"})
    if secret == WITHOUT_SCOPE and path.startswith("/site_scripts"):
        raise Refusal(403, {"error": "Access token has insufficient scope."})


def _secret(headers: Mapping[str, str]) -> str | None:
    """Find the key or token of a request; None if there is none, or no subdomain to a key."""
    if "authorization" in headers:
        scheme, _, token = headers["authorization"].partition(" ")
        return token if scheme.lower() == "bearer" else ""
    if "x-auth-api-key" not in headers or "x-auth-subdomain" not in headers:
        return None
    key = headers["x-auth-api-key"]
    valid = headers["x-auth-subdomain"] == SUBDOMAIN and key != WITHOUT_SCOPE
    return key if valid else ""
