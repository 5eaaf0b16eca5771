"""What is installed only with `thinkific-mcp[hosted]`."""

from collections.abc import Generator
from contextlib import contextmanager

from thinkific_mcp.errors import SettingsError


@contextmanager
def needed_for(setting: str) -> Generator[None]:
    """Import inside this block what a setting needs.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{setting} needs the {error.name} package: pip install 'thinkific-mcp[hosted]'."
        ) from None
