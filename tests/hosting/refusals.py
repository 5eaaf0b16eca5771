"""Requests that are not what they should be, and what each gets: a table for tests and documentation."""

import json
from dataclasses import dataclass, replace

from .messages import Request, call_body
from .schools import School

BODY_LIMIT = 5000
SITES = "site-00,site-01,not-at-thinkific"
TOKEN = "token-of-alice-0f6b2c9d17e84a53"
OWN_SITE = "/mcp"
KEYED = "/sites/site-00/mcp"


@dataclass(frozen=True)
class Row:
    """A request, and what it gets.

    Attributes:
        what: it in words.
        request: itself; without an Authorization header of its own it carries a valid key or token.
        status: the HTTP status of its answer.
        error: how the answer names what is wrong, or how that begins.
    """

    what: str
    request: Request
    status: int
    error: str


def _keyed(**headers: str | list[str] | None) -> Request:
    return Request(KEYED, headers={name.replace("_", "-"): value for name, value in headers.items()})


def _with_body(body: str) -> Request:
    return Request(KEYED, body=body)


ROWS = [
    Row("a call", _keyed(), 200, ""),
    Row("a call of the operator's own site", Request(OWN_SITE), 200, ""),
    # Malformed.
    Row("no JSON", _with_body("{"), 400, "Parse error"),
    Row("an empty body", _with_body(""), 400, "Parse error"),
    Row("4000 brackets", _with_body("[" * 4000), 400, "Parse error"),
    Row("a batch", _with_body(f"[{call_body()}]"), 400, "Body must be a single JSON-RPC"),
    Row("JSON that is no message", _with_body("{}"), 400, "Body must be a single JSON-RPC"),
    Row("another tool in the body than in Mcp-Name", _keyed(Mcp_Name="delete_user"), 400, "mcp-name header"),
    Row(
        "another protocol version in the body",
        _keyed(MCP_Protocol_Version="2031-01-01"),
        400,
        "mcp-protocol-version",
    ),
    Row("another content type", _keyed(Content_Type="text/plain"), 400, "Invalid Content-Type"),
    Row("no content type", _keyed(Content_Type=None), 400, "Invalid Content-Type"),
    Row("takes no JSON", _keyed(Accept="text/html"), 406, ""),
    Row(
        "a length and chunks",
        replace(_keyed(Transfer_Encoding="chunked"), body="0\r\n\r\n"),
        400,
        "invalid_request",
    ),
    Row("two lengths", _keyed(Content_Length=["5", "6"]), 400, "Invalid HTTP request"),
    Row("GET", Request(KEYED, "GET", body=""), 405, "Method Not Allowed"),
    Row("PUT", Request(KEYED, "PUT"), 405, "Method Not Allowed"),
    Row("an unknown path", Request("/admin"), 404, "Not Found"),
    Row("a path below", Request(f"{KEYED}/more"), 404, "Not Found"),
    # Oversized.
    Row("a large body", _with_body(call_body() + " " * BODY_LIMIT), 413, "Request body too large"),
    Row("a length that is a lie", _keyed(Content_Length="100000000"), 413, "Request body too large"),
    # Of other sites.
    Row("another Host", _keyed(Host="evil.example"), 421, "Invalid Host"),
    Row("another Origin", _keyed(Origin="https://evil.example"), 403, "Invalid Origin"),
    Row("Origin null", _keyed(Origin="null"), 403, "Invalid Origin"),
    Row("an Origin that is allowed", _keyed(Origin="https://app.example.com"), 200, ""),
    # Schools.
    Row("a school that is not served", Request("/sites/site-05/mcp"), 404, "not_found"),
    Row("a school that there is not", Request("/sites/not-at-thinkific/mcp"), 401, "invalid_token"),
    Row("a subdomain with a dot", Request("/sites/site-00.evil/mcp"), 404, "not_found"),
    Row("a subdomain in capitals", Request("/sites/SITE-00/mcp"), 200, ""),
    Row("dots for a subdomain", Request("/sites/../mcp"), 404, "not_found"),
    Row("escaped dots", Request("/sites/%2e%2e/mcp"), 404, "not_found"),
    Row("an escaped slash", Request("/sites/site-00%2Fmcp/mcp"), 404, "Not Found"),
    Row("an escaped line break", Request("/sites/site-00%0a/mcp"), 404, "not_found"),
    Row("a very long subdomain", Request(f"/sites/{'a' * 5000}/mcp"), 404, "not_found"),
    # Tokens.
    Row("no token", _keyed(Authorization=None), 401, "invalid_token"),
    Row("no token, own site", Request(OWN_SITE, headers={"Authorization": None}), 401, "invalid_token"),
    Row("a wrong key", _keyed(Authorization="Bearer wrong"), 401, "invalid_token"),
    Row("a wrong token", Request(OWN_SITE, headers={"Authorization": "Bearer wrong"}), 401, "invalid_token"),
    Row("another scheme", _keyed(Authorization="Basic YTpi"), 400, "invalid_request"),
    Row("an empty token", _keyed(Authorization="Bearer "), 400, "invalid_request"),
    Row("a token with a space", _keyed(Authorization="Bearer a b"), 400, "invalid_request"),
    Row("a token with an é", _keyed(Authorization="Bearer é"), 400, "invalid_request"),
    Row("two tokens", _keyed(Authorization=["Bearer a", "Bearer b"]), 400, "invalid_request"),
    # Narrowing.
    Row("an unknown tool in X-MCP-Tools", _keyed(X_MCP_Tools="get_cuorse"), 400, "invalid_request"),
    Row("an unknown toolset", _keyed(X_MCP_Toolsets="everything"), 400, "invalid_request"),
    Row("a call of a tool that X-MCP-Tools leaves out", _keyed(X_MCP_Tools="list_users"), 200, ""),
    Row("a call of a tool that the operator leaves out", _keyed(X_MCP_Tools="get_user"), 200, ""),
]


def authorized(request: Request, school: School) -> Request:
    """Give a request the key or token that it needs, where it has no Authorization header."""
    if "Authorization" in request.headers:
        return request
    token = TOKEN if request.target == OWN_SITE else school.keys[0]
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})


def table() -> str:
    """Return the rows as Markdown."""
    lines = [f"| {row.what} | {row.status} | {json.dumps(row.error) if row.error else ''} |" for row in ROWS]
    return "\n".join(["| request | status | error |", "|---|---|---|", *lines])
