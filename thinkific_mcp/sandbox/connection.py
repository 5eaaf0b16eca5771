"""One HTTP exchange from the server's side, and the ways in which it can break."""

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.types import Receive, Scope, Send

from thinkific_mcp.sandbox.recording import RecordedRequest

JSON_TYPE = "application/json; charset=utf-8"
TRANSPORT = "thinkific_mcp.sandbox.transport"
"""The key of a server's state under which the transport of the connection is found."""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer as it goes over the wire."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content_type: str | None = JSON_TYPE


def encoded(body: Any) -> bytes:
    """Write a JSON body as it goes over the wire."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


class Connection:
    """The way back to the client of one request.

    Args:
        scope: the ASGI scope of the request.
        receive: the ASGI callable that tells of the client's going away.
        send: the ASGI callable that takes the answer.
        record: the record of the request, which learns the status of the answer.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, record: RecordedRequest) -> None:
        self._transport: Any = scope.get("state", {}).get(TRANSPORT)
        self._receive = receive
        self._send = send
        self._record = record

    async def send(self, reply: Reply) -> None:
        """Answer."""
        await self.start(reply, length=len(reply.body))
        await self.write(reply.body, more=False)

    async def start(self, reply: Reply, *, length: int | None) -> None:
        """Send the status and the headers of a reply, promising a body of this length; None promises none."""
        self._record.status = reply.status
        headers = {**reply.headers}
        if reply.content_type is not None and reply.status != 204:
            headers["content-type"] = reply.content_type
        if length is not None and reply.status != 204:
            headers["content-length"] = str(length)
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": reply.status, "headers": raw})

    async def write(self, piece: bytes, *, more: bool) -> None:
        """Send a piece of the body."""
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    async def pause(self, seconds: float) -> bool:
        """Wait, and tell whether the client is still there; return at once when it goes away."""
        with anyio.move_on_after(seconds):
            while (await self._receive())["type"] != "http.disconnect":
                pass
            return False
        return True

    async def reset(self) -> None:
        """Break the connection with a TCP reset, dropping what was not sent yet.

        Raises:
            ConnectionResetError: there is no socket, as the client runs in this process.
        """
        if self._transport is None:
            raise ConnectionResetError("the sandbox resets the connection")
        # Lingering for no time makes the system send a reset in place of an orderly end.
        linger = struct.pack("ii", 1, 0)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()
        await self._gone()

    async def close(self) -> None:
        """End the connection in order, after what was sent; without a socket, end the answer.

        Raises:
            ConnectionAbortedError: there is no socket, and no answer to end.
        """
        if self._transport is not None:
            self._transport.close()
            await self._gone()
        elif self._record.status is None:
            raise ConnectionAbortedError("the sandbox ends the connection")
        else:
            await self.write(b"", more=False)

    async def _gone(self) -> None:
        """Wait until the server has noticed: an answer that is left unfinished is then no error to it."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
