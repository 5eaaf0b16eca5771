"""A site's budget in Redis, shared by clients that know nothing of each other, as those of several processes."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any, Literal

import anyio
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thinkific_mcp import AccessToken, ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Budgets, Credentials, Limits
from thinkific_mcp.client.pace.allowance import Allowance, Lease
from thinkific_mcp.client.pace.redis import RedisStore
from thinkific_mcp.errors import DeadlineError, SettingsError

from ...redis_server import RedisServer

READ = GetCourse(course_id=1)
SECRET = "k3y-s3cret"
SITE = "api.thinkific.com/my-school"
KEY = f"thinkific-mcp:budget:1:{SITE}"
MANY = Limits(requests=100_000, at_once=10_000)

Answer = Callable[[httpx2.Request], Any]


class Site:
    """A Thinkific that answers every read at once, unless told otherwise, and clients that share its budget."""

    def __init__(self, redis: RedisServer) -> None:
        self.redis = redis
        self.sent: list[float] = []
        self.answers: list[httpx2.Response] = []
        self._stores: list[RedisStore] = []

    def client(
        self, limits: Limits = MANY, *, credentials: Credentials | None = None, **options: Any
    ) -> Thinkific:
        """Return a client with connections to Redis of its own."""
        store = RedisStore(self.redis.url)
        self._stores.append(store)
        defaults: dict[str, Any] = {"deadline": 0, "random": lambda: 0.0}
        return Thinkific(
            credentials or ApiKey("my-school", SECRET),
            budgets=Budgets(limits, store),
            transport=httpx2.MockTransport(self._answer),
            **{**defaults, **options},
        )

    async def aclose(self) -> None:
        for store in self._stores:
            await store.aclose()

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(anyio.current_time())
        return self.answers.pop() if self.answers else httpx2.Response(200, json={"id": 1})


@pytest.fixture
async def site(empty_redis: RedisServer) -> AsyncGenerator[Site]:
    site = Site(empty_redis)
    yield site
    await site.aclose()


async def read(thinkific: Thinkific, times: int) -> None:
    """Read so often, all at once."""
    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(thinkific, READ)


async def reads_at_once(thinkific: Thinkific) -> int:
    """Read until a call would have to wait, and return how often that was."""
    for done in range(1000):
        try:
            await thinkific(READ)
        except DeadlineError:
            return done
    raise AssertionError("there is no limit")


# What is shared


async def test_clients_with_one_redis_spend_one_budget(site: Site) -> None:
    limits = Limits(requests=60)
    assert await reads_at_once(site.client(limits, deadline=0.5)) == 10
    assert await reads_at_once(site.client(limits, deadline=0.5)) == 0


async def test_each_site_has_a_budget_of_its_own(site: Site) -> None:
    limits = Limits(requests=60)
    await reads_at_once(site.client(limits, deadline=0.5))
    other = ApiKey("another-school", SECRET)
    assert await reads_at_once(site.client(limits, credentials=other, deadline=0.5)) == 10


async def test_a_429_that_one_meets_stops_all(site: Site) -> None:
    ours, theirs = site.client(), site.client()
    site.answers = [httpx2.Response(429, headers={"RateLimit-Reset": "1"}, json={})]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ours, READ)
        await anyio.sleep(0.1)
        tasks.start_soon(theirs, READ)
    assert [moment - site.sent[0] > 1 for moment in site.sent] == [False, True, True]


async def test_all_leave_headroom_after_a_429_that_one_met(site: Site) -> None:
    limits = Limits(requests=60)
    site.answers = [httpx2.Response(429, headers={"RateLimit-Reset": "0"}, json={})]
    await site.client(limits)(READ)
    assert await reads_at_once(site.client(limits, deadline=0.5)) == int(60 * 0.7 / 6) - 2


async def test_each_keeps_to_its_own_limits(site: Site) -> None:
    assert await reads_at_once(site.client(Limits(requests=60), deadline=0.5)) == 10
    assert await reads_at_once(site.client(Limits(requests=120), deadline=0.3)) == 10


# What it costs


async def test_many_calls_share_a_connection_and_a_few_questions(site: Site) -> None:
    def counted() -> tuple[int, int]:
        questions = site.redis.ask("INFO", "commandstats").get("cmdstat_evalsha", {}).get("calls", 0)
        return questions, site.redis.ask("INFO", "stats")["total_connections_received"]

    await site.client()(READ)
    questions, connections = counted()
    await read(site.client(Limits(requests=1200)), 250)
    more_questions, more_connections = counted()
    assert (more_questions - questions) / 250 < 9
    assert more_connections - connections <= 1 + 2


async def test_twenty_clients_make_progress_together(site: Site) -> None:
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(read, site.client(), 10)
    assert len(site.sent) == 200


# What is kept


async def test_nothing_is_kept_for_longer_than_an_hour(site: Site) -> None:
    await read(site.client(), 3)
    keys = site.redis.ask("KEYS", "*")
    assert [0 < site.redis.ask("TTL", key) <= 3600 for key in keys] == [True]


@pytest.mark.parametrize(
    "credentials", [ApiKey("my-school", SECRET), AccessToken(SECRET), AccessToken(SECRET, "my-school")], ids=repr
)
async def test_nothing_that_is_kept_is_secret(site: Site, credentials: Credentials) -> None:
    thinkific = site.client(credentials=credentials)
    await thinkific(READ)
    (key,) = site.redis.ask("KEYS", "*")
    assert SECRET not in key + site.redis.ask("GET", key)


# Going away


@pytest.mark.parametrize("kind", ["anyio", "asyncio"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=st.lists(st.floats(0, 0.05), min_size=1, max_size=12))
def test_a_call_that_is_cancelled_at_any_moment_leaves_nothing_behind(
    empty_redis: RedisServer, kind: Literal["anyio", "asyncio"], moments: list[float]
) -> None:
    empty_redis.ask("FLUSHALL")

    async def live() -> None:
        site = Site(empty_redis)
        clients = [site.client(Limits(requests=600, at_once=2)) for _ in range(2)]

        async def call(place: int, moment: float) -> None:
            if kind == "anyio":
                with anyio.move_on_after(moment):
                    await clients[place % 2](READ)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(clients[place % 2](READ), moment)

        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                for place, moment in enumerate(moments):
                    tasks.start_soon(call, place, moment)
        await site.aclose()  # after what goes on behind the back of who was cancelled
        kept = json.loads(empty_redis.ask("GET", KEY) or "{}")
        assert (kept.get("running", {}), kept.get("lines", {})) == ({}, {})

    anyio.run(live)


async def test_what_is_begun_is_done_when_its_caller_has_gone(site: Site) -> None:
    store = RedisStore(site.redis.url)

    async def mark(name: str) -> list[str]:
        def change(allowance: Allowance, now: float) -> list[str]:
            allowance.running[name] = Lease(now)
            return list(allowance.running)

        return await store.change(SITE, change)

    await mark("first")
    with site.redis.frozen():
        gone, other = (asyncio.ensure_future(mark(name)) for name in ("second", "third"))
        await anyio.wait_all_tasks_blocked()
        gone.cancel()
        await anyio.wait_all_tasks_blocked()
    with anyio.fail_after(5):
        assert await other == ["first", "second", "third"]
    await store.aclose()


# Where it runs


def test_a_store_serves_one_event_loop_after_another(empty_redis: RedisServer) -> None:
    store = RedisStore(empty_redis.url)

    async def count() -> int:
        try:
            return await store.change(
                SITE, lambda allowance, now: allowance.finish(MANY, "", now) or len(allowance.returns)
            )
        finally:
            await store.aclose()

    assert [anyio.run(count), anyio.run(count)] == [1, 2]


_TEN_LOOPS = """
import gc, sys, anyio
from thinkific_mcp.client.pace.redis import RedisStore

store = RedisStore(sys.argv[1])

async def change():
    await store.change("site", lambda allowance, now: None)

for _ in range(10):
    anyio.run(change)
    gc.collect()
print("done", flush=True)
sys.stdin.read()
"""


def test_connections_of_event_loops_that_have_ended_are_not_kept(empty_redis: RedisServer) -> None:
    # In a process of its own: Python warns of what ends unclosed, whenever it comes to it.
    command = [sys.executable, "-W", "ignore", "-c", _TEN_LOOPS, empty_redis.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "done\n"
        assert empty_redis.ask("INFO", "clients")["connected_clients"] <= 3
        process.stdin.close()


def test_a_store_without_asyncio_says_so(empty_redis: RedisServer) -> None:
    async def read() -> None:
        await Site(empty_redis).client()(READ)

    with pytest.raises(SettingsError, match="asyncio only"):
        anyio.run(read, backend="trio")
