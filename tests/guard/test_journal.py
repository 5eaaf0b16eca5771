import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.guard.journal import Change, Intent, Journal, Outcome

from .journals import APPLIED, NOW, SITE, Clock, content, ids, intent, lines, names, note, only

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.text().filter(lambda name: name.lower() != "password"), JSON, max_size=4)


async def undone_by(journal: Journal) -> dict[str, str]:
    return {change.id: change.undone_by for change in await journal.changes(SITE)}


async def test_a_write_is_two_lines(path: Path, journal: Journal, clock: Clock) -> None:
    change = await journal.intend(
        Intent("my-school", "ann", "claude 1", "update_coupon", {"coupon_id": 3}, "Coupon 3", {"id": 3}, "c-old")
    )
    first = {
        "change": change,
        "at": "2026-11-23T12:00:00Z",
        "site": "my-school",
        "caller": "ann",
        "client": "claude 1",
        "tool": "update_coupon",
        "arguments": {"coupon_id": 3},
        "preview": "Coupon 3",
        "before": {"id": 3},
        "undoes": "c-old",
    }
    assert lines(path) == [first]
    clock.now += timedelta(seconds=3)
    await journal.conclude(change, Outcome("applied", "Coupon updated.", {"id": 3}))
    assert lines(path) == [
        first,
        {
            "change": change,
            "at": "2026-11-23T12:00:03Z",
            "outcome": "applied",
            "receipt": "Coupon updated.",
            "made": {"id": 3},
        },
    ]


async def test_a_change_is_told_as_it_was_noted(journal: Journal) -> None:
    noted = intent("create_coupon", {"code": "XMAS"}, preview="Coupon XMAS", before={"id": 1})
    change = await note(journal, noted, Outcome("refused", "The code is taken.", {"errors": 1}))
    assert await only(journal) == Change(
        change, "2026-11-23T12:00:00Z", noted, "refused", "The code is taken.", {"errors": 1}, ""
    )


async def test_without_a_second_line_the_outcome_is_unknown(journal: Journal) -> None:
    await journal.intend(intent())
    change = await only(journal)
    assert (change.outcome, change.receipt, change.made) == ("unknown", "", {})


async def test_changes_come_newest_first(journal: Journal) -> None:
    noted = [await note(journal, intent()) for _ in range(3)]
    assert await ids(journal) == noted[::-1]


async def test_only_changes_of_the_site_are_told(journal: Journal) -> None:
    change = await note(journal, intent(site="another-school"))
    assert await journal.changes(SITE) == []
    assert [found.id for found in await journal.changes("another-school")] == [change]


async def test_ids_are_short_and_typeable_and_differ(journal: Journal) -> None:
    noted = {await journal.intend(intent()) for _ in range(20)}
    assert len(noted) == 20
    assert all(re.fullmatch("c-[a-z2-7]{10}", change) for change in noted)


async def test_a_change_tells_which_applied_change_took_it_back(journal: Journal) -> None:
    change = await note(journal, intent())
    undo = await note(journal, intent(undoes=change))
    assert await undone_by(journal) == {change: undo, undo: ""}


@pytest.mark.parametrize("outcome", ["refused", "unknown"])
async def test_an_undo_that_was_not_applied_takes_nothing_back(journal: Journal, outcome: Any) -> None:
    change = await note(journal, intent())
    await note(journal, intent(undoes=change), Outcome(outcome, "", {}))
    await journal.intend(intent(undoes=change))
    assert (await undone_by(journal))[change] == ""


async def test_a_password_is_not_noted_wherever_it_stands(path: Path, journal: Journal) -> None:
    hidden = {"password": "hunter2", "users": [{"Password": "hunter2", "first_name": "Ann"}]}
    await note(
        journal,
        intent("update_user", hidden, before={"user": hidden}),
        Outcome("applied", "", {"password": "hunter2"}),
    )
    assert b"hunter2" not in content(path)
    change = await only(journal)
    assert change.intent.arguments == {
        "password": "(not shown)",
        "users": [{"Password": "(not shown)", "first_name": "Ann"}],
    }


async def test_reading_where_nothing_was_noted_makes_no_files(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "journal.jsonl", now=Clock())
    assert await journal.changes(SITE) == []
    assert await journal.forget("42") == 0
    assert names(tmp_path) == []


async def test_a_change_concluded_on_the_next_day_is_one_change(journal: Journal, clock: Clock) -> None:
    change = await journal.intend(intent())
    clock.pass_days(1)
    await journal.conclude(change, APPLIED)
    assert (await only(journal)).outcome == "applied"


async def test_what_json_cannot_hold_hides_no_change(journal: Journal) -> None:
    before = {"name \ud83d": "Ann \ud83d", "price": float("nan"), "more": [float("inf")]}
    await note(journal, intent(before=before))
    assert (await only(journal)).intent.before == {"name ?": "Ann ?", "price": "nan", "more": ["inf"]}


@given(arguments=OBJECT, before=OBJECT, made=OBJECT, preview=st.text(), receipt=st.text())
async def test_whatever_is_noted_is_read_again(
    arguments: dict[str, Any], before: dict[str, Any], made: dict[str, Any], preview: str, receipt: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder), now=lambda: NOW)
        noted = intent("update_user", arguments, preview=preview, before=before)
        await note(journal, noted, Outcome("applied", receipt, made))
        change = await only(journal)
        assert change.intent == noted
        assert (change.receipt, change.made) == (receipt, made)


async def test_who_writes_waits_for_one_reader_at_most(journal: Journal) -> None:
    await note(journal, intent())
    order: list[str] = []

    async def read() -> None:
        await journal.changes(SITE)
        order.append("read")

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(read)
        await checkpoint()  # all of them have come
        await journal.intend(intent())
        order.append("written")
    assert order.index("written") <= 1
