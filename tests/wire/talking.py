"""A conversation with a server over its pipes, line by line, as a host has it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

Message = dict[str, Any]

ROOT = Path(__file__).parents[2]
"""Where modules of the tests can be run."""

INITIALIZE: Message = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    },
}


@dataclass(frozen=True)
class Conversation:
    """What a server wrote until it ended.

    Attributes:
        code: its exit code.
        answers: its messages that answer a request.
        log: all of its stderr.
    """

    code: int
    answers: Sequence[Message]
    log: str


def tool_call(number: int, tool: str, arguments: Mapping[str, Any]) -> Message:
    """Return the message that calls a tool."""
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def talk(module: str, *said: Message | str, environment: Mapping[str, str] | None = None) -> Conversation:
    """Start a server in Python's development mode, say all this, and end it once all requests are answered.

    Args:
        module: the module to run.
        said: messages, and lines that are none.
        environment: what is set for the server.
    """
    lines = [json.dumps(each) if isinstance(each, dict) else each for each in (INITIALIZE, *said)]
    waiting = {each["id"] for each in (INITIALIZE, *said) if isinstance(each, dict) and "id" in each}
    answers: list[Message] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-X", "dev", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            encoding="utf-8",
        ) as server,
    ):
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write("\n".join([*lines, ""]))
        server.stdin.flush()
        while waiting:
            answer = json.loads(server.stdout.readline())
            if answer.get("id") in waiting:
                answers.append(answer)
                waiting.remove(answer["id"])
        server.stdin.close()
        code = server.wait(timeout=30)
        log.seek(0)
        return Conversation(code, answers, log.read())


class Line:
    """An open line to a server: one message after the other, as a host of 2025-11-25 that can ask.

    Args:
        process: the server.
    """

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._there, self._back = process.stdin, BufferedByteReceiveStream(process.stdout)

    async def say(self, message: Message) -> None:
        """Send a message."""
        await self._there.send(f"{json.dumps(message)}\n".encode())

    async def hear(self) -> Message:
        """Receive the next message."""
        return json.loads(await self._back.receive_until(b"\n", 10_000_000))


@asynccontextmanager
async def on_the_line(environment: Mapping[str, str]) -> AsyncGenerator[Line]:
    """Start a server, and greet it; it is stopped in the end."""
    command = [sys.executable, "-m", "thinkific_mcp"]
    async with await anyio.open_process(command, env=environment, stderr=None) as process:
        line = Line(process)
        greeting: Message = {**INITIALIZE["params"], "capabilities": {"elicitation": {}}}
        await line.say({**INITIALIZE, "params": greeting})
        await line.hear()
        await line.say({"jsonrpc": "2.0", "method": "notifications/initialized"})
        try:
            yield line
        finally:
            process.terminate()
