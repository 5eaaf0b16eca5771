"""What passes between the judge, the endpoints and the application: calls, answers, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A request that the contract allows, its values already typed by the contract."""

    path: Mapping[str, Any] = field(default_factory=dict[str, Any])
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Answer:
    """What an endpoint answers; a body of None is no body at all."""

    status: int
    body: Any = None


class Refusal(Exception):
    """An answer other than success, raised where the reason is found.

    Args:
        status: the HTTP status.
        body: the JSON body, in the shape that Thinkific uses at this place.
    """

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.answer = Answer(status, body)
