"""Groups: the teams and classes that students belong to."""

from dataclasses import dataclass

from thinkific_mcp.sandbox.demo.book import Book, read


@dataclass(frozen=True)
class Group:
    """A group that students join, because their employer or college sends them.

    Attributes:
        share: which part of all students belongs to it.
        company: who sends them, and pays by invoice.
        course_id: the course they are sent to.
    """

    id: int
    share: float
    company: str
    course_id: int


def add_groups(book: Book) -> list[Group]:
    """Write the groups with their hand-written people and return those that students join."""
    groups = read("groups")
    for group in groups:
        book.add("groups", {key: group[key] for key in ("id", "name", "token", "created_at")})
        for user_id in group["member_ids"]:
            book.add("group_users", {"group_id": group["id"], "user_id": user_id})
        for user_id in group["analyst_ids"]:
            book.add("group_analysts", {"group_id": group["id"], "user_id": user_id})
    return [
        Group(group["id"], group["share"], group["company"], group["course_id"])
        for group in groups
        if "share" in group
    ]
