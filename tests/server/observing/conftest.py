import logging
from collections.abc import Generator

import pytest

from thinkific_mcp.server.observing import CALLS

from .exported import Exported


@pytest.fixture(scope="session")
def exporting() -> Generator[Exported]:
    exported = Exported()
    yield exported
    exported.end()


@pytest.fixture
def exported(exporting: Exported, caplog: pytest.LogCaptureFixture) -> Generator[Exported]:
    """Return what one test exports and logs."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, CALLS)  # the command `http` sets its own
    logging.getLogger().addHandler(exporting)
    exporting.clear()
    yield exporting
    logging.getLogger().removeHandler(exporting)
