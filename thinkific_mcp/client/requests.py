"""From an operation to the request that carries it."""

import re
from typing import Any
from urllib.parse import quote

import httpx2

from thinkific_mcp.operation import Operation


def build_request(http: httpx2.AsyncClient, operation: Operation[Any], client_secret: str) -> httpx2.Request:
    """Place the operation's arguments into path, query and JSON body.

    Path values are encoded whole, so that none can reach another endpoint.

    Raises:
        SettingsError: the operation needs the app's client secret, and it is not set.
    """
    path_values: dict[str, str] = {}
    query: dict[str, str] = {}
    body: dict[str, Any] = {}
    for _, place, value in operation.sent():
        if place.where == "path":
            path_values[place.name] = quote(str(value), safe="")
        elif place.where == "query":
            query[place.name] = _query_text(value)
        else:
            body[place.name] = value
    spec = operation.spec
    has_body = spec.method in ("POST", "PUT") or bool(body)
    path = re.sub(r"\{(\w+)\}", lambda match: path_values[match[1]], spec.path)
    return http.build_request(
        spec.method,
        path,
        params=query or None,
        json=body if has_body else None,
        headers=operation.headers(client_secret),
    )


def _query_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
