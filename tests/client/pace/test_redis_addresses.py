"""THINKIFIC_REDIS_URL: what is an address, and what a server says at its start to one that is none."""

import os
import subprocess
import sys

import pytest

from thinkific_mcp.client import Limits
from thinkific_mcp.client.pace.redis import RedisStore
from thinkific_mcp.errors import SettingsError

from ...leaks import REDIS_PASSWORD, leaked
from ...redis_server import RedisServer, free_port


async def test_a_unix_socket_and_options_are_an_address_too(empty_redis: RedisServer) -> None:
    store = RedisStore(f"unix://{empty_redis.folder}/socket?db=1&socket_timeout=1&decode_responses=yes")
    await store.change("site", lambda allowance, now: allowance.finish(Limits(), "", now))
    assert await store.change("site", lambda allowance, _: len(allowance.returns)) == 1
    await store.aclose()
    assert empty_redis.ask("DBSIZE") == 0


@pytest.mark.parametrize(
    "query", ["?unknown=1", "?max_connections=many", "?socket_timeout=soon", "?protocol=9"], ids=str
)
def test_an_option_that_cannot_be_used_is_refused_before_anything_is_started(query: str) -> None:
    with pytest.raises(SettingsError) as caught:
        RedisStore(f"redis://:{REDIS_PASSWORD}@127.0.0.1/0{query}")
    assert str(caught.value) == "THINKIFIC_REDIS_URL should be an address such as redis://host:6379/0."
    assert leaked(str(caught.value)) == []


WITHOUT_REDIS = (
    "from importlib.machinery import PathFinder as finder; find = finder.find_spec; "
    "finder.find_spec = lambda name, *more: None if name == 'redis' else find(name, *more)"
)


def started(prelude: str, redis_url: str) -> tuple[int, str, str]:
    """Start the server, and return its exit code and what it says."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; {prelude}; from thinkific_mcp.__main__ import main; sys.exit(main([]))",
        ],
        env=os.environ | {"THINKIFIC_ACCESS_TOKEN": "token", "THINKIFIC_REDIS_URL": redis_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_server_starts_without_redis() -> None:
    assert started("pass", f"redis://127.0.0.1:{free_port()}/0") == (0, "", "")


def test_a_server_without_the_redis_package_says_how_to_get_it() -> None:
    line = "thinkific-mcp: THINKIFIC_REDIS_URL needs the redis package: pip install 'thinkific-mcp[hosted]'.\n"
    assert started(WITHOUT_REDIS, "redis://127.0.0.1/0") == (2, "", line)


def test_a_server_with_an_address_of_redis_that_is_none_says_so_unseen() -> None:
    line = "thinkific-mcp: THINKIFIC_REDIS_URL should be an address such as redis://host:6379/0.\n"
    assert started("pass", f"redis://:{REDIS_PASSWORD}@127.0.0.1/0?unknown=1") == (2, "", line)
