"""Students: who they are, what they tell about themselves, and the groups they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from math import fsum
from typing import Any, NamedTuple

from thinkific_mcp.sandbox.demo.book import Book, read
from thinkific_mcp.sandbox.demo.dice import Dice
from thinkific_mcp.sandbox.demo.groups import Group

OPENED = -730
PROVIDERS = {"crm": "SSO", "campus": "OPENID_CONNECT"}
PHONE, REGION, REFERRAL, SHIRT = 1, 2, 3, 4


@dataclass(frozen=True)
class Student:
    """What a student's life at the school hangs on; `joined` is in days from now."""

    id: int
    joined: float
    group: Group | None


@dataclass(frozen=True)
class Profile:
    """What a student tells about themselves; custom fields go by the id of their definition."""

    first_name: str
    last_name: str
    email: str
    company: str | None = None
    headline: str | None = None
    bio: str | None = None
    custom_fields: dict[int, str] = field(default_factory=dict[int, str])
    group: Group | None = None


class UserRow(NamedTuple):
    """A row of `users`."""

    id: int
    created_at: float
    first_name: str
    last_name: str
    email: str
    company: str | None
    headline: str | None
    bio: str | None
    avatar_url: str | None
    external_source: str | None


class AuthenticationRow(NamedTuple):
    """A row of `authentications`."""

    user_id: int
    provider: str
    external_id: str


class CustomFieldRow(NamedTuple):
    """A row of `custom_profile_fields`."""

    user_id: int
    custom_profile_field_definition_id: int
    value: str


class MemberRow(NamedTuple):
    """A row of `group_users`."""

    group_id: int
    user_id: int


def add_students(book: Book, count: int, groups: Sequence[Group]) -> list[Student]:
    """Write the students, the hand-written ones first, and return them in the order they joined."""
    dice = Dice("students")
    first_id = book.next_id("users")
    users: list[UserRow] = []
    authentications: list[AuthenticationRow] = []
    fields: list[CustomFieldRow] = []
    students: list[Student] = []
    profiles = islice(chain(_handwritten(), _invented(groups)), count)
    for number, profile in enumerate(profiles):
        user_id = first_id + number
        # The school grows: the later, the more students join.
        joined = -1 + (OPENED + 1) * (1 - (number + dice.roll()) / count) ** 1.15
        source = dice.weighted(("crm", "campus", None), (8, 3, 89))
        if source:
            authentications.append(AuthenticationRow(user_id, PROVIDERS[source], f"{source}-{user_id}"))
        users.append(
            UserRow(
                user_id,
                joined,
                profile.first_name,
                profile.last_name,
                profile.email,
                profile.company,
                profile.headline,
                profile.bio,
                f"https://cdn.example.com/avatars/{user_id}.jpg" if dice.chance(0.3) else None,
                source,
            )
        )
        fields += [CustomFieldRow(user_id, key, value) for key, value in profile.custom_fields.items()]
        students.append(Student(user_id, joined, profile.group))
    book.add_many("users", users)
    book.add_many("authentications", authentications)
    book.add_many("custom_profile_fields", fields)
    book.add_many("group_users", [MemberRow(s.group.id, s.id) for s in students if s.group])
    return students


def _handwritten() -> Iterator[Profile]:
    for student in read("students"):
        custom_fields = {int(key): value for key, value in student["custom_fields"].items()}
        yield Profile(**(student | {"custom_fields": custom_fields}))


def _invented(groups: Sequence[Group]) -> Iterator[Profile]:
    dice = Dice("profiles")
    voices = read("voices")
    cultures = read("names")
    shares = [culture["share"] for culture in cultures]
    emails: set[str] = set()
    memberships = [*groups, None]
    chances = [*(group.share for group in groups), 1 - fsum(group.share for group in groups)]
    while True:
        culture = dice.weighted(cultures, shares)
        first_name, first = dice.pick(list(culture["first"].items()))
        last_name, last = dice.pick(list(culture["last"].items()))
        group = dice.weighted(memberships, chances)
        company = group.company if group else None
        yield Profile(
            first_name,
            last_name,
            _email(dice, f"{first}.{last}", emails),
            company or (dice.pick(voices["companies"]) if dice.chance(0.15) else None),
            dice.pick(voices["headlines"]) if dice.chance(0.25) else None,
            dice.pick(voices["bios"]) if dice.chance(0.15) else None,
            _custom_fields(dice, culture, voices),
            group,
        )


def _email(dice: Dice, name: str, taken: set[str]) -> str:
    domain = dice.weighted(("example.com", "example.net", "example.org"), (6, 3, 2))
    email = f"{name}@{domain}"
    if email in taken:
        email = f"{name}{len(taken)}@{domain}"
    taken.add(email)
    return email


def _custom_fields(dice: Dice, culture: dict[str, Any], voices: dict[str, Any]) -> dict[int, str]:
    told: dict[int, str] = {}
    if dice.chance(0.2):
        told[PHONE] = f"+1 555-01{int(dice.between(0, 100)):02}"
    if dice.chance(0.35):
        told[REGION] = dice.pick(culture["regions"])
    if dice.chance(0.3):
        told[REFERRAL] = dice.pick(voices["referrals"])
    if dice.chance(0.08):
        told[SHIRT] = dice.pick(voices["sizes"])
    return told
