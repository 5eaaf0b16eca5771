"""Processes that share one journal, as two hosts of one person do."""

import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import anyio
import pytest
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from thinkific_mcp.guard.journal import Journal

from .journals import NOW, SITE, lines, names

EACH = 60

CHILD = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
import anyio
from thinkific_mcp.guard.journal import Intent, Journal, Outcome

path, start, each = sys.argv[1:]
now = datetime.fromisoformat(start)
journal = Journal(Path(path), now=lambda: now, largest=5000)

async def main():
    global now
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(each)):
        if number == int(each) // 2:
            now += timedelta(days=1)
        arguments = {"user_id": 42 + number % 2, "note": "x" * 500}
        change = await journal.intend(Intent("my-school", "", "", "create_enrollment", arguments, "", {}))
        await journal.conclude(change, Outcome("applied", "", {}))
        print(change, flush=True)

anyio.run(main)
"""


class Child:
    """A process that notes changes from the moment it is told to."""

    def __init__(self, process: Process) -> None:
        assert process.stdin and process.stdout
        self._process, self._input = process, process.stdin
        self._output = BufferedByteReceiveStream(process.stdout)

    async def start(self) -> None:
        await self._input.send(b"go\n")

    async def said(self) -> str:
        return (await self._output.receive_until(b"\n", 1000)).decode()

    async def noted(self) -> list[str]:
        return [await self.said() for _ in range(EACH)]

    async def end(self) -> None:
        await self._process.wait()
        await self._process.aclose()


@pytest.fixture
async def children(tmp_path: Path) -> AsyncIterator[Sequence[Child]]:
    arguments = [str(tmp_path), NOW.isoformat(), str(EACH)]
    children = [
        Child(await anyio.open_process([sys.executable, "-c", CHILD, *arguments], stderr=None)) for _ in range(2)
    ]
    for child in children:
        assert await child.said() == "ready"
        await child.start()
    yield children
    for child in children:
        await child.end()


async def test_processes_that_note_at_once_lose_nothing_though_files_are_put_aside(
    tmp_path: Path, children: Sequence[Child]
) -> None:
    with anyio.fail_after(60):
        noted = {change for child in children for change in await child.noted()}
    changes = await Journal(tmp_path, now=lambda: NOW).changes(SITE)
    assert len(noted) == 2 * EACH
    assert {change.id for change in changes if change.outcome == "applied"} == noted
    assert len([line for name in names(tmp_path) for line in lines(tmp_path / name)]) == 4 * EACH
    assert len(names(tmp_path)) > 10


async def test_forgetting_while_processes_note_loses_no_other_change(
    tmp_path: Path, children: Sequence[Child]
) -> None:
    journal = Journal(tmp_path, now=lambda: NOW)
    noted: set[str] = set()
    forgotten = 0
    with anyio.fail_after(60):
        for _ in range(EACH):
            noted |= {await child.said() for child in children}
            forgotten += await journal.forget("42")
    for child in children:
        await child.end()
    forgotten += await journal.forget("42")
    left = {change.id for change in await journal.changes(SITE)}
    assert left <= noted
    assert len(left) == EACH
    assert forgotten >= EACH
