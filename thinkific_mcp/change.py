"""What can be said of a write beside its request: what goes along with it, and how it is taken back.

Operations speak of themselves in these words; `guard/` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from thinkific_mcp.operation import Operation

R = TypeVar("R")

State = Mapping[str, Any]
"""A record as plain data: no nulls."""


class Look(Protocol):
    """Reads for a preview: a few requests at most."""

    async def __call__(self, read: Operation[R], /) -> R | None:
        """Return what a read finds; None where it fails, which the preview tells by itself."""
        ...


@dataclass(frozen=True)
class Consequences:
    """What a write leads to, beside what was asked for.

    Attributes:
        sentences: for the person who is asked; foreign text in them is quoted.
        kept: what is read here and an undo will need, as plain data; it joins the state before the write.
    """

    sentences: Sequence[str] = ()
    kept: State = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Step:
    """One write of an undo.

    Attributes:
        operation: which.
        arguments: its arguments.
        made: arguments that take the id of what an earlier step made: the argument's name, and which step.
    """

    operation: type[Operation[Any]]
    arguments: Mapping[str, Any]
    made: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Undoing:
    """How a write is taken back.

    Attributes:
        steps: the writes that do it, in order; none where nothing of it can come back.
        look: reads what there is now.
        is_as_left: tells from what there is now, None where it is gone, whether it still is as the write left it.
        losses: sentences on what cannot come back.
    """

    steps: Sequence[Step]
    look: Operation[Any]
    is_as_left: Callable[[State | None], bool]
    losses: Sequence[str] = ()
