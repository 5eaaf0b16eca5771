"""In which form a model gets what was answered."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Form:
    """How answers are written.

    Attributes:
        text: lists as a compact `table`, or all as `json`.
        limit: bytes of text that an answer has at most; 0 is as many as it needs.
    """

    text: Literal["table", "json"] = "table"
    limit: int = 40_000


TABLES = Form()
"""Tables, and no more than 40,000 bytes."""
