"""Enrollments: which student may take which course, since when, until when, and how far they got."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field
from pydantic_core import MISSING

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.naming import looked_up, total_of
from thinkific_mcp.api.undoing import put_back
from thinkific_mcp.api.users import GetUser
from thinkific_mcp.change import Consequences, Look, State, Undoing
from thinkific_mcp.operation import Arguments, InFilter, Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import Boolean, DateFilter, Email, Id, Integer, Number, StoredTime, Text, moment
from thinkific_mcp.wording import counted, enumerated, name, shown


class Enrollment(Result):
    """A student's enrollment in a course; `percentage_completed` runs from 0 to 1."""

    id: Integer = None
    user_id: Integer = None
    user_name: Text = None
    user_email: Text = None
    course_id: Integer = None
    course_name: Text = None
    percentage_completed: Number = None
    completed: Boolean = None
    expired: Boolean = None
    is_free_trial: Boolean = None
    activated_at: Text = None
    started_at: Text = None
    completed_at: Text = None
    expiry_date: Text = None
    created_at: Text = None
    updated_at: Text = None


class AccessTimes(Arguments):
    """When a new enrollment begins and ends."""

    activated_at: StoredTime | MISSING = Field(
        default=MISSING,
        description="When full access starts, as 2026-01-31 or a date-time. Left out: free trial.",
    )
    expiry_date: StoredTime | MISSING = Field(
        default=MISSING, description="When access ends; a date ends it as the day begins (UTC). Left out: never."
    )

    def granted(self, student: str, what: str) -> str:
        """Say what access a student gets.

        Args:
            student: who, by name.
            what: to which course or courses.
        """
        end = "without end" if self.expiry_date is MISSING else f"until {shown(self.expiry_date)}"
        if self.activated_at is MISSING:
            return f"A free trial, preview lessons only, as activated_at is left out: {student}, {what}, {end}."
        return f"Full access from {shown(self.activated_at)} {end}: {student}, {what}."


class EnrollmentChanges(Arguments):
    """What can be changed about an enrollment."""

    activated_at: StoredTime | MISSING = Field(
        default=MISSING, description="When full access starts. Turns a free trial into full access."
    )
    expiry_date: StoredTime | None | MISSING = Field(
        default=MISSING,
        description="When access ends; a date ends it as the day begins (UTC). null may lift it: check.",
    )

    def access(self) -> list[str]:
        """Say what becomes of the access."""
        sentences = [] if self.activated_at is MISSING else [f"Full access starts {shown(self.activated_at)}."]
        if self.expiry_date is None:
            sentences.append("Whether that lifts the end of access is not certain: look afterwards.")
        elif self.expiry_date is not MISSING:
            sentences.append(f"Access ends {shown(self.expiry_date)}; at once where that has passed.")
        return sentences


def takes_access_away(expiry_date: Any, now: datetime) -> bool:
    """Tell whether a new expiry date ends the access within a day from now."""
    return isinstance(expiry_date, str) and moment(expiry_date) <= now + timedelta(days=1)


class EnrollmentFilters(Arguments):
    """What enrollments of a course and of a bundle are both filtered by."""

    user_id: InFilter[Id] = MISSING
    email: InFilter[Email] = Field(default=MISSING, description="The student's exact email.")
    completed: InFilter[bool] = MISSING
    expired: InFilter[bool] = MISSING
    created_on: InFilter[DateFilter] = MISSING
    created_before: InFilter[DateFilter] = MISSING
    created_on_or_before: InFilter[DateFilter] = MISSING
    created_after: InFilter[DateFilter] = MISSING
    created_on_or_after: InFilter[DateFilter] = MISSING
    updated_on: InFilter[DateFilter] = MISSING
    updated_before: InFilter[DateFilter] = MISSING
    updated_on_or_before: InFilter[DateFilter] = MISSING
    updated_after: InFilter[DateFilter] = MISSING


class ListEnrollments(
    Paging,
    EnrollmentFilters,
    Operation[Page[Enrollment]],
    get="/enrollments",
    operation_id="getEnrollments",
):
    """List enrollments: who takes which course, progress (0 to 1), trial, completion, expiry. Filter by student,
    course, state or dates (2026-01-31, or a UTC date-time). Groups and coming expiry cannot be filtered.
    """

    course_id: InFilter[Id] = MISSING
    free_trial: InFilter[bool] = MISSING
    full: InFilter[bool] = Field(default=MISSING, description="Full access, no free trials.")


def enrollments_told(page: Page[Enrollment] | None) -> list[str]:
    """Say which enrollments go along with a user.

    Args:
        page: the first of them; None where they could not be read.
    """
    if page is None:
        return ["Which enrollments go along is not known."]
    total = total_of(page)
    if not total:
        return ["No enrollments go along."]
    completed = sum(row.completed is True for row in page.items)
    at_least = "at least " if len(page.items) < total else ""
    courses = enumerated([name(row.course_name) or "a course without a name" for row in page.items], total)
    goes = counted(total, "enrollment goes", "enrollments go")
    return [f"{goes} along, {at_least}{completed} of them completed: {courses}."]


class CreateEnrollment(
    AccessTimes,
    Operation[Enrollment],
    post="/enrollments",
    operation_id="createEnrollment",
    guarded="",
    undo="",
):
    """Enroll an existing user in a course. Without activated_at it succeeds as a free trial: preview lessons
    only. For a bundle use create_bundle_enrollment; for who is enrolled already, also on trial, update_enrollment.
    """

    user_id: Id
    course_id: Id

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell who gets which access to what."""
        student = await looked_up(GetUser, self.user_id, look)
        return Consequences([self.granted(student, await looked_up(GetCourse, self.course_id, look))])


class GetEnrollment(Operation[Enrollment], get="/enrollments/{id}", operation_id="getEnrollmentsByID"):
    """Get one enrollment with its progress and dates."""

    enrollment_id: PathId


class UpdateEnrollment(
    EnrollmentChanges,
    Operation[None],
    put="/enrollments/{id}",
    operation_id="updateEnrollment",
    guarded="only when expiry_date is not later than a day from now",
    undo="puts back the former dates",
    target=GetEnrollment,
    done="Enrollment {enrollment_id} updated: {changed}.",
):
    """Change when access to a course starts or ends. To unenroll, set expiry_date to today's date: there is
    no other way.
    """

    enrollment_id: PathId

    def needs_confirmation(self, now: datetime) -> bool:
        """Confirm what takes access away within a day."""
        return takes_access_away(self.expiry_date, now)

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what becomes of the access."""
        return Consequences(self.access())

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back the former dates."""
        plan = put_back(self, before)
        if not isinstance(self.expiry_date, str) or before.get("expiry_date") is not None:
            return plan
        doubt = "There was no expiry_date before: Thinkific may not lift the one that was set, look afterwards."
        return replace(plan, losses=[*plan.losses, doubt])
