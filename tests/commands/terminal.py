"""The command line at a pseudo-terminal."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

from .conftest import Outcome

CLEARED = "\r\x1b[K"
"""What clears a line."""


def at_a_terminal(
    stream: Literal["stdin", "stderr"],
    *arguments: str,
    environment: Mapping[str, str],
    typed: bytes = b"",
    columns: int = 0,
    interrupted_at: str = "",
) -> Outcome:
    """Run `call` with one of its streams at a terminal.

    Args:
        stream: which one.
        arguments: of the call.
        environment: what is set for it.
        typed: what is typed on the terminal.
        columns: how wide the terminal is; 0 where it does not say.
        interrupted_at: what the terminal shows when Ctrl-C is pressed.
    """
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.write(controller, typed)
    with subprocess.Popen(
        [sys.executable, "-m", "thinkific_mcp", "call", *arguments],
        stdin=terminal if stream == "stdin" else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=terminal if stream == "stderr" else subprocess.PIPE,
        env=os.environ | dict(environment),
        encoding="utf-8",
    ) as process:
        seen = ""
        if interrupted_at:
            while interrupted_at not in seen:
                seen += os.read(controller, 10_000).decode()
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    os.close(terminal)
    with suppress(OSError):  # nothing more was written
        seen += os.read(controller, 10_000).decode()
    os.close(controller)
    return Outcome(process.returncode, out, seen if stream == "stderr" else err)
