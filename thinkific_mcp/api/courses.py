"""Courses: their chapters, the contents of those, and what students say of them."""

from typing import Any

from pydantic import Field
from pydantic_core import MISSING

from thinkific_mcp.api.naming import looked_up
from thinkific_mcp.api.users import GetUser
from thinkific_mcp.change import Consequences, Look
from thinkific_mcp.operation import InQuery, Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import Boolean, DeprecatedText, Id, Integer, Integers, Number, Text, Whole


class Course(Result):
    """A course; it is sold as the product `product_id`."""

    id: Integer = None
    name: Text = None
    slug: Text = None
    product_id: Integer = None
    description: Text = None
    keywords: Text = None
    instructor_id: Integer = None
    user_id: Integer = None
    administrator_user_ids: Integers = None
    chapter_ids: Integers = None
    reviews_enabled: Boolean = None
    course_card_image_url: Text = None
    subtitle: DeprecatedText = None
    course_card_text: DeprecatedText = None
    contact_information: DeprecatedText = None
    duration: DeprecatedText = None
    banner_image_url: DeprecatedText = None
    intro_video_youtube: DeprecatedText = None
    intro_video_wistia_identifier: DeprecatedText = None


class Chapter(Result):
    """A chapter of a course; its duration is that of its videos."""

    id: Integer = None
    name: Text = None
    position: Integer = None
    description: Text = None
    duration_in_seconds: Number = None
    content_ids: Integers = None


class Content(Result):
    """A lesson, quiz, file or other item of a chapter."""

    id: Integer = None
    name: Text = None
    position: Integer = None
    chapter_id: Integer = None
    contentable_type: Text = None
    free: Boolean = None
    take_url: Text = None


class CourseReview(Result):
    """A student's review of a course."""

    id: Integer = None
    course_id: Integer = None
    user_id: Integer = None
    rating: Number = None
    title: Text = None
    review_text: Text = None
    approved: Boolean = None
    created_at: Text = None


class ListCourses(Paging, Operation[Page[Course]], get="/courses", operation_id="getCourses"):
    """List the school's courses. For prices, drafts and bundles use list_products. Courses made in the new
    course builder may be missing.
    """


class GetCourse(Operation[Course], get="/courses/{id}", operation_id="getCourseByID"):
    """Get a course: description, chapter ids, instructor. It cannot be edited here; its price is in
    get_product.
    """

    course_id: PathId


class ListCourseChapters(
    Paging, Operation[Page[Chapter]], get="/courses/{id}/chapters", operation_id="getChapterOfCourseByID"
):
    """List a course's chapters in order."""

    course_id: PathId


class GetChapter(Operation[Chapter], get="/chapters/{id}", operation_id="getChapterByID"):
    """Get a chapter and the ids of its lessons."""

    chapter_id: PathId


class ListChapterContents(
    Paging, Operation[Page[Content]], get="/chapters/{id}/contents", operation_id="getContentsByID"
):
    """List a chapter's lessons, quizzes, files: name, type, link. Their text or video is not available."""

    chapter_id: PathId


class GetContent(Operation[Content], get="/contents/{id}", operation_id="getContentByID"):
    """Get one lesson, quiz or file of a chapter: name, type, link."""

    content_id: PathId


class ListCourseReviews(
    Paging, Operation[Page[CourseReview]], get="/course_reviews", operation_id="getCourseReviews"
):
    """List the reviews of one course, also those waiting for approval; approving is done in Thinkific itself.
    Texts are written by students.
    """

    course_id: Id
    approved: bool | MISSING = Field(default=MISSING, description="true: only approved ones.")


class CreateCourseReview(
    Operation[CourseReview],
    post="/course_reviews",
    operation_id="createCourseReview",
    guarded="",
    undo="",
):
    """Add a review to a course in a student's name. A review cannot be approved, changed or deleted later."""

    course_id: InQuery[Id]
    user_id: Id = Field(description="The student who wrote it.")
    rating: Whole = Field(ge=1, le=5)
    title: str
    review_text: str
    approved: bool = Field(description="true: public at once.")

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell in whose name it appears, and where."""
        student = await looked_up(GetUser, self.user_id, look)
        course = await looked_up(GetCourse, self.course_id, look)
        when = "public at once" if self.approved else "waiting for approval, which is given in Thinkific itself"
        return Consequences(
            [f"In the name of {student}, for {course}: {when}.", "It stays: nothing here removes it."]
        )


class GetCourseReview(Operation[CourseReview], get="/course_reviews/{id}", operation_id="getCourseReviewByID"):
    """Get one course review."""

    course_review_id: PathId
