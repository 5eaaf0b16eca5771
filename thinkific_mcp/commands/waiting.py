"""What is waited for, on a line of the terminal that is gone afterwards."""

import os
import sys
from types import TracebackType

_USUAL_WIDTH = 80
_CLEARED_LINE = "\r\x1b[K"


class WaitingLine:
    """A line on standard error, which is a terminal; as a context manager it is gone at the end."""

    def __init__(self) -> None:
        self._is_shown = False

    async def tell(self, progress: float, total: float | None, message: str | None) -> None:
        """Say what is waited for, as the MCP client is told."""
        self._is_shown = True
        width = os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH
        # What does not fit into one line could not be cleared.
        print(f"{_CLEARED_LINE}{(message or '')[: width - 2]} ", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Make room for something else."""
        if self._is_shown:
            print(_CLEARED_LINE, end="", file=sys.stderr, flush=True)
            self._is_shown = False

    def __enter__(self) -> "WaitingLine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()
