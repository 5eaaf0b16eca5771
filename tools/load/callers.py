"""Callers of an MCP server over Streamable HTTP, in both eras, that say no more than they have to.

The SDK's client would cost more than the servers that are measured. Each caller keeps one connection, and asks
for courses that nobody else asks for, so that an answer that went astray is seen.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from load.programs import Program
from load.upstream import course_name

OLD, NEW = "2025-11-25", "2026-07-28"
_CLIENT = {"name": "load", "version": "1"}
_ENVELOPE = {
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": NEW,
        "io.modelcontextprotocol/clientInfo": _CLIENT,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
}
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked\r\n", re.IGNORECASE)
_PATIENCE = 60.0


@dataclass
class Load:
    """What became of a load.

    Attributes:
        seconds: how long it lasted.
        work: seconds of a core that the servers used.
        times: seconds that each call took which got the right answer.
        faults: the other calls: what was wrong, and how often.
    """

    seconds: float = 0.0
    work: float = 0.0
    times: list[float] = field(default_factory=list[float])
    faults: Counter[str] = field(default_factory=Counter[str])

    @property
    def throughput(self) -> float:
        """Right answers a second."""
        return len(self.times) / self.seconds


async def put_under_load(servers: Sequence[Program], tokens: Sequence[str], seconds: float) -> Load:
    """Let callers call for so long, each as soon as it has its answer.

    Args:
        servers: who is called; the callers are spread over them evenly.
        tokens: the callers' tokens, one each. Every other caller speaks 2026-07-28, the others 2025-11-25.
        seconds: for how long calls are begun.
    """
    load = Load()
    callers = [
        Caller(servers[number // 2 % len(servers)].port, token, (NEW, OLD)[number % 2])
        for number, token in enumerate(tokens)
    ]

    async def call_on(number: int, caller: Caller, until: float) -> None:
        course_id = 1 + number
        try:
            while (begun := time.perf_counter()) < until:
                async with asyncio.timeout(_PATIENCE):
                    fault = wrong_with(await caller.get_course(course_id), course_id)
                if fault:
                    load.faults[fault] += 1
                else:
                    load.times.append(time.perf_counter() - begun)
                course_id += len(tokens)
        except (OSError, EOFError, ValueError, LookupError, TimeoutError) as error:
            load.faults[f"{type(error).__name__}, the caller gave up"] += 1

    try:
        async with asyncio.timeout(_PATIENCE):
            await asyncio.gather(*(caller.connect() for caller in callers))
        begun, worked = time.perf_counter(), sum(server.work() for server in servers)
        await asyncio.gather(*(call_on(*each, begun + seconds) for each in enumerate(callers)))
        load.seconds = time.perf_counter() - begun
        load.work = sum(server.work() for server in servers) - worked
    finally:
        for caller in callers:
            caller.close()
    return load


def wrong_with(answer: Mapping[str, Any], course_id: int) -> str:
    """Return what is wrong with an answer to get_course, or nothing."""
    result = answer.get("result")
    if result is None or result.get("isError"):
        return f"an error: {json.dumps(result or answer)[:200]}"
    name, course = course_name(course_id), result["structuredContent"]
    is_right = course["id"] == course_id and course["name"] == name and name in result["content"][0]["text"]
    return "" if is_right else "a wrong answer"


class Caller:
    """An MCP client with a connection of its own.

    Args:
        port: where the server listens, on this machine.
        token: the bearer token.
        era: the version of the protocol.
    """

    def __init__(self, port: int, token: str, era: str) -> None:
        self._port = port
        self._era = era
        self._last_id = 0
        self._writer: asyncio.StreamWriter | None = None
        self._head = (
            f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
            f"MCP-Protocol-Version: {era}\r\n"
        )

    async def connect(self) -> None:
        """Open the connection, and introduce this client where its era wants that."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        if self._era == OLD:
            await self._ask("initialize", protocolVersion=OLD, capabilities={}, clientInfo=_CLIENT)
            await self._send({"method": "notifications/initialized"})
            await self._receive()

    def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()

    async def get_course(self, course_id: int) -> Mapping[str, Any]:
        """Call the tool, and return the JSON-RPC answer."""
        return await self._ask("tools/call", name="get_course", arguments={"course_id": course_id})

    async def _ask(self, method: str, **params: Any) -> Mapping[str, Any]:
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params}
        headers = ""
        if self._era == NEW:
            params |= _ENVELOPE
            headers = f"Mcp-Method: {method}\r\nMcp-Name: {params['name']}\r\n"
        await self._send(message, headers)
        answer = _message(await self._receive())
        if answer["id"] != self._last_id:
            raise LookupError("This answers another request.")
        return answer

    async def _send(self, message: Mapping[str, Any], headers: str = "") -> None:
        assert self._writer is not None
        body = json.dumps({"jsonrpc": "2.0", **message})
        self._writer.write(f"{self._head}{headers}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        await self._writer.drain()

    async def _receive(self) -> bytes:
        """Return the body of an HTTP answer, whole."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = b""
        if _CHUNKED.search(head):
            while size := int(await self._reader.readline(), 16):
                body += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readline()
        elif length := _LENGTH.search(head):
            body = await self._reader.readexactly(int(length[1]))
        status = head.split(b" ", 2)[1]
        if not status.startswith(b"2"):
            raise ValueError(f"HTTP {status.decode()}")
        return body


def _message(body: bytes) -> Mapping[str, Any]:
    """Return the JSON-RPC answer that a body is, or that is the last event of it."""
    if not body.startswith(b"{"):
        body = body.rpartition(b"data: {")[2].partition(b"\r\n")[0]
        body = b"{" + body
    return json.loads(body)
