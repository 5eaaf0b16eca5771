"""Faults that answer with more than anybody can take."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, repeat
from typing import Literal

from pydantic import Field

from thinkific_mcp.sandbox.connection import Connection, Reply
from thinkific_mcp.sandbox.faults.fault import CarryOut, Fault

START, END = b'{"items": ["', b'"]}'
KILOBYTE, MEGABYTE = 1_000, 1_000_000
GZIP = 31
"""What zlib calls the format of gzip."""


class Huge(Fault):
    """A success with a JSON body of many megabytes.

    Attributes:
        megabytes: its size; that of what it unpacks to, where it is compressed.
        encoding: `gzip` makes it a thousand times smaller on the wire.
    """

    kind = "huge"
    megabytes: int = Field(64, ge=1, le=10_000)
    encoding: Literal["identity", "gzip"] = "identity"

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the body megabyte by megabyte."""
        if self.after:
            carry_out()
        pieces = chain([START], repeat(b"a" * MEGABYTE, self.megabytes), [END])
        if self.encoding == "gzip":
            pieces = _gzipped(pieces)
            await connection.start(Reply(200, headers={"Content-Encoding": "gzip"}), length=None)
        else:
            await connection.start(Reply(200), length=len(START) + self.megabytes * MEGABYTE + len(END))
        for piece in pieces:
            await connection.write(piece, more=True)
            if not await connection.pause(0):
                return
        await connection.write(b"", more=False)


class Endless(Fault):
    """A success whose JSON body never ends.

    Attributes:
        kilobytes: the size of a piece.
        pause: the seconds between two pieces.
    """

    kind = "endless"
    kilobytes: int = Field(1000, ge=1, le=10_000)
    pause: float = Field(0.01, gt=0, le=3600)

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send pieces as long as the client is there."""
        if self.after:
            carry_out()
        piece = b"a" * (self.kilobytes * KILOBYTE)
        await connection.start(Reply(200), length=None)
        await connection.write(START, more=True)
        while await connection.pause(self.pause):
            await connection.write(piece, more=True)


def _gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=GZIP)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()
