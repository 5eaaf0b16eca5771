"""Processes that share one file of tokens."""

import sys
from collections.abc import AsyncIterator

import anyio
import pytest
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from thinkific_mcp.client.credentials import FileTokens, Tokens
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from .conftest import FIRST, NOW

ROUNDS = 10
DAY = 90_000

CHILD = """
import sys
from pathlib import Path
import anyio, httpx2
from thinkific_mcp.client.credentials import FileTokens, OAuth

address, path = sys.argv[1:]

async def main():
    async with httpx2.AsyncClient() as http:
        print("ready", flush=True)
        for line in sys.stdin:
            tokens = FileTokens(Path(path))
            app = OAuth("sandbox", "sandbox", "sandbox", tokens, oauth_url=address, now=lambda: float(line))
            print((await app.headers(http))["Authorization"], flush=True)

anyio.run(main)
"""


class Child:
    """A process that gets a bearer token whenever it is told the time."""

    def __init__(self, process: Process) -> None:
        assert process.stdin and process.stdout
        self._process, self._output = process, BufferedByteReceiveStream(process.stdout)
        self.tell = process.stdin.send

    async def said(self) -> str:
        return (await self._output.receive_until(b"\n", 1000)).decode()

    async def end(self) -> None:
        assert self._process.stdin
        await self._process.stdin.aclose()
        await self._process.wait()
        await self._process.aclose()


@pytest.fixture
async def children(sandbox: Sandbox, file: FileTokens) -> AsyncIterator[list[Child]]:
    with running(sandbox) as address:
        command = [sys.executable, "-c", CHILD, address, str(file.path)]
        children = [Child(await anyio.open_process(command, stderr=None)) for _ in range(2)]
        yield children
        for child in children:
            await child.end()


async def test_two_processes_that_start_together_refresh_once_and_lose_nothing(
    sandbox: Sandbox, file: FileTokens, children: list[Child]
) -> None:
    with anyio.fail_after(30):
        assert [await child.said() for child in children] == ["ready"] * 2
        for number in range(1, ROUNDS + 1):
            for child in children:
                await child.tell(f"{NOW + number * DAY}\n".encode())
            assert [await child.said() for child in children] == [f"Bearer sandbox-access-{number}"] * 2
    assert sandbox.tokens.answers == [200] * ROUNDS
    ends = NOW + ROUNDS * DAY + 86_399
    assert file.load() == Tokens(f"{FIRST}-{ROUNDS}", f"sandbox-access-{ROUNDS}", ends)
