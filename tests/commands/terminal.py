"""The command line at a pseudo-terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

from .conftest import Outcome

CLEARED = "\r\x1b[K"
"""What clears a line."""

CTRL_C = signal.SIGINT

Stream = Literal["stdin", "stderr"]

Act = bytes | signal.Signals | Callable[[], object]
"""What somebody does: types, presses Ctrl-C, or something elsewhere."""

_PATIENCE = 60


def at_a_terminal(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    streams: Collection[Stream] = ("stdin", "stderr"),
    script: Sequence[tuple[str, Act]] = (),
    columns: int = 0,
) -> Outcome:
    """Run `call` with somebody at a terminal; what they type is seen there too.

    Args:
        arguments: of the call.
        environment: what is set for it.
        streams: which are at the terminal.
        script: what the terminal shows, and what is done then; one after the other.
        columns: how wide the terminal is; 0 where it does not say.
    """
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "thinkific_mcp", "call", *arguments],
        stdin=terminal if "stdin" in streams else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=terminal if "stderr" in streams else subprocess.PIPE,
        env=os.environ | dict(environment or {}),
        encoding="utf-8",
    ) as process:
        seen, acted_at = b"", 0
        try:
            for shown, act in script:
                awaited = shown.encode()
                while awaited not in seen[acted_at:]:
                    seen += _read(controller)
                acted_at = seen.index(awaited, acted_at) + len(awaited)
                if isinstance(act, bytes):
                    os.write(controller, act)
                elif isinstance(act, signal.Signals):
                    process.send_signal(act)
                else:
                    act()
            out, err = process.communicate(timeout=_PATIENCE)
        except BaseException:
            process.kill()
            raise
    os.write(terminal, _END)
    while not seen.endswith(_END):
        seen += _read(controller)
    os.close(terminal)
    os.close(controller)
    return Outcome(
        process.returncode, out, seen.removesuffix(_END).decode(errors="replace") if "stderr" in streams else err
    )


_END = b"\x00"


def _read(controller: int) -> bytes:
    if not select.select([controller], [], [], _PATIENCE)[0]:
        raise TimeoutError("the terminal shows nothing more")
    return os.read(controller, 10_000)
