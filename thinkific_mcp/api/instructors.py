"""Instructors: the people shown as teachers of courses."""

from typing import Any

from pydantic import Field
from pydantic_core import MISSING

from thinkific_mcp.api.undoing import make_anew, put_back, take_away
from thinkific_mcp.change import Consequences, Look, State, Undoing
from thinkific_mcp.operation import Arguments, Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import Email, Id, Integer, Text


class Instructor(Result):
    """Somebody shown as the teacher of a course."""

    id: Integer = None
    first_name: Text = None
    last_name: Text = None
    title: Text = None
    bio: Text = None
    email: Text = None
    user_id: Integer = None
    slug: Text = None
    avatar_url: Text = None
    created_at: Text = None


class InstructorFields(Arguments):
    """What is shown of an instructor."""

    first_name: str
    last_name: str
    slug: str = Field(description="A unique short name, such as mara-lind.")
    title: str | None | MISSING = MISSING
    bio: str | None | MISSING = MISSING
    email: Email | None | MISSING = MISSING
    avatar_url: str | None | MISSING = MISSING
    user_id: Id | None | MISSING = Field(default=MISSING, description="Their own user account, if any.")


class ListInstructors(Paging, Operation[Page[Instructor]], get="/instructors", operation_id="getInstructors"):
    """List the people shown as teachers of courses."""


class CreateInstructor(
    InstructorFields,
    Operation[Instructor],
    post="/instructors",
    operation_id="createInstructor",
    guarded="",
    undo="deletes the instructor again",
):
    """Create an instructor profile. It gives no access; a course's instructor is set in Thinkific itself."""

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the instructor."""
        return take_away(DeleteInstructor, made)


class GetInstructor(Operation[Instructor], get="/instructors/{id}", operation_id="getInstructorByID"):
    """Get an instructor's profile."""

    instructor_id: PathId


class UpdateInstructor(
    InstructorFields,
    Operation[None],
    put="/instructors/{id}",
    operation_id="updateInstructor",
    guarded="",
    undo="puts back what was",
    target=GetInstructor,
    done="Instructor {instructor_id} updated: {changed}.",
):
    """Change an instructor's profile. Both names and slug are always needed: give the present ones to keep
    them.
    """

    instructor_id: PathId

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back what was."""
        return put_back(self, before)


class DeleteInstructor(
    Operation[None],
    delete="/instructors/{id}",
    operation_id="deleteInstructorByID",
    undo="makes a new one, under another id",
    target=GetInstructor,
    done="Instructor {instructor_id} deleted.",
):
    """Delete an instructor's profile. Their courses remain."""

    instructor_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what stays."""
        return Consequences(["Their courses remain, and their user account, if they have one."])

    def undoing(self, before: State, made: State) -> Undoing:
        """Create the instructor again."""
        return make_anew(self, CreateInstructor, before, "Courses no longer show it: set it there in Thinkific.")
