"""What all faults have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from thinkific_mcp.sandbox.connection import Connection, Reply

CarryOut = Callable[[], Reply]
"""The endpoint that was asked for: called, it does its work and returns its answer."""

HeaderText = Annotated[str, Field(pattern=r"^([!-~]([ -~]*[!-~])?)?$")]


class Fault(BaseModel, ABC):
    """A way to fail.

    Attributes:
        kind: its name.
        times: how many requests it strikes.
        match: the operation whose requests it strikes, such as `GET /courses`; None for any.
        after: whether the endpoint is carried out before it strikes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: ClassVar[str]
    times: int = Field(1, ge=1)
    match: str | None = None
    after: bool = False

    @abstractmethod
    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Answer one request, or break its connection."""
