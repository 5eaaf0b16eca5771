"""Confirmation codes as people and models write them, and texts that are none."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thinkific_mcp.guard.codes import Binding, Codes, Redeemed
from thinkific_mcp.guard.memory import ProcessMemory

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in SIGNS + "-"}
CALL = Binding("my-school", "ana", "delete_coupon", "digest of the arguments")


async def issued(codes: Codes) -> str:
    code, _ = await codes.issue(CALL, "payload")
    return code


SEPARATORS = st.text(" \t\n-–—‑_`'\"“”*.:", max_size=3)
LOOKS = {"0": "0Oo", "1": "1IiLl"}


@given(st.lists(st.tuples(SEPARATORS, st.integers(0, 59)), min_size=8, max_size=8), SEPARATORS)
async def test_a_code_is_read_however_it_is_written(spelling: list[tuple[str, int]], last: str) -> None:
    codes = Codes(ProcessMemory(), now=lambda: NOW)
    written = ""
    for sign, (separator, choice) in zip((await issued(codes)).replace("-", ""), spelling, strict=True):
        looks = LOOKS.get(sign, sign + sign.lower())
        written += separator + looks[choice % len(looks)]
    assert (await codes.redeem(written + last, CALL)).why == "ok"


@pytest.mark.parametrize(
    "sentence",
    [
        "code: {}",
        "Code {}.",
        "The code is `{}`, go on",
        "this code: “{}”",
        "{}\n",
        "**{}** (please)",
        "ｃｏｄｅ　{}",
    ],
)
@pytest.mark.parametrize("written", ["{0}-{1}", "{0} {1}", "{0}{1}", "{0}—{1}"])
async def test_a_code_is_found_in_a_sentence(sentence: str, written: str) -> None:
    codes = Codes(ProcessMemory(), now=lambda: NOW)
    first, second = (await issued(codes)).lower().split("-")
    assert (await codes.redeem(sentence.format(written.format(first, second)), CALL)).why == "ok"


@given(st.text(SIGNS, min_size=8, max_size=8) | st.text(SIGNS + "ILOU -", max_size=12) | st.text(max_size=200))
@example("")
@example("yes")
@example("null")
async def test_nothing_but_a_code_that_was_given_is_accepted(text: str) -> None:
    codes = Codes(ProcessMemory(), now=lambda: NOW)
    await issued(codes)
    assert await codes.redeem(text, CALL) == Redeemed(None, "unknown")


@given(st.integers(0, 7), st.sampled_from(SIGNS))
async def test_a_code_with_one_wrong_sign_is_not_accepted(place: int, sign: str) -> None:
    codes = Codes(ProcessMemory(), now=lambda: NOW)
    code = (await issued(codes)).replace("-", "")
    other = code[:place] + sign + code[place + 1 :]
    assert ((await codes.redeem(other, CALL)).why == "ok") == (other == code)


@pytest.mark.parametrize("change", ["{0}", "{1}", "{0}-{1}X", "X{0}-{1}", "{1}-{0}", "{0}X-{1}"])
async def test_a_part_of_a_code_or_more_than_it_is_not_accepted(change: str) -> None:
    codes = Codes(ProcessMemory(), now=lambda: NOW)
    code = await issued(codes)
    assert (await codes.redeem(change.format(*code.split("-")), CALL)).why == "unknown"


async def test_a_code_in_wide_letters_is_read() -> None:
    codes = Codes(ProcessMemory(), now=lambda: NOW)
    code = await issued(codes)
    assert (await codes.redeem(code.translate(WIDE), CALL)).why == "ok"
