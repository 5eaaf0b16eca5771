"""Confirmation codes: whom they serve, for what, how often and how long."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import anyio.lowlevel
import pytest

from thinkific_mcp.guard.codes import Binding, Codes, Redeemed
from thinkific_mcp.guard.memory import Memory, ProcessMemory

from ..leaks import NAME

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
CALL = Binding("my-school", "ana", "delete_coupon", "digest of the arguments")
FOREIGN = {
    "site": replace(CALL, site="another-school"),
    "caller": replace(CALL, caller="bob"),
    "site and caller": replace(CALL, site="my-schoolana", caller=""),
}
OTHER_CALLS = {
    "tool": replace(CALL, tool="delete_promotion"),
    "arguments": replace(CALL, arguments="digest of others"),
}
WRONG = "ZZZZ-ZZZZ"

foreign = pytest.mark.parametrize("theirs", FOREIGN.values(), ids=FOREIGN)
other_call = pytest.mark.parametrize("other", OTHER_CALLS.values(), ids=OTHER_CALLS)


class Clock:
    """Stands still unless it is set."""

    def __init__(self) -> None:
        self.moment = 0.0

    def __call__(self) -> float:
        return self.moment

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.moment)


@pytest.fixture
def codes(memory: Memory) -> Codes:
    return Codes(memory, now=lambda: NOW)


async def issued(codes: Codes, payload: str = "payload") -> str:
    code, _ = await codes.issue(CALL, payload)
    return code


async def miss(codes: Codes, times: int, binding: Binding = CALL) -> list[str]:
    return [(await codes.redeem(WRONG, binding)).why for _ in range(times)]


# What a code is


async def test_a_code_is_two_groups_of_four_signs_that_look_like_no_others(codes: Codes) -> None:
    made = [await issued(codes) for _ in range(200)]
    assert [code for code in made if not re.fullmatch(f"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}", code)] == []
    assert (len(set(made)), set("".join(made))) == (200, {*SIGNS, "-"})


async def test_a_code_tells_that_it_expires_in_ten_minutes(codes: Codes) -> None:
    _, expires = await codes.issue(CALL, "payload")
    assert expires == NOW + timedelta(minutes=10)


async def test_a_code_gives_back_what_was_left_with_it(codes: Codes) -> None:
    first, second = await issued(codes, "one"), await issued(codes, '{"ü": "two"}')
    assert await codes.redeem(second, CALL) == Redeemed('{"ü": "two"}', "ok")
    assert await codes.redeem(first, CALL) == Redeemed("one", "ok")


async def test_what_was_left_with_a_code_is_not_shown_by_accident(codes: Codes) -> None:
    redeemed = await codes.redeem(await issued(codes, NAME), CALL)
    assert (redeemed.payload, NAME in repr(redeemed)) == (NAME, False)


# Once


async def test_a_code_is_good_once(codes: Codes) -> None:
    code = await issued(codes)
    await codes.redeem(code, CALL)
    assert await codes.redeem(code, CALL) == Redeemed(None, "unknown")


async def test_of_many_who_give_a_code_at_once_one_may_go_on(codes: Codes) -> None:
    code = await issued(codes)
    came: list[Redeemed] = []

    async def redeem() -> None:
        came.append(await codes.redeem(code, CALL))

    async with anyio.create_task_group() as tasks:
        for _ in range(30):
            tasks.start_soon(redeem)
    assert (len(came), [one for one in came if one.payload or one.why == "ok"]) == (
        30,
        [Redeemed("payload", "ok")],
    )


class Remote(ProcessMemory):
    """Takes a moment to be reached, in which others go on."""

    async def get(self, key: str) -> str | None:
        await anyio.lowlevel.checkpoint()
        return await super().get(key)

    async def take(self, key: str) -> str | None:
        await anyio.lowlevel.checkpoint()
        return await super().take(key)


async def test_of_many_who_found_a_code_good_at_the_same_moment_one_may_go_on() -> None:
    codes = Codes(Remote(), now=lambda: NOW)
    code = await issued(codes)
    came: list[str] = []

    async def redeem() -> None:
        came.append((await codes.redeem(code, CALL)).why)

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(redeem)
    assert sorted(came) == ["ok", *["unknown"] * 4]


# For one caller, site and call


async def test_a_code_that_was_never_given_is_unknown(codes: Codes) -> None:
    await issued(codes)
    assert await codes.redeem(WRONG, CALL) == Redeemed(None, "unknown")


@foreign
async def test_a_code_of_somebody_else_is_as_unknown_as_one_of_nobody(codes: Codes, theirs: Binding) -> None:
    assert await codes.redeem(await issued(codes), theirs) == await codes.redeem(WRONG, theirs)


@foreign
async def test_a_code_that_somebody_else_tried_stays_good(codes: Codes, theirs: Binding) -> None:
    code = await issued(codes)
    await codes.redeem(code, theirs)
    assert (await codes.redeem(code, CALL)).why == "ok"


@other_call
async def test_a_code_of_another_call_allows_nothing(codes: Codes, other: Binding) -> None:
    assert await codes.redeem(await issued(codes), other) == Redeemed(None, "other_call")


@other_call
async def test_a_code_that_was_tried_for_another_call_stays_good_for_its_own(codes: Codes, other: Binding) -> None:
    code = await issued(codes)
    await codes.redeem(code, other)
    assert (await codes.redeem(code, CALL)).why == "ok"


# For ten minutes


async def test_a_code_expires_when_it_says() -> None:
    clock = Clock()
    codes = Codes(ProcessMemory(clock), now=clock.now)
    (early, expires), (late, _) = await codes.issue(CALL, "early"), await codes.issue(CALL, "late")
    clock.moment = 599.9
    assert (await codes.redeem(early, CALL)).why == "ok"
    clock.moment = 600
    assert (clock.now(), (await codes.redeem(late, CALL)).why) == (expires, "unknown")


# Guessing


async def test_after_ten_wrong_codes_none_is_accepted(codes: Codes) -> None:
    code = await issued(codes)
    assert await miss(codes, 10) == ["unknown"] * 10
    assert await codes.redeem(code, CALL) == Redeemed(None, "blocked")


async def test_after_nine_wrong_codes_the_right_one_is_accepted(codes: Codes) -> None:
    code = await issued(codes)
    await miss(codes, 9)
    assert (await codes.redeem(code, CALL)).why == "ok"


async def test_a_right_code_does_not_make_up_for_wrong_ones(codes: Codes) -> None:
    code = await issued(codes)
    await miss(codes, 9)
    await codes.redeem(code, CALL)
    assert await miss(codes, 2) == ["unknown", "blocked"]


async def test_right_codes_do_not_count_as_wrong(codes: Codes) -> None:
    made = [await issued(codes) for _ in range(12)]
    assert [(await codes.redeem(code, CALL)).why for code in made] == ["ok"] * 12


async def test_codes_of_other_calls_count_as_wrong(codes: Codes) -> None:
    code = await issued(codes)
    for _ in range(10):
        await codes.redeem(code, OTHER_CALLS["tool"])
    assert (await codes.redeem(code, CALL)).why == "blocked"


async def test_used_codes_count_as_wrong(codes: Codes) -> None:
    code = await issued(codes)
    assert [(await codes.redeem(code, CALL)).why for _ in range(12)] == ["ok", *["unknown"] * 10, "blocked"]


async def test_wrong_codes_for_another_call_count_too(codes: Codes) -> None:
    await miss(codes, 10, OTHER_CALLS["tool"])
    assert await miss(codes, 1) == ["blocked"]


@foreign
async def test_who_guesses_blocks_nobody_else(codes: Codes, theirs: Binding) -> None:
    code = await issued(codes)
    await miss(codes, 11, theirs)
    assert (await codes.redeem(code, CALL)).why == "ok"


async def test_a_right_code_that_was_blocked_is_good_once_the_wrong_ones_are_forgotten() -> None:
    clock = Clock()
    codes = Codes(ProcessMemory(clock), now=clock.now)
    await miss(codes, 10)
    clock.moment = 599
    code = await issued(codes)
    assert (await codes.redeem(code, CALL)).why == "blocked"
    clock.moment = 600
    assert (await codes.redeem(code, CALL)).why == "ok"
