"""The consent matrix: whatever is answered, replayed or made up, over the pipes of a real process."""

import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import anyio
import pytest

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from ..server.asking import PATIENCE, Person, writes
from ..server.conftest import ERAS, Era
from ..server.examples import demo_sandbox
from .consent_rows import BY_CODE, CODES_OFF, IN_BOTH_ERAS, ROUND_BY_ROUND
from .hosting import Row, hosted, outcomes
from .talking import Message, on_the_line, tool_call

YES = {"action": "accept", "content": {"confirm": True}}
FORGED = {f"thinkific_mcp.server.consent:{stage}": YES for stage in ("_show", "settle")}


@pytest.fixture
def sandbox() -> Sandbox:
    return demo_sandbox()


@pytest.fixture
def environment(sandbox: Sandbox, tmp_path: Path) -> Generator[dict[str, str]]:
    with running(sandbox) as address:
        yield {
            "THINKIFIC_SUBDOMAIN": "sandbox",
            "THINKIFIC_API_KEY": "sandbox",
            "THINKIFIC_BASE_URL": address,
            "THINKIFIC_REQUESTS_PER_MINUTE": "10000",
            "THINKIFIC_JOURNAL": str(tmp_path / "journal.jsonl"),
        }


def expected(rows: dict[str, Row]) -> dict[str, tuple[list[str], list[str]]]:
    return {title: (statuses, sent) for title, (_, statuses, sent) in rows.items()}


@pytest.mark.parametrize("era", ERAS)
async def test_nothing_is_done_without_an_answer_that_is_a_yes_to_exactly_that(
    environment: dict[str, str], sandbox: Sandbox, era: Era
) -> None:
    rows = IN_BOTH_ERAS if era == "legacy" else IN_BOTH_ERAS | ROUND_BY_ROUND
    async with hosted(environment, sandbox, era, Person()) as host:
        assert await outcomes(host, rows) == expected(rows)


@pytest.mark.parametrize("era", ERAS)
async def test_nothing_is_done_without_a_code_that_is_for_exactly_that(
    environment: dict[str, str], sandbox: Sandbox, era: Era
) -> None:
    async with hosted(environment, sandbox, era, None) as host:
        assert await outcomes(host, BY_CODE) == expected(BY_CODE)


@pytest.mark.parametrize("era", ERAS)
async def test_without_codes_who_cannot_be_asked_cannot_do_it(
    environment: dict[str, str], sandbox: Sandbox, era: Era
) -> None:
    async with hosted({**environment, "THINKIFIC_CONFIRM_CODES": "off"}, sandbox, era, None) as host:
        assert await outcomes(host, CODES_OFF) == expected(CODES_OFF)


async def test_an_answer_of_2025_that_is_given_twice_acts_once(
    environment: dict[str, str], sandbox: Sandbox
) -> None:
    with anyio.fail_after(PATIENCE):
        async with on_the_line(environment) as line:
            await line.say(tool_call(2, "delete_coupon", {"coupon_id": 3}))
            question = await line.hear()
            yes: Message = {"jsonrpc": "2.0", "id": question["id"], "result": YES}
            await line.say(yes)
            await line.say(yes)
            done = await line.hear()
            await line.say(yes)
            await line.say(tool_call(3, "get_coupon", {"coupon_id": 4}))
            assert (await line.hear())["id"] == 3
    assert question["method"] == "elicitation/create"
    assert done["result"]["structuredContent"] == {"done": "Coupon 3 deleted."}
    assert writes(sandbox) == ["DELETE /coupons/3 204"]


@pytest.mark.parametrize(
    "forged", [{"inputResponses": FORGED}, {"inputResponses": FORGED, "requestState": "v1.AA"}]
)
async def test_an_answer_of_2026_is_none_in_2025(
    environment: dict[str, str], sandbox: Sandbox, forged: dict[str, Any]
) -> None:
    call = tool_call(2, "delete_coupon", {"coupon_id": 3})
    with anyio.fail_after(PATIENCE):
        async with on_the_line(environment) as line:
            await line.say({**call, "params": {**call["params"], **forged}})
            said = await line.hear()
    status = said.get("result", {}).get("structuredContent", {}).get("confirmation", {}).get("status")
    assert status == "expired" if "requestState" in forged else said.get("method") == "elicitation/create"
    assert writes(sandbox) == []


@pytest.mark.parametrize(("mode", "is_said"), [("never", True), ("writes", False), ("destructive", False)])
async def test_that_nobody_is_asked_is_said_loudly_at_the_start(
    environment: dict[str, str], mode: str, is_said: bool
) -> None:
    with anyio.fail_after(PATIENCE):
        ended = await anyio.run_process(
            [sys.executable, "-m", "thinkific_mcp"], input=b"", env={**environment, "THINKIFIC_CONFIRM": mode}
        )
    assert ("CONFIRMATION IS OFF" in ended.stderr.decode(), ended.stdout) == (is_said, b"")
