"""What the sandbox remembers of the requests it was sent."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from thinkific_mcp.sandbox.access import Credentials

CAPACITY = 10_000
SHOWN_HEADERS = ("accept", "accept-encoding", "content-length", "content-type", "host", "user-agent")


@dataclass
class RecordedRequest:
    """One request to the API, without its secrets.

    Attributes:
        arrived: when its first byte was seen, by the school's clock, as epoch time in seconds.
        method: the HTTP method.
        path: the path below the API's base, still percent-encoded.
        query: the decoded query, in order.
        operation: the operation that was asked for, such as `GET /users/{id}`, or None.
        headers: the headers by lower-case name; the value of any that may be secret is None.
        credentials: whether the sandbox's credentials were given.
        body: the JSON of the body, or None.
        violations: what the contract forbids in it.
        fault: the kind of fault that struck it, or None.
        status: the status of the answer; None until there is one.
    """

    arrived: float
    method: str
    path: str
    query: list[tuple[str, str]]
    operation: str | None
    headers: dict[str, str | None]
    credentials: Credentials
    body: Any
    violations: tuple[str, ...]
    fault: str | None = None
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        return asdict(self)


class Recording:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._requests: deque[RecordedRequest] = deque(maxlen=CAPACITY)

    def append(self, request: RecordedRequest) -> None:
        """Add a request."""
        self._requests.append(request)

    def clear(self) -> None:
        """Forget all requests."""
        self._requests.clear()

    def __iter__(self) -> Iterator[RecordedRequest]:
        return iter(list(self._requests))

    def __len__(self) -> int:
        return len(self._requests)

    def __getitem__(self, place: int) -> RecordedRequest:
        return self._requests[place]


def shown(headers: Mapping[str, str]) -> dict[str, str | None]:
    """Keep every header's name, and the values of those that hold no secret."""
    return {name: value if name in SHOWN_HEADERS else None for name, value in headers.items()}
