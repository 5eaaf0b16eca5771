"""Fifty schools with eight callers each, at random over three replicas: each caller sees its own school only."""

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from ..redis_server import running_redis
from ..server.asking import answer, code_of, nobody, status_of
from ..server.asking import asked as asked_about
from ..server.conftest import ERAS, text_of
from .agents import agent, changes_told
from .nginx import proxied
from .replicas import many_sites, running_replicas
from .schools import COUPONS, School, Schools, named_in, running_schools

SITES = 50
CALLERS = 8
AT_ONCE = 24
PATIENCE = 120


CALLS: dict[str, tuple[str, dict[str, int], str]] = {
    "a course": ("get_course", {"course_id": 1}, "done"),
    "students": ("list_users", {}, "done"),
    "a course that there is not": ("get_course", {"course_id": 999_999}, "error"),
    "a deletion": ("delete_coupon", {"coupon_id": 5}, "required"),
}
"""What callers call: the tool, its arguments, and how that ends."""


@dataclass(frozen=True)
class Hosted:
    """Replicas behind nginx, and the schools behind them."""

    schools: Schools
    address: str
    replicas: list[str]


@pytest.fixture(scope="module")
def hosted(redis_program: None, tmp_path_factory: pytest.TempPathFactory) -> Generator[Hosted]:
    folder: Path = tmp_path_factory.mktemp("isolation")
    journal = str(folder / "journal.jsonl")
    settings = {
        "THINKIFIC_JOURNAL": journal,
        "THINKIFIC_REQUESTS_PER_MINUTE": "6000",
    }
    with (
        running_schools(SITES) as (schools, upstream),
        running_redis() as redis,
        running_replicas(3, many_sites(upstream, redis.url, **settings), folder) as replicas,
        proxied(addresses := [replica.address for replica in replicas], folder / "nginx") as address,
    ):
        yield Hosted(schools, address, addresses)


@dataclass
class Caller:
    """One caller.

    Attributes:
        school: its school.
        number: which of the school's callers.
        tools: what it calls, and with what.
        heard: all that it was told.
        ended: how its calls ended.
    """

    school: School
    number: int
    tools: Sequence[str]
    heard: list[str] = field(default_factory=list[str])
    ended: list[str] = field(default_factory=list[str])

    async def visit(self, address: str) -> None:
        key, era = self.school.keys[self.number], ERAS[self.number % 2]
        async with agent(address, self.school.name, key, era) as client:
            for title in self.tools:
                tool, arguments, _ = CALLS[title]
                result = await client.call_tool(tool, arguments)
                self.heard.append(f"{text_of(result)} {result.structured_content}")
                self.ended.append(status_of(result))


async def test_each_of_400_callers_sees_its_own_school_only(hosted: Hosted) -> None:
    dice = random.Random(7)
    callers = [
        Caller(school, number, dice.sample(list(CALLS), 2))
        for school in hosted.schools
        for number in range(CALLERS)
    ]
    dice.shuffle(callers)
    limit = anyio.CapacityLimiter(AT_ONCE)

    async def visit(caller: Caller) -> None:
        async with limit:
            await caller.visit(hosted.address)

    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as tasks:
            for caller in callers:
                tasks.start_soon(visit, caller)

    for caller in callers:
        for title, heard, ended in zip(caller.tools, caller.heard, caller.ended, strict=True):
            assert ended == CALLS[title][2]
            named = set[str]() if ended == "error" else {caller.school.name}
            assert named_in([heard]) == named
    assert all(not school.changed and not school.refused for school in hosted.schools)
    assert all(set(school.used) == set(school.keys) for school in hosted.schools)
    assert hosted.schools.unknown == 0


OTHERS = {
    "another caller of the school": ("site-20", 1),
    "a caller of another school": ("site-21", 0),
}


@pytest.mark.parametrize("other", OTHERS)
async def test_a_code_is_of_no_use_to(other: str, hosted: Hosted) -> None:
    school = hosted.schools.of["site-20"]
    coupon = COUPONS[-1 - list(OTHERS).index(other)]
    site, number = OTHERS[other]
    thief = hosted.schools.of[site]
    async with (
        agent(hosted.address, school.name, school.keys[0]) as client,
        agent(hosted.address, site, thief.keys[number]) as other_client,
    ):
        code = code_of(await client.call_tool("delete_coupon", {"coupon_id": coupon}))
        with_code = {"coupon_id": coupon, "confirmation": code}
        assert status_of(await other_client.call_tool("delete_coupon", with_code)) == "expired"
        assert not thief.changed or thief is school
        assert status_of(await client.call_tool("delete_coupon", with_code)) == "done"


@pytest.mark.parametrize("other", OTHERS)
async def test_the_seal_of_a_question_is_of_no_use_to(other: str, hosted: Hosted) -> None:
    school = hosted.schools.of["site-20"]
    coupon = COUPONS[-3 - list(OTHERS).index(other)]
    site, number = OTHERS[other]
    thief = hosted.schools.of[site]
    async with (
        agent(hosted.address, school.name, school.keys[0], elicitation_callback=nobody) as client,
        agent(hosted.address, site, thief.keys[number], elicitation_callback=nobody) as other_client,
    ):
        question = await asked_about(client, "delete_coupon", {"coupon_id": coupon})
        assert named_in([question.message]) == {school.name}
        assert status_of(await answer(other_client, question)) == "expired"
        assert not thief.changed or thief is school
        assert status_of(await answer(client, question)) == "done"


async def test_a_caller_is_told_of_its_own_changes_only(hosted: Hosted) -> None:
    school = hosted.schools.of["site-30"]
    async with agent(hosted.replicas[0], school.name, school.keys[0]) as client:
        await client.call_tool("update_coupon", {"coupon_id": 1, "code": "MINE"})
    callers = [("site-30", 0), ("site-30", 1), ("site-31", 0)]
    told = [
        await changes_told(hosted.replicas[0], site, hosted.schools.of[site].keys[number])
        for site, number in callers
    ]
    assert [len(changes) for changes in told] == [1, 0, 0]
