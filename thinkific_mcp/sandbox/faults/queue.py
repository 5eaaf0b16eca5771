"""The faults that wait for their requests, and how one is asked for."""

import json
from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from thinkific_mcp.sandbox.faults.fault import Fault
from thinkific_mcp.sandbox.faults.floods import Endless, Huge
from thinkific_mcp.sandbox.faults.spoilers import (
    HangUp,
    Reset,
    ResetBody,
    Slow,
    Trickle,
    Truncated,
    WrongContentType,
)
from thinkific_mcp.sandbox.faults.substitutes import (
    Empty,
    Html,
    InvalidJson,
    InvalidUtf8,
    RateLimit,
    Redirect,
    Status,
    WrongType,
)

KINDS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (
        RateLimit,
        Status,
        Html,
        Redirect,
        Empty,
        InvalidJson,
        InvalidUtf8,
        WrongType,
        Huge,
        Endless,
        Slow,
        Trickle,
        Truncated,
        WrongContentType,
        HangUp,
        Reset,
        ResetBody,
    )
}


class FaultError(Exception):
    """A fault was asked for that there is not.

    Args:
        complaints: what is wrong, by option.
    """

    def __init__(self, complaints: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {', '.join(texts)}" for name, texts in complaints.items()))
        self.complaints = complaints


class Faults:
    """The faults that wait for their requests, the oldest first.

    Args:
        operations: the operations that a fault can be meant for.
    """

    def __init__(self, operations: Collection[str]) -> None:
        self._operations = operations
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, kind: str, /, **options: Any) -> Fault:
        """Let a fault strike the next requests.

        Args:
            kind: the kind of fault.
            options: its options.

        Raises:
            FaultError: there is no such kind, option or operation.
        """
        fault = _fault(kind, options)
        if fault.match is not None and fault.match not in self._operations:
            raise FaultError({"match": [f"{fault.match} is no operation of the contract"]})
        self._waiting.append((fault, fault.times))
        return fault

    def clear(self) -> None:
        """Let no fault strike any more."""
        self._waiting.clear()

    def take(self, operation: str | None) -> Fault | None:
        """Return the fault that strikes a request for this operation, and count it down."""
        for place, (fault, left) in enumerate(self._waiting):
            if fault.match in (None, operation):
                self._waiting[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        return None


def fault_of_header(text: str) -> Fault:
    """Read the fault that a request asks for itself: a kind, or an object with kind and options.

    Raises:
        FaultError: there is no such kind or option.
    """
    if not text.startswith("{"):
        return _fault(text, {})
    try:
        options: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        raise FaultError({"X-Sandbox-Fault": ["is neither a kind nor JSON"]}) from None
    return _fault(str(options.pop("kind", "")), options)


def _fault(kind: str, options: dict[str, Any]) -> Fault:
    if kind not in KINDS:
        raise FaultError({"kind": [f"is one of {', '.join(sorted(KINDS))}"]})
    try:
        return KINDS[kind].model_validate(options)
    except ValidationError as error:
        complaints: dict[str, list[str]] = {}
        for detail in error.errors(include_url=False, include_input=False):
            complaints.setdefault(".".join(str(step) for step in detail["loc"]), []).append(detail["msg"])
        raise FaultError(complaints) from None
