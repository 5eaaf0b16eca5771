import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.errors import ArgumentError, JournalError
from thinkific_mcp.guard.journal import Intent, Journal, Outcome

from .journals import APPLIED, Clock, ids, intent, lines, names, note

ANN: Mapping[str, Any] = {"id": 42, "email": "Ann.Lee@example.com", "first_name": "Ann"}
BOB: Mapping[str, Any] = {"id": 43, "email": "bob@example.com", "first_name": "Bob"}


def made(state: Mapping[str, Any]) -> Outcome:
    return Outcome("applied", "Done.", state)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Journal:
    return Journal(tmp_path, now=clock)


@pytest.mark.parametrize(
    ("noted", "outcome"),
    [
        (intent("create_enrollment", {"user_id": 42, "course_id": 3}), APPLIED),
        (intent("update_user", {"user_id": "42", "bio": "Hello"}), APPLIED),
        (intent("add_group_analysts", {"group_id": 1, "user_ids": [7, 42]}), APPLIED),
        (intent("update_enrollment", {"enrollment_id": 9}, before={"id": 9, "user_id": 42}), APPLIED),
        (intent("delete_course_review", {"id": 1}, before={"items": [{"user_id": 42}]}), APPLIED),
        (intent("create_user", {"first_name": "Ann"}), made({"id": 42})),
        (intent("delete_user", {"user_id": "ann-1", "provider": "SSO"}, before={"id": 42}), APPLIED),
    ],
)
async def test_a_change_that_holds_the_id_is_about_the_student(
    journal: Journal, noted: Intent, outcome: Outcome
) -> None:
    await note(journal, noted, outcome)
    assert await journal.forget("42") == 1
    assert await ids(journal) == []


@pytest.mark.parametrize(
    "noted",
    [
        intent("create_enrollment", {"user_id": 420, "course_id": 42}),
        intent("update_coupon", {"coupon_id": 42}, before={"id": 42}, preview="42 uses"),
        intent("update_user", {"user_id": "42", "provider": "SSO"}, before={"id": 7}),
        intent("update_user", {"user_id": "7"}, before={"id": 7, "custom_profile_fields": [{"id": 42}]}),
        intent("update_user", {"user_id": True}),
    ],
)
async def test_a_change_that_holds_the_number_elsewhere_is_not(journal: Journal, noted: Intent) -> None:
    await note(journal, noted)
    assert await journal.forget("42") == 0
    assert len(await ids(journal)) == 1


@pytest.mark.parametrize(
    ("noted", "outcome"),
    [
        (intent("create_user", {"email": "ann.lee@example.com"}), APPLIED),
        (intent("update_enrollment", before={"user_email": "Ann.Lee@Example.com"}), APPLIED),
        (intent("update_coupon", {"note": "For ANN.LEE@EXAMPLE.COM, as agreed"}), APPLIED),
        (intent(preview='Enrolls "Ann Lee" (ann.lee@example.com).'), APPLIED),
        (intent(), Outcome("refused", "ann.lee@example.com has been taken", {})),
        (intent(), made({"users": ["ann.lee@example.com"]})),
    ],
)
async def test_a_change_that_holds_the_email_is_about_the_student(
    journal: Journal, noted: Intent, outcome: Outcome
) -> None:
    await note(journal, noted, outcome)
    assert await journal.forget(" Ann.LEE@example.com ") == 1
    assert await ids(journal) == []


@pytest.mark.parametrize(
    "email",
    ["joann.lee@example.com", "x+ann.lee@example.com", "jo.ann.lee@example.com", "ann.lee@example.com.au"],
)
async def test_a_longer_email_is_somebody_else_s(journal: Journal, email: str) -> None:
    await note(journal, intent("create_user", {"email": email}, preview=f"Creates {email}."))
    assert await journal.forget("ann.lee@example.com") == 0


async def test_by_id_all_emails_of_the_student_s_own_record_are_forgotten(journal: Journal) -> None:
    await note(journal, intent("update_user", {"user_id": "42", "email": "new@example.com"}, before=ANN))
    for email in (ANN["email"], "new@example.com"):
        await note(journal, intent(preview=f"A coupon for {email}"))
    assert await journal.forget("42") == 3


async def test_by_email_changes_with_the_id_and_with_former_emails_are_forgotten(journal: Journal) -> None:
    await note(journal, intent("create_enrollment", {"user_id": 42}))
    await note(journal, intent(preview=f"A coupon for {ANN['email']}"))
    await note(journal, intent("update_user", {"user_id": "42", "email": "new@example.com"}, before=ANN))
    assert await journal.forget("new@example.com") == 3


async def test_an_enrollment_tells_whose_email_it_is(journal: Journal) -> None:
    await note(journal, intent("update_enrollment", before={"user_id": 42, "user_email": "ann.lee@example.com"}))
    await note(journal, intent("create_enrollment", {"user_id": 42}))
    assert await journal.forget("ann.lee@example.com") == 2


async def test_an_email_that_was_refused_may_be_somebody_else_s(journal: Journal) -> None:
    await note(journal, intent("create_user", {"email": BOB["email"]}), made(BOB))
    taken = Outcome("refused", "email has been taken", {})
    await note(journal, intent("update_user", {"user_id": "42", "email": BOB["email"]}, before=ANN), taken)
    assert await journal.forget("42") == 1
    assert len(await ids(journal)) == 1


async def test_taking_back_a_student_s_change_is_about_the_student_too(journal: Journal) -> None:
    change = await note(journal, intent("create_enrollment", {"user_id": 42}))
    await note(journal, intent("update_enrollment", preview="Ends the access of Ann Lee.", undoes=change))
    assert await journal.forget("42") == 2


async def test_changes_of_all_sites_are_forgotten(journal: Journal) -> None:
    await note(journal, intent("create_enrollment", {"user_id": 42}, site="another-school"))
    assert await journal.forget("42") == 1


async def test_what_is_about_others_stays_byte_by_byte(tmp_path: Path, journal: Journal) -> None:
    await note(journal, intent("create_enrollment", {"user_id": 43}))
    before = (tmp_path / "journal.jsonl").read_bytes()
    await note(journal, intent("create_enrollment", {"user_id": 42}))
    assert await journal.forget("42") == 1
    assert (tmp_path / "journal.jsonl").read_bytes() == before


async def test_both_lines_go_from_all_files_and_what_is_empty_goes_too(
    tmp_path: Path, journal: Journal, clock: Clock
) -> None:
    await note(journal, intent("create_enrollment", {"user_id": 42}))
    clock.pass_days(1)
    stays = await note(journal, intent("create_enrollment", {"user_id": 43}))
    change = await journal.intend(intent("delete_user", {"user_id": "42"}))
    clock.pass_days(1)
    await journal.conclude(change, made(ANN))
    assert await journal.forget("42") == 2
    assert names(tmp_path) == ["journal-2026-11-24.jsonl"]
    assert [line["change"] for line in lines(tmp_path / "journal-2026-11-24.jsonl")] == [stays] * 2


async def test_an_outcome_whose_intent_is_gone_is_forgotten(tmp_path: Path, journal: Journal) -> None:
    await journal.conclude("c-aaaaaaaaaa", made({"user_id": 42}))
    assert await journal.forget("42") == 1
    assert names(tmp_path) == []


async def test_what_cannot_be_read_is_erased_with_it(tmp_path: Path, journal: Journal) -> None:
    stays = await note(journal, intent())
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"change": "c-torn", "arguments": {"email": "ann.lee@exam')
    assert await journal.forget("ann.lee@example.com") == 0
    assert "ann" not in (tmp_path / "journal.jsonl").read_text("utf-8")
    assert await ids(journal) == [stays]


async def test_a_journal_written_anew_is_readable_by_its_owner_only(tmp_path: Path, journal: Journal) -> None:
    await note(journal, intent("create_enrollment", {"user_id": 42}))
    await note(journal, intent())
    await journal.forget("42")
    assert (tmp_path / "journal.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("student", ["", "  ", "Ann Lee", "@", "ann@", "x y@z", "-1", "4.2", "٤٢"])
async def test_a_student_is_named_by_id_or_email(journal: Journal, student: str) -> None:
    with pytest.raises(ArgumentError, match="a number, or by an email"):
        await journal.forget(student)


async def test_a_journal_that_cannot_be_written_anew_is_told_and_stays(tmp_path: Path, journal: Journal) -> None:
    change = await note(journal, intent("create_enrollment", {"user_id": 42}))
    (tmp_path / "journal.jsonl.lock").unlink()
    (tmp_path / "journal.jsonl.lock").mkdir()
    with pytest.raises(JournalError, match="cannot be written: is a directory"):
        await journal.forget("42")
    assert change in (tmp_path / "journal.jsonl").read_text("utf-8")


TEXTS = st.sampled_from(["Hello", "ann@a.io", "bob@a.io", "joann@a.io", "To ann@a.io."])
STUDENTS = st.sampled_from([1, 2, "1", "2"])
CHANGES = st.builds(
    Intent,
    st.just("my-school"),
    st.just(""),
    st.just(""),
    st.sampled_from(["create_enrollment", "update_user", "create_user", "update_coupon"]),
    st.fixed_dictionaries({}, optional={"user_id": STUDENTS, "user_ids": st.lists(STUDENTS), "note": TEXTS}),
    TEXTS,
    st.fixed_dictionaries({}, optional={"user_id": STUDENTS, "email": TEXTS, "kept": st.lists(TEXTS)}),
)


@given(changes=st.lists(CHANGES, max_size=8), student=st.sampled_from(["1", "ann@a.io"]))
async def test_after_forgetting_no_trace_is_left(changes: Sequence[Intent], student: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        journal = Journal(Path(folder), now=clock)
        for change in changes:
            await note(journal, change)
            clock.pass_days(1)
        before = await ids(journal)
        forgotten = await journal.forget(student)
        assert len(await ids(journal)) == len(before) - forgotten
        assert await journal.forget(student) == 0
        left = "".join((Path(folder) / name).read_text("utf-8") for name in names(Path(folder)))
        traces = ['"user_id": 1', '"user_id": "1"'] if student == "1" else ['"ann@a.io"', " ann@a.io"]
        assert not any(trace in left for trace in traces)
