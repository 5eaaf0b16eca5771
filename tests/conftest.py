import os
import shutil
from collections.abc import Generator

import pytest
from hypothesis import settings

from .redis_server import RedisServer, running_redis

# How long an example takes says more of the machine than of us.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    # For the session, because hypothesis refuses what is set up anew for each test.
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_machine(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("THINKIFIC_")]:
            patch.delenv(name)
        # Where the journal is kept: not in the state folder of whoever runs the tests.
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def redis_program() -> None:
    """Skip what needs a redis-server where there is none, save in CI."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("there is no redis-server: see .ci/run")
        pytest.skip("NOT TESTED, there is no redis-server: apt install redis-server")


@pytest.fixture(scope="session")
def redis_server(redis_program: None) -> Generator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def empty_redis(redis_server: RedisServer) -> RedisServer:
    """Return the redis-server, without what other tests have left there."""
    redis_server.ask("FLUSHALL")
    return redis_server
