"""What an error must not repeat, whoever says it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from thinkific_mcp.client.bodies import Answer
from thinkific_mcp.operation import Operation

# Shorter words stand in many a text, and are no secrets.
_SHORTEST = 8


def without_secrets(answer: Answer, operation: Operation[Any], headers: Mapping[str, str]) -> Answer:
    """Return a refusal without the credentials and the password of its request, which some servers repeat.

    Args:
        answer: what Thinkific's own words are taken from.
        operation: what was asked.
        headers: what the credentials gave for the request.
    """
    if answer.is_success:
        return answer
    secrets = [
        word for name, value in headers.items() if name.lower() != "x-auth-subdomain" for word in value.split()
    ]
    secrets += [str(value) for name, _, value in operation.sent() if name == "password"]
    body, is_json = _in_one_way(answer.body)
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            written = json.dumps(secret)[1:-1] if is_json else secret
            body = body.replace(written.encode(), b"(not shown)")
    return replace(answer, body=body)


def _in_one_way(body: bytes) -> tuple[bytes, bool]:
    """Write JSON in the one of its many ways that Python writes it in; tell whether it is JSON."""
    try:
        return json.dumps(json.loads(body)).encode(), True
    except (ValueError, RecursionError):
        return body, False
