"""Bundles: several courses sold as one."""

from datetime import datetime

from pydantic_core import MISSING

from thinkific_mcp.api.courses import Course
from thinkific_mcp.api.enrollments import (
    AccessTimes,
    Enrollment,
    EnrollmentChanges,
    EnrollmentFilters,
    takes_access_away,
)
from thinkific_mcp.operation import InFilter, Operation, Page, Paging, PathId, Result
from thinkific_mcp.values import DateFilter, DeprecatedText, Id, Integer, Integers, Text


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
    done="User {user_id} enrolled in every course of bundle {bundle_id}",
):
    """Enroll a student in a bundle and all its courses. Without activated_at they get a free trial only. For
    one course use create_enrollment.
    """

    bundle_id: PathId
    user_id: Id

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
    done="Access of user {user_id} to bundle {bundle_id} and its courses updated: {changed}.",
):
    """Change a student's access to a bundle and all its courses. An expiry_date of today unenrolls them."""

    bundle_id: PathId
    user_id: Id

    def needs_confirmation(self, now: datetime) -> bool:
        """Confirm what takes access away within a day."""
        return takes_access_away(self.expiry_date, now)
