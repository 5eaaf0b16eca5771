"""The demo school: Hearthmoor Baking School, the same for the same clock.

`data/` holds what was written by hand, with ids that stay the same at any size. The modules invent
the rest: students, their enrollments, orders and reviews.
"""

from thinkific_mcp.sandbox.demo.book import Book, read
from thinkific_mcp.sandbox.demo.courses import add_courses
from thinkific_mcp.sandbox.demo.enrollments import add_enrollments
from thinkific_mcp.sandbox.demo.groups import add_groups
from thinkific_mcp.sandbox.demo.orders import add_orders
from thinkific_mcp.sandbox.demo.products import add_products
from thinkific_mcp.sandbox.demo.promotions import add_promotions
from thinkific_mcp.sandbox.demo.reviews import add_reviews
from thinkific_mcp.sandbox.demo.students import add_students
from thinkific_mcp.sandbox.school import School

__all__ = ["populate"]


def populate(school: School, students: int = 240) -> None:
    """Fill an empty school with the demo data, within the transaction that makes it.

    Args:
        school: the school, whose clock dates everything.
        students: how many students to invent; enrollments, orders and reviews grow with them.
    """
    book = Book(school)
    book.add_tables(read("people"))
    courses = add_courses(book)
    products = add_products(book, courses)
    add_promotions(book)
    groups = add_groups(book)
    book.add_tables(read("activity"))
    enrolled = add_enrollments(book, add_students(book, students, groups), products)
    add_orders(book, enrolled.sales)
    add_reviews(book, enrolled.enrollments, {course.id for course in courses.values() if course.reviewed})
