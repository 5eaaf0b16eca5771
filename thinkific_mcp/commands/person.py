"""The person at the terminal, who is asked before a change."""

import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from mcp.client.context import ClientRequestContext
from mcp_types import ElicitRequestParams, ElicitResult

from thinkific_mcp.foreign_text import cleaned

_NOBODY = "Not done, since nobody can be asked. Add --yes to do it."
_REFUSALS = {
    "expired": "Not done: the answer took more than five minutes. Call again to be asked anew.",
    "changed": "Not done: it changed each time that you were asked.",
}


class Person:
    """Answers the server's questions.

    Args:
        is_there: whether they can be asked: they see what is shown, and what they type is the answer.
        make_room: is called before anything is shown.

    Attributes:
        has_allowed: whether the latest answer was a yes.
        has_interrupted: whether the answer was Ctrl-C.
    """

    def __init__(self, *, is_there: bool, make_room: Callable[[], None]) -> None:
        self._is_there = is_there
        self._make_room = make_room
        self.has_allowed = False
        self.has_interrupted = False

    def told(self, preview: str) -> None:
        """Show what will be done; the yes was given beforehand."""
        self._show(preview)
        self.has_allowed = True

    async def asked(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        """Show a question, and return the answer; where nobody is there, that is no."""
        self.has_allowed = False
        if not self._is_there:
            self._show(params.message)
            return ElicitResult(action="decline")
        fields: dict[str, Any] = getattr(params, "requested_schema", {}).get("properties", {})
        wants_text = any(field.get("type") == "string" for field in fields.values())
        try:
            with _ctrl_c_at_once():
                self._show(params.message)
                typed = _typed("Type it, or nothing to leave it be: " if wants_text else "Do it? [y/N] ")
        except KeyboardInterrupt:
            print(file=sys.stderr)
            self.has_interrupted = True
            return ElicitResult(action="cancel")
        self.has_allowed = bool(typed) if wants_text else typed.lower() in ("y", "yes")
        if not self.has_allowed:
            return ElicitResult(action="decline")
        return ElicitResult(action="accept", content=dict.fromkeys(fields, typed if wants_text else True))

    def refusal(self, status: str) -> str:
        """Say that nothing was done, in words for whoever was asked.

        Args:
            status: what the server says of it.
        """
        if not self._is_there:
            return _NOBODY
        if status == "declined" and self.has_allowed:
            return "Not done: what you typed is another name."
        return _REFUSALS.get(status, "Not done.")

    def _show(self, text: str) -> None:
        self._make_room()
        print(cleaned_lines(text), file=sys.stderr)


def cleaned_lines(text: str) -> str:
    """Clean text of several lines, each by itself."""
    return "\n".join(map(cleaned, text.split("\n")))


@contextmanager
def _ctrl_c_at_once() -> Generator[None]:
    """Let Ctrl-C raise; the event loop's way to take it would wait for a line to be typed first."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _typed(prompt: str) -> str:
    """Return what is typed; nothing where the input ends."""
    print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.buffer.readline().decode(sys.stdin.encoding, errors="replace")
    if not line.endswith("\n"):
        print(file=sys.stderr)
    return line.strip()
