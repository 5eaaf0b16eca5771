"""The reads of a preview: few of them, and what fails is told instead of ending the call."""

from collections.abc import Awaitable
from typing import Any, Protocol, TypeVar

from thinkific_mcp.errors import (
    ApiError,
    DeadlineError,
    NotFoundError,
    ThinkificError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.operation import Operation

R = TypeVar("R")

MOST = 3
"""How many requests a preview costs at most."""

# Of a call's time, for each read: a preview must leave time for the change itself.
_PART = 0.25


class Send(Protocol):
    """Carries out an operation within a part of the call's time."""

    def __call__(self, operation: Operation[R], *, part: float) -> Awaitable[R]:
        """Return its result."""
        ...


class Looks:
    """Reads for one preview.

    Args:
        send: carries out a read.
        target: the read of what the change is about: that it is not there ends the call.

    Attributes:
        unknown: sentences on what could not be read.
    """

    def __init__(self, send: Send, target: Operation[Any] | None) -> None:
        self._send = send
        self._target = target
        self._left = MOST
        self.unknown: list[str] = []

    async def __call__(self, read: Operation[R]) -> R | None:
        """Return what a read finds; None where it fails, or where the preview has read enough.

        Raises:
            NotFoundError: what the change is about is not there.
        """
        if not self._left:
            return None
        self._left -= 1
        try:
            return await self._send(read, part=_PART)
        except NotFoundError:
            if read == self._target:
                raise
            self.unknown.append(f"{read.spec.name} finds nothing.")
        except ThinkificError as error:
            self.unknown.append(f"What {read.spec.name} would tell is not known: {_reason(error)}.")
        return None


def _reason(error: ThinkificError) -> str:
    match error:
        case ApiError():
            return f"Thinkific answered {error.status}"
        case DeadlineError():
            return "there was no answer in time"
        case UnreachableError():
            return "Thinkific could not be reached"
        case UnreadableAnswerError():
            return "Thinkific's answer could not be read"
        case _:
            return "it failed"
