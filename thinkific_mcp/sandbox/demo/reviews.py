"""Reviews of courses, written by students who got far enough to judge."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from thinkific_mcp.sandbox.demo.book import Book, read
from thinkific_mcp.sandbox.demo.dice import Dice
from thinkific_mcp.sandbox.demo.enrollments import Enrollment

FAR_ENOUGH = 0.6
READ_WITHIN = 14


class Review(NamedTuple):
    """A row of `course_reviews`."""

    course_id: int
    user_id: int
    rating: int
    title: str
    review_text: str
    approved: bool
    created_at: float


def add_reviews(book: Book, enrollments: Sequence[Enrollment], reviewed: Collection[int]) -> None:
    """Write reviews; those of the last two weeks still wait for approval, most others are approved.

    Args:
        book: writes them.
        enrollments: among whose students some write a review.
        reviewed: the ids of the courses that accept reviews.
    """
    dice = Dice("reviews")
    responses = read("voices")["responses"]
    shares = [response["share"] for response in responses]
    reviews: list[Review] = []
    for enrollment in enrollments:
        if (
            enrollment.percentage_completed >= FAR_ENOUGH
            and enrollment.course_id in reviewed
            and dice.chance(0.25)
        ):
            response = dice.weighted(responses, shares)
            when = enrollment.updated_at * dice.between(0.9, 1)
            reviews.append(
                Review(
                    enrollment.course_id,
                    enrollment.user_id,
                    response["rating"],
                    dice.pick(response["titles"]),
                    f"{dice.pick(response['openings'])} {dice.pick(response['details'])}",
                    when < -READ_WITHIN and dice.chance(0.9),
                    when,
                )
            )
    reviews.sort(key=lambda review: review.created_at)
    book.add_many("course_reviews", reviews)
