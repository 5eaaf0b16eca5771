"""A process that is told to stop while it writes."""

import json
import time
from pathlib import Path

import anyio
import httpx2
from anyio import to_thread

from ..server.asking import PATIENCE
from .conftest import Start
from .messages import CALL_HEADERS, call_body
from .schools import Schools


async def test_a_write_under_way_is_finished_and_noted_before_the_process_ends(
    start: Start, schools: Schools, tmp_path: Path
) -> None:
    school, journal = schools.of["site-04"], tmp_path / "journal.jsonl"
    came, ended = list[str](), list[int]()
    (replica,) = start(1, THINKIFIC_JOURNAL=str(journal))
    school.sandbox.faults.add("slow", seconds=1, match="PUT /coupons/{id}", after=True)

    async def write() -> None:
        own = {**CALL_HEADERS, "Authorization": f"Bearer {school.keys[0]}", "Mcp-Name": "update_coupon"}
        async with httpx2.AsyncClient(headers=own, timeout=PATIENCE) as http:
            body = call_body("update_coupon", {"coupon_id": 1, "code": "NEW", "note": "last"})
            answer = await http.post(f"{replica.address}/sites/{school.name}/mcp", content=body)
        came.append(answer.json()["result"]["structuredContent"]["done"])

    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(write)
            await to_thread.run_sync(_await_line, journal)
            ended.append(await to_thread.run_sync(replica.stop))
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert ended == [0] and came == ["Coupon 1 updated: code, note."]
    assert [line.get("outcome") for line in lines] == [None, "applied"]


def _await_line(journal: Path) -> None:
    """Wait until it is noted that a write is about to be sent."""
    until = time.monotonic() + PATIENCE
    while not journal.exists() or not journal.read_bytes():
        assert time.monotonic() < until, "nothing was noted"
        time.sleep(0.005)
