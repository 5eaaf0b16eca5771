"""Replicas that die: what one of them asked is settled by the others, and what was being written is known."""

import json
from contextlib import suppress
from pathlib import Path

import anyio
import httpx2
from anyio import to_thread
from mcp import Client

from ..server.asking import PATIENCE, Question, answer, asked, code_of, nobody, status_of
from .agents import agent, changes_told
from .conftest import Start
from .messages import CALL_HEADERS, call_body
from .nginx import proxied
from .replicas import Replica
from .schools import School, Schools

WRITES = 40
"""How many each of two replicas is to make."""

AT_ONCE = 10


async def test_what_a_killed_replica_asked_is_settled_once_at_the_others(start: Start, schools: Schools) -> None:
    school = schools.of["site-00"]
    first, second, third = start(3)
    async with agent(first.address, school.name, school.keys[0], elicitation_callback=nobody) as client:
        question = await asked(client, "delete_coupon", {"coupon_id": 1})
    async with agent(first.address, school.name, school.keys[0], "legacy") as client:
        code = code_of(await client.call_tool("delete_coupon", {"coupon_id": 2}))
    first.kill()
    assert [await _answered(replica, school, question) for replica in (second, third)] == ["done", "expired"]
    assert [await _deleted(replica, school, code) for replica in (third, second)] == ["done", "expired"]
    assert school.changed == ["DELETE /coupons/1 204", "DELETE /coupons/2 204"]


async def test_behind_a_load_balancer_nobody_notices_that_a_replica_was_killed(
    start: Start, schools: Schools, tmp_path: Path
) -> None:
    school = schools.of["site-02"]
    replicas = start(2)
    with proxied([replica.address for replica in replicas], tmp_path / "nginx") as address:
        async with agent(address, school.name, school.keys[0]) as client:
            assert await _reads(client, 4) == {"done"}
            replicas[0].kill()
            assert await _reads(client, 8) == {"done"}


async def test_after_a_kill_during_writes_the_journal_and_the_school_agree(
    start: Start, schools: Schools, tmp_path: Path
) -> None:
    school = schools.of["site-03"]
    journal = tmp_path / "journal.jsonl"
    fast = {"THINKIFIC_REQUESTS_PER_MINUTE": "6000", "THINKIFIC_MAX_CONCURRENCY": "100"}
    doomed, other = start(2, THINKIFIC_JOURNAL=str(journal), **fast)
    school.sandbox.faults.add("slow", seconds=0.5, times=2 * WRITES, match="PUT /coupons/{id}", after=True)
    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_write, doomed, school, range(WRITES))
            tasks.start_soon(_write, other, school, range(WRITES, 2 * WRITES))
            await to_thread.run_sync(school.await_note, f"note {WRITES // 2}")
            doomed.kill()
    school.sandbox.faults.clear()

    changes = await changes_told(other.address, school.name, school.keys[0])
    told_of = {change["arguments"]["note"]: change["outcome"] for change in changes}
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    intents = {line["change"]: line["arguments"]["note"] for line in lines if "arguments" in line}
    concluded = {line["change"] for line in lines if "outcome" in line}

    assert set(school.notes) <= set(told_of) == set(intents.values())
    unknown = {note for change, note in intents.items() if change not in concluded}
    assert unknown and {told_of[note] for note in unknown} == {"unknown"}
    applied = {note for note, outcome in told_of.items() if outcome == "applied"}
    assert applied <= set(school.notes) and len(applied) + len(unknown) == len(told_of)
    assert len(school.notes) == len(set(school.notes))


def test_without_keys_for_questions_a_process_says_that_it_is_alone_with_its_own(start: Start) -> None:
    alone, shared = start(1, THINKIFIC_STATE_KEYS="")[0], start(1)[0]
    said = "THINKIFIC_STATE_KEYS is not set"
    assert said in alone.said() and said not in shared.said()


async def _answered(replica: Replica, school: School, question: Question) -> str:
    async with agent(replica.address, school.name, school.keys[0], elicitation_callback=nobody) as client:
        return status_of(await answer(client, question))


async def _deleted(replica: Replica, school: School, code: str) -> str:
    async with agent(replica.address, school.name, school.keys[0], "legacy") as client:
        return status_of(await client.call_tool("delete_coupon", {"coupon_id": 2, "confirmation": code}))


async def _reads(client: Client, times: int) -> set[str]:
    return {status_of(await client.call_tool("get_course", {"course_id": 1})) for _ in range(times)}


async def _write(replica: Replica, school: School, numbers: range) -> None:
    """Write so many notes, some at once; once the process has died, the rest cannot be written."""
    left = iter(numbers)

    async def write(http: httpx2.AsyncClient) -> None:
        for number in left:
            body = call_body("update_coupon", {"coupon_id": 2, "code": "NEW", "note": f"note {number}"})
            with suppress(httpx2.TransportError):
                await http.post(f"{replica.address}/sites/{school.name}/mcp", content=body)

    headers = {**CALL_HEADERS, "Mcp-Name": "update_coupon", "Authorization": f"Bearer {school.keys[0]}"}
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http, anyio.create_task_group() as tasks:
        for _ in range(AT_ONCE):
            tasks.start_soon(write, http)
