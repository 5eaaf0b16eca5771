"""Requests as they go over the wire, for what no MCP client would send."""

import json
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPResponse, RemoteDisconnected
from typing import Any

from ..server.asking import PATIENCE

CALL_HEADERS: Mapping[str, str] = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/call",
    "Mcp-Name": "get_course",
}
"""What goes with `call_body`, beside a token; another tool is named here too."""


def call_body(tool: str = "get_course", arguments: Mapping[str, Any] | None = None) -> str:
    """Return a call of a tool as 2026-07-28 has it, by default for the first course."""
    meta: dict[str, Any] = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params = {"name": tool, "arguments": arguments or {"course_id": 1}, "_meta": meta}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})


@dataclass(frozen=True)
class Request:
    """A request as it is put on the wire.

    Attributes:
        target: its address, below the server's.
        method: the HTTP method.
        headers: what differs from `CALL_HEADERS`; None leaves one out, and of several values each
            has a line of its own.
        body: what it carries.
    """

    target: str
    method: str = "POST"
    headers: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict[str, Any])
    body: str = field(default_factory=call_body)

    def written(self, host: str) -> bytes:
        """Return its bytes.

        Args:
            host: the host to name where no header does.
        """
        headers = {"Host": host, "Connection": "close", "Content-Length": f"{len(self.body.encode())}"}
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        for name, value in {**headers, **CALL_HEADERS, **self.headers}.items():
            lines += [f"{name}: {each}" for each in _each(value)]
        return "\r\n".join([*lines, "", self.body]).encode("latin-1")


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: the HTTP status; 0 where the connection was closed without an answer.
        headers: by lower-case name.
        text: the body.
    """

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def error(self) -> str:
        """The word by which the body names what is wrong, or else its words; empty where nothing is."""
        try:
            error: dict[str, Any] = json.loads(self.text).get("error", {})
        except ValueError:
            return self.text
        data: dict[str, str] = error.get("data") or {}
        return data.get("reason") or error.get("message", "")


def answer_to(address: str, sent: bytes) -> Answer:
    """Send bytes, and return what comes back.

    Args:
        address: the server's.
        sent: a whole request, or a part of one.
    """
    host, _, port = address.removeprefix("http://").partition(":")
    with (
        socket.create_connection((host, int(port)), timeout=PATIENCE) as connection,
        closing(HTTPResponse(connection)) as response,
    ):
        try:
            connection.sendall(sent)
            response.begin()
            text = response.read().decode()
        except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            return Answer(0, {}, "")
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)


def _each(value: str | Sequence[str] | None) -> Iterable[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value
