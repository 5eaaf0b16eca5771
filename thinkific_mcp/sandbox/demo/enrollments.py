"""Enrollments: which courses students take, how they came to them and how far they got."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from thinkific_mcp.sandbox.demo.book import Book
from thinkific_mcp.sandbox.demo.courses import Course
from thinkific_mcp.sandbox.demo.dice import Dice
from thinkific_mcp.sandbox.demo.products import Product
from thinkific_mcp.sandbox.demo.progress import Access, study
from thinkific_mcp.sandbox.demo.students import Student

# What twenty students take: the id of a bundle (0 is none) and how many single courses; 50 enrollments in all.
PLANS = [(1, 0), (2, 1)] + [(0, singles) for singles in (0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5)]
TRIAL, GIFT, REFUND, EXTENDED, LAPSED, PREORDER = 0.12, 0.05, 0.03, 0.04, 0.4, 0.2
RECENT = -21


class Enrollment(NamedTuple):
    """A row of `enrollments`; its times are in days from now."""

    user_id: int
    course_id: int
    bundle_id: int | None
    percentage_completed: float
    started_at: float | None
    activated_at: float | None
    completed_at: float | None
    expiry_date: float | None
    created_at: float
    updated_at: float


class Sale(NamedTuple):
    """A purchase behind enrollments; `invoiced` when the employer pays outside Thinkific."""

    when: float
    student: Student
    product: Product
    refunded: bool
    invoiced: bool


class Enrolled(NamedTuple):
    """All enrollments and the purchases behind them, each in order of time."""

    enrollments: list[Enrollment]
    sales: list[Sale]


class Choice(NamedTuple):
    """A product that a student takes at a moment; `sent` by the employer rather than bought."""

    product: Product
    when: float
    sent: bool


def add_enrollments(book: Book, students: Sequence[Student], products: Sequence[Product]) -> Enrolled:
    """Write the enrollments of the students: 2.5 each on average."""
    dice = Dice("enrollments")
    enrollments: list[Enrollment] = []
    sales: list[Sale] = []
    for student, (bundle_id, singles) in zip(students, _plans(dice), strict=False):
        for choice in _choices(dice, student, bundle_id, singles, products):
            access, sale = _terms(dice, student, choice)
            if sale:
                sales.append(sale)
            enrollments += [
                _enrollment(dice, student, course, choice, access) for course in choice.product.courses
            ]
    enrollments.sort(key=lambda enrollment: enrollment.created_at)
    sales.sort(key=lambda sale: sale.when)
    book.add_many("enrollments", enrollments)
    return Enrolled(enrollments, sales)


def _plans(dice: Dice) -> Iterator[tuple[int, int]]:
    while True:
        yield from dice.shuffled(PLANS)


def _choices(
    dice: Dice, student: Student, bundle_id: int, singles: int, products: Sequence[Product]
) -> Iterator[Choice]:
    taken: set[Course] = set()
    weights = [product.popularity for product in products]
    for number in range(singles + bool(bundle_id)):
        sent = False
        if number == 0 and bundle_id:
            product = next(product for product in products if product.bundle_id == bundle_id)
        elif not taken and student.group:
            wanted = student.group.course_id
            product = next(p for p in products if not p.bundle_id and p.courses[0].id == wanted)
            sent = True
        else:
            product = dice.weighted(products, weights)
            while taken.intersection(product.courses):
                product = dice.weighted(products, weights)
        taken.update(product.courses)
        yield Choice(product, _moment(dice, student, product), sent)


def _moment(dice: Dice, student: Student, product: Product) -> float:
    earliest = max(student.joined, product.created)
    # Most take their courses soon after joining, or soon after the course came out.
    return earliest * (1 - 0.98 * dice.roll() ** 3)


def _terms(dice: Dice, student: Student, choice: Choice) -> tuple[Access, Sale | None]:
    product, when, sent = choice
    free = product.payment_type == "free"
    picked = product.bundle_id is None and not sent
    if picked and not free and dice.chance(TRIAL):
        return Access(begins=None, ends=None), None
    expiry = when + product.days if product.days else None
    if picked and when > RECENT and dice.chance(PREORDER):
        begins = dice.between(1, 30)
        access = Access(begins, begins + product.days if product.days else None)
        return access, None if free else Sale(when, student, product, refunded=False, invoiced=False)
    if free or dice.chance(GIFT):
        return Access(when, expiry), None
    if when < -10 and dice.chance(REFUND):
        return Access(when, when + 3, used=False), Sale(when, student, product, refunded=True, invoiced=sent)
    if product.payment_type == "subscription" and when < -45 and dice.chance(LAPSED):
        expiry = when + 30 * (1 + int(dice.between(0, (-when) / 30 - 1)))
    elif when < -30 and dice.chance(EXTENDED):
        expiry = dice.between(1, 13)
    return Access(when, expiry), Sale(when, student, product, refunded=False, invoiced=sent)


def _enrollment(dice: Dice, student: Student, course: Course, choice: Choice, access: Access) -> Enrollment:
    progress = study(dice, course.contents, choice.when, access)
    return Enrollment(
        user_id=student.id,
        course_id=course.id,
        bundle_id=choice.product.bundle_id,
        percentage_completed=progress.part,
        started_at=progress.started,
        activated_at=access.begins,
        completed_at=progress.completed,
        expiry_date=access.ends,
        created_at=choice.when,
        updated_at=progress.updated,
    )
