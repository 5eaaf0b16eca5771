"""Bundles: several courses sold as one."""

from datetime import datetime
from typing import Any

from pydantic_core import MISSING

from thinkific_mcp.api.courses import Course
from thinkific_mcp.api.enrollments import (
    AccessTimes,
    Enrollment,
    EnrollmentChanges,
    EnrollmentFilters,
    UpdateEnrollment,
    takes_access_away,
)
from thinkific_mcp.api.naming import looked_up, total_of
from thinkific_mcp.api.undoing import CHANGED_NOTHING, MOST_STEPS, look_of, rows_in
from thinkific_mcp.api.users import GetUser
from thinkific_mcp.change import Consequences, Look, State, Undoing
from thinkific_mcp.operation import InFilter, Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import API_PAGE_SIZE, DateFilter, DeprecatedText, Id, Integer, Integers, Text
from thinkific_mcp.wording import counted, enumerated, name


class Bundle(Result):
    """A bundle of courses."""

    id: Integer = None
    name: Text = None
    description: Text = None
    course_ids: Integers = None
    bundle_card_image_url: Text = None
    tagline: DeprecatedText = None
    banner_image_url: DeprecatedText = None


class BundleEnrollmentStarted(Result):
    """What creating a bundle enrollment leads to."""

    done: Text = None


class GetBundle(Operation[Bundle], get="/bundles/{id}", operation_id="getBundleByID"):
    """Get a bundle and the ids of its courses. Bundles cannot be listed: find one, and its price, with
    list_products, where productable_type is Bundle and productable_id is the bundle_id.
    """

    bundle_id: PathId


class ListBundleCourses(Paging, Operation[Page[Course]], get="/bundles/{id}/courses"):
    """List the courses in a bundle."""

    bundle_id: PathId


class ListBundleEnrollments(
    Paging,
    EnrollmentFilters,
    Operation[Page[Enrollment]],
    get="/bundles/{id}/enrollments",
    operation_id="getBundleEnrollments",
):
    """List enrollments that students have through a bundle. Dates as in list_enrollments."""

    bundle_id: PathId
    updated_on_or_after: InFilter[DateFilter] = MISSING


class CreateBundleEnrollment(
    AccessTimes,
    Operation[BundleEnrollmentStarted],
    post="/bundles/{id}/enrollments",
    operation_id="createEnrollmentInBundle",
    guarded="",
    undo="",
    target=GetBundle,
    done="User {user_id} enrolled in every course of bundle {bundle_id}",
):
    """Enroll a student in a bundle and all its courses. Without activated_at they get a free trial only. For
    one course use create_enrollment.
    """

    bundle_id: PathId
    user_id: Id

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell who gets which access to which courses."""
        student = await looked_up(GetUser, self.user_id, look)
        page = await look(ListBundleCourses(bundle_id=self.bundle_id, limit=5))
        courses = "courses that are not known"
        if page is not None:
            names = [name(course.name) or "a course without a name" for course in page.items]
            total = total_of(page)
            courses = counted(total, "course") + (f" ({enumerated(names, total)})" if names else "")
        return Consequences([self.granted(student, courses)])

    def receive(self, status: int, data: object) -> BundleEnrollmentStarted:
        """Tell the two successes apart: 201 is done, 202 goes on in the background (published contract)."""
        ending = " in the background; look again in a minute." if status == 202 else "."
        trial = "" if "activated_at" in self.model_fields_set else " This is a free trial."
        return BundleEnrollmentStarted(done=self.receipt() + ending + trial)


class UpdateBundleEnrollment(
    EnrollmentChanges,
    Operation[None],
    put="/bundles/{id}/enrollments",
    operation_id="updateEnrollmentsInBundle",
    guarded="only when expiry_date is not later than a day from now",
    undo="puts back the former dates",
    target=ListBundleEnrollments,
    done="Access of user {user_id} to bundle {bundle_id} and its courses updated: {changed}.",
):
    """Change a student's access to a bundle and all its courses. An expiry_date of today unenrolls them."""

    bundle_id: PathId
    user_id: Id

    def target(self) -> ListBundleEnrollments:
        """Read as many of the student's enrollments as one request can."""
        return ListBundleEnrollments(bundle_id=self.bundle_id, user_id=self.user_id, limit=API_PAGE_SIZE)

    def needs_confirmation(self, now: datetime) -> bool:
        """Confirm what takes access away within a day."""
        return takes_access_away(self.expiry_date, now)

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell whose access to which courses changes."""
        page: Page[Enrollment] = Page() if target is None else target
        bundle = await looked_up(GetBundle, self.bundle_id, look)
        if target is not None and not total_of(page):
            none = f"No enrollment of user {self.user_id} through {bundle} is found: this may change nothing."
            return Consequences([none, *self.access()])
        rows = page.items
        names = [name(row.course_name) or "a course without a name" for row in rows]
        student = next(filter(None, (name(row.user_name) for row in rows)), "")
        whose = f"user {f'{student} (id {self.user_id})' if student else self.user_id}"
        courses = f": {enumerated(names, total_of(page))}" if rows else " that are not known"
        return Consequences([f"Changes for {whose} in {bundle} the courses{courses}.", *self.access()])

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back the former dates of each enrollment."""
        rows = rows_in(before)
        if not rows:
            raise ValueError("Which enrollments it changed was not read.")
        if len(rows) > MOST_STEPS:
            raise ValueError(f"It changed more enrollments than the {MOST_STEPS} that can be put back.")
        given = self.model_dump(mode="json", include=set(EnrollmentChanges.model_fields))
        plans: list[tuple[int, Undoing]] = []
        losses: list[str] = []
        for row in rows:
            update = UpdateEnrollment.model_validate({**given, "enrollment_id": row.get("id")})
            try:
                plan = update.undoing(row, {})
            except ValueError as error:
                losses.append(str(error))
            else:
                plans.append((update.enrollment_id, plan))
                losses += plan.losses
        reasons = list(dict.fromkeys(losses))
        if not plans:
            raise ValueError(" ".join(reasons))

        def is_as_left(now: State | None) -> bool:
            there = rows_in(now or {})
            return all(
                plan.is_as_left(next((row for row in there if row.get("id") == each), None))
                for each, plan in plans
            )

        steps = [step for _, plan in plans for step in plan.steps]
        return Undoing(steps, look_of(self), is_as_left, [each for each in reasons if each != CHANGED_NOTHING])
