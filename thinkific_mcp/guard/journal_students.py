"""Which changes of a journal are about a student."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.api.users import GetUser, User
from thinkific_mcp.guard.journal_files import Record

_RECORDS = ("arguments", "before", "made")
_IDS = re.compile("(.+_)?user_ids?")
# These show a user's own record, in which `id` is the user's.
_ABOUT_A_USER = {
    name for name, tool in OPERATIONS.items() if tool.spec.target is GetUser or tool.result_type() is User
}


@dataclass(frozen=True)
class Person:
    """Ids and emails, in lower case, that are one person's."""

    ids: frozenset[str]
    emails: frozenset[str]


def changes_about(student: str, records: Sequence[Record]) -> set[str]:
    """Return the ids of the changes that hold a student's id or one of the student's emails.

    The emails of an id, and the id of an email, are told by the records themselves: those of users, and all that
    name a user's id and email side by side. What takes such a change back is about the student too.

    Args:
        student: Thinkific's id, or an email.
        records: the journal's lines, oldest first.
    """
    changes: dict[str, list[Record]] = {}
    for record in records:
        changes.setdefault(str(record.get("change")), []).append(record)
    people = [person for lines in changes.values() for person in _people(lines)]
    ids, emails = _names(student, people)
    email = _word_pattern(emails)
    about: set[str] = set()
    for change, lines in changes.items():
        undoes = {str(line["undoes"]) for line in lines if line.get("undoes")}
        if undoes & about or ids & _ids_in(lines) or (email and any(map(email.search, _texts_in(lines)))):
            about.add(change)
    return about


def _names(student: str, people: Sequence[Person]) -> tuple[set[str], set[str]]:
    """Return all ids and emails of a student of whom one is known."""
    emails: set[str] = set()
    if student.isdecimal():
        ids = {student.lstrip("0")}
    else:
        emails.add(student.lower())
        ids = {number for person in people if emails & person.emails for number in person.ids}
    return ids, emails.union(*(person.emails for person in people if ids & person.ids))


def _people(lines: Sequence[Record]) -> Iterator[Person]:
    """Tell who the lines of one change name by id and email at once."""
    if _is_about_a_user(lines):
        # A refused email may be somebody else's.
        is_refused = any(line.get("outcome") == "refused" for line in lines)
        told = [part for name, part in _parts(lines) if not (is_refused and name == "arguments")]
        emails = {part["email"].lower() for part in told if isinstance(part.get("email"), str)}
        yield Person(frozenset(_own_ids(lines)), frozenset(emails))
    for _, part in _parts(lines):
        for value in _within(part):
            if isinstance(value, dict):
                held = cast(Mapping[str, Any], value)
                if isinstance(email := held.get("user_email"), str):
                    yield Person(frozenset(_numbers(held.get("user_id"))), frozenset((email.lower(),)))


def _ids_in(lines: Sequence[Record]) -> set[str]:
    """Return the ids of all users that a change names."""
    ids = _own_ids(lines) if _is_about_a_user(lines) else set[str]()
    for _, part in _parts(lines):
        for value in _within(part):
            if isinstance(value, dict):
                ids |= _named_ids(cast(Mapping[str, Any], value))
    return ids


def _own_ids(lines: Sequence[Record]) -> set[str]:
    """Return the id of the user whom a change of a user is about."""
    ids: set[str] = set()
    for name, part in _parts(lines):
        ids |= _numbers(part.get("id"))
        if name == "arguments":
            ids |= _named_ids(part)
    return ids


def _named_ids(held: Mapping[str, Any]) -> set[str]:
    """Return the ids that stand beside each other; those that another system gave go with a provider."""
    if "provider" in held:
        return set()
    return {number for name, value in held.items() if _IDS.fullmatch(name) for number in _numbers(value)}


def _texts_in(lines: Sequence[Record]) -> Iterator[str]:
    for line in lines:
        for name in (*_RECORDS, "preview", "receipt"):
            for value in _within(line.get(name)):
                if isinstance(value, str):
                    yield value


def _parts(lines: Sequence[Record]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for line in lines:
        for name in _RECORDS:
            if isinstance(part := line.get(name), dict):
                yield name, cast(Mapping[str, Any], part)


def _is_about_a_user(lines: Sequence[Record]) -> bool:
    return any(line.get("tool") in _ABOUT_A_USER for line in lines)


def _within(value: Any) -> Iterator[Any]:
    """Yield a value and all that it holds."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, dict):
            waiting.extend(cast(Mapping[str, Any], part).values())
        elif isinstance(part, list):
            waiting.extend(cast(list[Any], part))


def _numbers(value: Any) -> set[str]:
    """Return the ids in a value, which is one or a list of them; Thinkific writes some numbers as text."""
    values = cast(list[Any], value) if isinstance(value, list) else [value]
    return {
        str(number)
        for number in values
        if (isinstance(number, int) and not isinstance(number, bool))
        or (isinstance(number, str) and number.isdecimal())
    }


def _word_pattern(words: set[str]) -> re.Pattern[str] | None:
    """Return what finds these words, but not within longer ones; None where there are none."""
    if not words:
        return None
    either = "|".join(map(re.escape, sorted(words)))
    return re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-]|\.\w)", re.IGNORECASE)
