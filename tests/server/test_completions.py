"""Ids that are completed from names and emails, and what that costs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp_types import Completion, PromptReference, ResourceTemplateReference
from trio.testing import MockClock

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import Limits
from thinkific_mcp.sandbox import Sandbox

from .conftest import Era, opened
from .failing import SECRET, Vault

COURSE = ResourceTemplateReference(type="ref/resource", uri="thinkific://courses/{course_id}")
STUDENT = PromptReference(type="ref/prompt", name="student_at_a_glance")
NOTHING = Completion(values=[])
LISTS = {
    "course_id": "list_courses",
    "product_id": "list_products",
    "promotion_id": "list_promotions",
    "group_id": "list_groups",
    "user_id": "list_users",
    "enrollment_id": "list_enrollments",
}
NAMES = {1: "Rye", 2: "Oats and rye", 3: "Wheat", 31: "RYE again", 43: "Spelt"}


def school(sandbox: Sandbox, era: Era = "auto", tools: list[str] | None = None, **options: Any) -> Client:
    return opened(httpx2.ASGITransport(sandbox), tools or list(OPERATIONS), era, **options)


class Named(httpx2.AsyncBaseTransport):
    """A school in which all lists hold things of these names; it takes its time, and counts what it is asked."""

    def __init__(self, names: Mapping[int, str], total: int = 0, seconds: float = 0) -> None:
        self._items = [{"id": number, "name": name} for number, name in names.items()]
        self._total = total or len(names)
        self._seconds = seconds
        self.asked: list[httpx2.URL] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url)
        await anyio.sleep(self._seconds)
        pages = {"current_page": 1, "next_page": 2 if self._total > len(self._items) else None}
        meta = {"pagination": {**pages, "total_items": self._total}}
        return httpx2.Response(200, json={"items": self._items, "meta": meta})


def named(
    names: Mapping[int, str] = NAMES, total: int = 0, seconds: float = 0, **options: Any
) -> tuple[Client, Named]:
    transport = Named(names, total, seconds)
    return opened(transport, list(OPERATIONS), "auto", **options), transport


def in_no_time(check: Callable[[], Awaitable[None]]) -> None:
    """Run a test on a clock that skips what is waited for."""
    anyio.run(check, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})


async def completed(client: Client, argument: str, typed: str, ref: Any = COURSE) -> Completion:
    return (await client.complete(ref, {"name": argument, "value": typed})).completion


async def ids(client: Client, argument: str, typed: str) -> list[str]:
    return (await completed(client, argument, typed)).values


@pytest.mark.parametrize(
    ("argument", "typed", "first"),
    [
        ("course_id", "sourdough f", "1"),
        ("product_id", "the bread baker", "1"),
        ("promotion_id", "FIRST SPRING", "1"),
        ("group_id", "marlow", "1"),
    ],
)
async def test_ids_are_completed_by_name(
    sandbox: Sandbox, era: Era, argument: str, typed: str, first: str
) -> None:
    async with school(sandbox, era, [LISTS[argument]]) as client:
        assert (await ids(client, argument, typed))[0] == first
    (request,) = sandbox.requests
    assert dict(request.query) == {"limit": "250"}


async def test_a_beginning_comes_before_a_part_of_a_name_and_that_before_a_part_of_an_id() -> None:
    client, _ = named(NAMES | {5: "30 loaves", 30: "Bran", 6: "Best of 3"})
    async with client:
        assert await ids(client, "course_id", "rye") == ["1", "31", "2"]
        assert await ids(client, "course_id", "3") == ["5", "6", "3", "31", "30"]
        assert await ids(client, "course_id", " RYE ") == ["1", "31", "2"]
        assert await ids(client, "course_id", "barley") == []


async def test_all_is_offered_before_anything_is_typed() -> None:
    client, _ = named()
    async with client:
        assert await completed(client, "group_id", "") == Completion(
            values=["1", "2", "3", "31", "43"], total=5, has_more=False
        )


async def test_a_user_is_completed_by_a_whole_email_only(sandbox: Sandbox, era: Era) -> None:
    async with school(sandbox, era) as client:
        for typed in ("", "1", "ingrid", "ingrid.sorlie@", "ingrid.sorlie@example", "a b@example.com"):
            assert await completed(client, "user_id", typed, STUDENT) == NOTHING
        assert not sandbox.requests
        found = await completed(client, "user_id", "ingrid.sorlie@example.com", STUDENT)
    assert found == Completion(values=["10"], total=1, has_more=False)
    (request,) = sandbox.requests
    assert (request.path, dict(request.query)["query[email]"]) == ("/users", "ingrid.sorlie@example.com")


async def test_half_of_a_character_is_in_no_email(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    async with school(sandbox) as client:
        assert await completed(client, "user_id", "\ud800@example.com", STUDENT) == NOTHING
    assert "unforeseen" not in caplog.text


async def test_an_enrollment_is_completed_by_its_student_s_email(sandbox: Sandbox) -> None:
    async with school(sandbox) as client:
        found = await ids(client, "enrollment_id", "ingrid.sorlie@example.com")
    assert "3" in found
    assert dict(sandbox.requests[0].query)["query[email]"] == "ingrid.sorlie@example.com"


async def test_nobody_of_an_email_is_no_completion(sandbox: Sandbox) -> None:
    async with school(sandbox) as client:
        assert await ids(client, "user_id", "nobody@example.com") == []


async def test_no_more_than_a_hundred_are_offered_and_the_rest_is_told() -> None:
    client, _ = named({n: f"Course {n}" for n in range(1, 151)})
    async with client:
        found = await completed(client, "course_id", "course")
    assert found == Completion(values=[str(n) for n in range(1, 101)], total=150, has_more=True)


async def test_what_stands_on_further_pages_is_not_counted() -> None:
    client, _ = named(total=700)
    async with client:
        found = await completed(client, "course_id", "spelt")
    assert found == Completion(values=["43"], has_more=True)


def test_typing_costs_one_request_a_minute() -> None:
    async def check() -> None:
        client, transport = named()
        async with client:
            for typed in ("", "r", "ry", "rye", "r"):
                await ids(client, "course_id", typed)
            await anyio.sleep(50)
            assert await ids(client, "course_id", "rye")
            assert len(transport.asked) == 1
            await anyio.sleep(11)
            assert await ids(client, "course_id", "rye")
            assert len(transport.asked) == 2

    in_no_time(check)


def test_letters_typed_while_the_list_is_on_its_way_cost_nothing_more() -> None:
    async def check() -> None:
        client, transport = named(seconds=1)
        async with client, anyio.create_task_group() as tasks:
            for typed in ("r", "ry", "rye"):
                tasks.start_soon(ids, client, "course_id", typed)
        assert len(transport.asked) == 1

    in_no_time(check)


def test_nobody_waits_for_a_slow_school() -> None:
    async def check() -> None:
        client, _ = named(seconds=20)
        async with client:
            started = anyio.current_time()
            assert await ids(client, "course_id", "rye") == []
            assert anyio.current_time() - started <= 5

    in_no_time(check)


async def test_each_list_is_kept_for_itself(sandbox: Sandbox) -> None:
    async with school(sandbox) as client:
        assert await ids(client, "course_id", "marlow") == []
        assert await ids(client, "group_id", "marlow") == ["1"]
        one = await ids(client, "user_id", "ingrid.sorlie@example.com")
        other = await ids(client, "user_id", "callum.reid@example.org")
    assert (one, other) == (["10"], ["8"])


def test_of_many_lists_those_used_last_are_kept() -> None:
    async def check() -> None:
        client, transport = named(limits=Limits(10**6, 10**6))
        async with client:
            for number in range(300):
                await ids(client, "user_id", f"{number}@example.com")
                if number % 100 == 0:
                    await ids(client, "course_id", "rye")
            assert len(transport.asked) == 300 + 1
            await ids(client, "course_id", "rye")
            await ids(client, "user_id", "299@example.com")
            assert len(transport.asked) == 300 + 1
            await ids(client, "user_id", "0@example.com")
            assert len(transport.asked) == 300 + 2

    in_no_time(check)


def test_a_school_that_cannot_be_reached_completes_nothing_and_is_asked_again_soon() -> None:
    async def check() -> None:
        def fail(request: httpx2.Request) -> httpx2.Response:
            asked.append(request.url)
            raise httpx2.ConnectError("no")

        asked: list[httpx2.URL] = []
        async with opened(httpx2.MockTransport(fail), list(OPERATIONS), "auto") as client:
            for typed in ("r", "ry", "rye"):
                assert await completed(client, "course_id", typed) == Completion(values=[], has_more=True)
            before = len(asked)
            await anyio.sleep(11)
            await ids(client, "course_id", "rye")
            assert len(asked) == 2 * before

    in_no_time(check)


def test_a_budget_that_is_used_up_completes_nothing_and_nobody_waits() -> None:
    async def check() -> None:
        client, transport = named(limits=Limits(requests=1))
        async with client:
            assert await ids(client, "course_id", "rye")
            started = anyio.current_time()
            assert await ids(client, "group_id", "rye") == []
            assert anyio.current_time() - started <= 5
        assert len(transport.asked) == 1

    in_no_time(check)


@pytest.mark.parametrize("argument", LISTS)
async def test_without_the_tool_that_lists_them_ids_are_not_completed(sandbox: Sandbox, argument: str) -> None:
    others = [name for name in OPERATIONS if name != LISTS[argument]]
    async with school(sandbox, tools=others) as client:
        for typed in ("", "ingrid.sorlie@example.com"):
            assert await completed(client, argument, typed) == NOTHING
    assert not sandbox.requests


async def test_what_nothing_is_known_of_is_not_completed(sandbox: Sandbox) -> None:
    async with school(sandbox) as client:
        for argument in ("order_id", "month", "ada@example.com", ""):
            assert await completed(client, argument, "ingrid.sorlie@example.com") == NOTHING
    assert not sandbox.requests


@pytest.mark.parametrize(
    "items",
    [
        [{"id": None, "name": "Rye"}, {"id": "x", "name": "Rye"}, {"id": 0, "name": "Rye"}, {"name": "Rye"}],
        ["Rye", None, 3],
        "Rye",
        None,
        {"name": "Rye"},
    ],
)
async def test_an_answer_without_ids_completes_nothing(items: Any) -> None:
    answer = httpx2.Response(200, json={"items": items})
    async with opened(httpx2.MockTransport(lambda _: answer), list(OPERATIONS), "auto") as client:
        assert await ids(client, "course_id", "r") == []


async def test_a_failure_nobody_foresaw_completes_nothing_and_tells_only_its_kind(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with school(sandbox, credentials=Vault()) as client:
        assert await ids(client, "course_id", "r") == []
        assert (await ids(client, "course_id", "sourdough f"))[0] == "1"
    assert "unforeseen: RuntimeError in failing.py" in caplog.text
    assert SECRET not in caplog.text
