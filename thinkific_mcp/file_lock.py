"""A lock that one process at a time holds, and that comes free when its process dies."""

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

_POLL_EVERY = 0.05

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:  # how Windows says that another has it
            raise BlockingIOError from None
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@asynccontextmanager
async def locked(path: Path, patience: float) -> AsyncGenerator[None]:
    """Hold the lock of a file, which is made if it is not there, and stays.

    Args:
        path: the file; nothing is written to it.
        patience: seconds to wait for the lock.

    Raises:
        TimeoutError: another holds it.
        OSError: the file cannot be made or locked.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with anyio.fail_after(patience):
            await _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)  # this unlocks it


async def _wait_for(descriptor: int) -> None:
    # Not in a thread, which a cancelled call could not take back.
    while True:
        try:
            return _lock(descriptor)
        except BlockingIOError:
            await anyio.sleep(_POLL_EVERY)
