"""Files that are replaced as a whole: whoever reads one finds it as it was or as it is to be."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path


def replace_files(contents: Mapping[Path, Iterable[bytes]]) -> None:
    """Write files anew that only their owner can read, and put them in place once all of them are on the disk.

    Args:
        contents: the parts of each file, by its path.

    Raises:
        OSError: a file cannot be written, and none has changed, or cannot be put in place.
    """
    written: dict[Path, str] = {}
    try:
        for path, parts in contents.items():
            descriptor, written[path] = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            with open(descriptor, "wb") as file:
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
        for path in list(written):
            os.replace(written[path], path)
            del written[path]
    except BaseException:
        for name in written.values():
            os.unlink(name)
        raise
    for folder in {path.parent for path in contents}:
        settle(folder)


def settle(folder: Path) -> None:
    """Wait until the disk knows which files are in a folder."""
    # Windows opens no folders.
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
