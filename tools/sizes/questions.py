"""What a model is asked for, in calls that mean the same to ours, to Thinkific and to the converter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.operation import Spec


@dataclass(frozen=True)
class Call:
    """One call of a tool, with the arguments of ours."""

    tool: str
    arguments: Mapping[str, int]

    @property
    def spec(self) -> Spec:
        """What the operation is."""
        return OPERATIONS[self.tool].spec

    @property
    def theirs(self) -> Mapping[str, int]:
        """The arguments as Thinkific names them."""
        return {"id" if name.endswith("_id") else name: value for name, value in self.arguments.items()}


@dataclass(frozen=True)
class Question:
    """Something that a model is asked for.

    Attributes:
        about: what it is.
        calls: what it takes.
        fields: the three that an administrator would want; empty where it is no list.
    """

    about: str
    calls: Sequence[Call]
    fields: Sequence[str] = ()


QUESTIONS = (
    Question("250 students", [Call("list_users", {"limit": 250})], ["id", "full_name", "email"]),
    Question(
        "250 enrollments",
        [Call("list_enrollments", {"limit": 250})],
        ["user_email", "course_name", "percentage_completed"],
    ),
    Question("25 orders", [Call("list_orders", {"limit": 25})], ["user_email", "product_name", "amount_dollars"]),
    Question(
        "a course and its chapters",
        [Call("get_course", {"course_id": 1}), Call("list_course_chapters", {"course_id": 1})],
    ),
)
