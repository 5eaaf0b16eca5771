"""What the roles of users allow."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from thinkific_mcp.wording import enumerated, name

RIGHTS: Mapping[str, str] = {
    "affiliate": "earns a commission on sales they bring",
    "course_admin": "edits the courses they administer and sees those courses' students",
    "group_analyst": "sees the data of the members of groups that are given to them",
    "site_admin": "sees and changes everything at the school",
}
"""What each role allows, in the words of a sentence."""


def rights(roles: Sequence[str], present: Collection[str] = ()) -> list[str]:
    """Say what each new role allows, one sentence each.

    Args:
        roles: the roles that are given.
        present: the roles that they hold already.
    """
    return [f"The role {role}: {RIGHTS[role]}." for role in dict.fromkeys(roles) if role not in present]


def rights_lost(held: Sequence[Any], roles: Collection[str]) -> list[str]:
    """Say which roles are taken away: one sentence, or none.

    Args:
        held: the roles that they hold, as Thinkific answered them.
        roles: the roles that they will hold.
    """
    lost = [role if role in RIGHTS else name(role) for role in map(str, held) if role not in roles]
    distinct = list(dict.fromkeys(filter(None, lost)))
    return [f"They lose the role{'s' if len(distinct) > 1 else ''} {enumerated(distinct)}."] if distinct else []
