"""Faults that spoil the endpoint's own answer, or the connection that carries it."""

import math
from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import Field

from thinkific_mcp.sandbox.connection import Connection
from thinkific_mcp.sandbox.faults.fault import CarryOut, Fault, HeaderText


class Slow(Fault):
    """The true answer, late. The endpoint is not carried out for a client that goes away meanwhile."""

    kind = "slow"
    seconds: float = Field(5, ge=0, le=3600)

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Wait, then answer."""
        reply = carry_out() if self.after else None
        if await connection.pause(self.seconds):
            await connection.send(reply or carry_out())


class Trickle(Fault):
    """The true answer, in small pieces with pauses between them."""

    kind = "trickle"
    pieces: int = Field(8, ge=1)
    pause: float = Field(0.1, ge=0, le=3600)

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the pieces as long as the client is there."""
        reply = carry_out()
        size = max(1, math.ceil(len(reply.body) / self.pieces))
        await connection.start(reply, length=len(reply.body))
        for place in range(0, len(reply.body), size):
            await connection.write(reply.body[place : place + size], more=True)
            if not await connection.pause(self.pause):
                return
        await connection.write(b"", more=False)


class Truncated(Fault):
    """The first half of the true answer.

    Attributes:
        length: whether `Content-Length` promises the `whole` body or just the `half` that is sent.
    """

    kind = "truncated"
    length: Literal["whole", "half"] = "whole"

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the half; a client that was promised the whole sees the connection end."""
        reply = carry_out()
        half = reply.body[: len(reply.body) // 2]
        await connection.start(reply, length=len(half if self.length == "half" else reply.body))
        await connection.write(half, more=self.length == "whole")
        if self.length == "whole":
            await connection.close()


class WrongContentType(Fault):
    """The true answer, called something else than JSON."""

    kind = "wrong_content_type"
    content_type: HeaderText = "text/plain"

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the answer under the other type."""
        await connection.send(replace(carry_out(), content_type=self.content_type))


class HangUp(Fault):
    """An orderly end of the connection before any answer."""

    kind = "hang_up"

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Close."""
        if self.after:
            carry_out()
        await connection.close()


class Reset(Fault):
    """A reset of the connection before any answer."""

    kind = "reset"

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Reset."""
        if self.after:
            carry_out()
        await connection.reset()


class ResetBody(Fault):
    """A reset of the connection in the middle of the true answer."""

    kind = "reset_body"

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the half, let it arrive, then reset."""
        reply = carry_out()
        await connection.start(reply, length=len(reply.body))
        await connection.write(reply.body[: len(reply.body) // 2], more=True)
        await connection.pause(0.05)
        await connection.reset()
