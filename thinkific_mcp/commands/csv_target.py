"""Where `call --csv` writes."""

import os
import sys
import tempfile
from pathlib import Path

from thinkific_mcp.commands.person import cleaned_lines
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.file_replacement import replace_files


class CsvTarget:
    """A file that is replaced as a whole and that only its owner can read, or stdout.

    Args:
        name: the file's path, or `-` for stdout.

    Raises:
        SettingsError: the file cannot be written.

    Attributes:
        name: what to call it.
    """

    def __init__(self, name: str) -> None:
        self.name = "stdout" if name == "-" else name
        self._path = None if name == "-" else Path(os.path.realpath(name))
        if self._path:
            self._check(self._path)

    def write(self, csv: str) -> None:
        """Write all of it.

        Raises:
            SettingsError: the file cannot be replaced; it is as it was.
        """
        if self._path:
            # Excel takes UTF-8 without the mark at its beginning for an older encoding.
            content = csv.encode("utf-8-sig")
            try:
                replace_files({self._path: [content]})
            except OSError as error:
                raise self._refusal(error) from None
        elif sys.stdout.isatty():
            print(cleaned_lines(csv.replace("\r\n", "\n")), end="")
        else:
            sys.stdout.buffer.write(csv.encode())
            sys.stdout.flush()

    def _check(self, path: Path) -> None:
        try:
            is_there = path.exists()
            # A device or a pipe is not to be replaced by a file.
            if is_there and not path.is_file():
                raise SettingsError(f"--csv: {self.name} is not a file. Name one, or - for stdout.")
            if is_there:
                path.open("ab").close()
            tempfile.TemporaryFile(dir=path.parent).close()
        except OSError as error:
            raise self._refusal(error) from None

    def _refusal(self, error: OSError) -> SettingsError:
        return SettingsError(f"--csv: {self.name} cannot be written: {error.strerror or type(error).__name__}.")
