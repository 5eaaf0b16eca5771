import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    # For the session, because hypothesis refuses what is set up anew for each test.
    return "asyncio"
