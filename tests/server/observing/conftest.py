import logging
from collections.abc import Generator

import pytest

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
    logging.getLogger().addHandler(exporting)
    exporting.clear()
    yield exporting
    logging.getLogger().removeHandler(exporting)
