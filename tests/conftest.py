import os
from collections.abc import Generator

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    # For the session, because hypothesis refuses what is set up anew for each test.
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_machine() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("THINKIFIC_")]:
            patch.delenv(name)
        yield
