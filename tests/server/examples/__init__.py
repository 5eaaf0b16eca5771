"""What each tool is called with, and what must then go over the wire: data, in one file per toolset.

All examples hold for the demo school with five students (`demo_sandbox`), each by itself, and the complete
ones also one after the other: reads first, then creations, updates, deletions.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.recording import RecordedRequest

Arguments = dict[str, Any]

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """A request to Thinkific: `GET /users/1`, its decoded query, the JSON of its body."""

    request: str
    query: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Call:
    """A tool's arguments and the request that they lead to."""

    arguments: Arguments
    sent: Sent


@dataclass(frozen=True)
class Example:
    """How one tool is called.

    Attributes:
        required: only what the tool requires.
        complete: all that the tool takes; two calls where two arguments exclude each other.
        argument: an argument that `wrong` has wrong.
        wrong: arguments that must be refused.
    """

    required: Arguments
    complete: Sequence[Call]
    argument: str
    wrong: Arguments


def demo_sandbox() -> Sandbox:
    """Return the demo school as it is at first; one school serves all tests, as opening one takes its time."""
    sandbox, first = _school()
    first.backup(sandbox.school.db)
    sandbox.requests.clear()
    sandbox.faults.clear()
    return sandbox


@cache
def _school() -> tuple[Sandbox, sqlite3.Connection]:
    """Open a small school at a fixed time, in which one enrollment came with a bundle, and keep a copy of it."""
    sandbox = Sandbox(students=5, now=lambda: NOW)
    sandbox.school.update("enrollments", 1, bundle_id=2)
    first = sqlite3.connect(":memory:")
    sandbox.school.db.backup(first)
    return sandbox, first


def sent(recorded: RecordedRequest) -> Sent:
    """Return what the sandbox recorded as examples write it."""
    return Sent(f"{recorded.method} {recorded.path}", dict(recorded.query), recorded.body)


def _example(data: Mapping[str, Any]) -> Example:
    (argument,) = data["wrong"]
    return Example(
        required=data["required"],
        complete=[
            Call(call["arguments"], Sent(call["request"], call.get("query", {}), call.get("body")))
            for call in data["complete"]
        ],
        argument=argument,
        wrong=data["required"] | data["wrong"],
    )


EXAMPLES: dict[str, Example] = {
    tool: _example(data)
    for file in sorted(Path(__file__).parent.glob("*.json"))
    for tool, data in json.loads(file.read_text("utf-8")).items()
}
