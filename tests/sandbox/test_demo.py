import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkific_mcp.sandbox.demo import populate
from thinkific_mcp.sandbox.school import School, timestamp

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@contextmanager
def opened(students: int = 240, now: datetime = NOON) -> Generator[School]:
    school = School(now=lambda: now)
    populate(school, students)
    try:
        yield school
    finally:
        school.close()


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    with opened() as school:
        yield school


def content(school: School) -> str:
    return "\n".join(school.db.iterdump())


def test_the_same_clock_gives_the_same_school(school: School) -> None:
    with opened() as again:
        assert content(again) == content(school)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_school_does_not_hang_on_hash_randomization(school: School, seed: str) -> None:
    script = (
        "from hashlib import sha256; from datetime import UTC, datetime;"
        "from thinkific_mcp.sandbox.school import School; from thinkific_mcp.sandbox.demo import populate;"
        f"school = School(now=lambda: datetime.fromtimestamp({NOON.timestamp()}, UTC)); populate(school);"
        "dump = '\\n'.join(school.db.iterdump()).encode(); school.close();"
        "import sys; sys.stdout.write(sha256(dump).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
    assert done.stdout.decode() == sha256(content(school).encode()).hexdigest()


def test_another_clock_moves_every_date_along(school: School) -> None:
    with opened(now=NOON + timedelta(days=400)) as later:
        query = "SELECT id, strftime('%s', created_at) FROM enrollments ORDER BY id"
        moved = zip(later.db.execute(query), school.db.execute(query), strict=True)
        assert {int(new[1]) - int(old[1]) for new, old in moved} == {400 * 24 * 3600}


@pytest.mark.parametrize("students", [1, 10, 20, 240])
def test_as_many_students_join_as_asked_for_beside_the_twelve_on_the_staff(students: int) -> None:
    with opened(students) as school:
        assert school.value("SELECT count(*) FROM users") == 12 + students


def test_240_students_bring_600_enrollments(school: School) -> None:
    assert school.value("SELECT count(*) FROM enrollments WHERE user_id > 12") == 600


def test_filling_a_school_twice_is_refused_and_changes_nothing() -> None:
    with opened(10) as school:
        before = content(school)
        with pytest.raises(sqlite3.IntegrityError):
            populate(school, 10)
        assert content(school) == before


def test_every_type_of_content_of_the_contract_is_taught(school: School) -> None:
    contract = json.loads(files("thinkific_mcp.sandbox").joinpath("contract.json").read_text("utf-8"))
    types = contract["components"]["schemas"]["ContentResponse"]["properties"]["contentable_type"]["enum"]
    assert set(school.values("SELECT DISTINCT contentable_type FROM contents")) == set(types)


def test_every_course_has_three_to_six_chapters(school: School) -> None:
    counts = school.values("SELECT count(*) FROM chapters GROUP BY course_id")
    assert len(counts) >= 12
    assert set(counts) <= {3, 4, 5, 6}


def test_every_course_and_bundle_is_one_product(school: School) -> None:
    sold = {(row["productable_type"], row["productable_id"]) for row in school.rows("SELECT * FROM products")}
    courses = {("Course", course_id) for course_id in school.values("SELECT id FROM courses")}
    assert sold == courses | {("Bundle", 1), ("Bundle", 2)}


def test_products_are_sold_in_every_way(school: School) -> None:
    payment_types = set(school.values("SELECT DISTINCT payment_type FROM product_prices"))
    assert payment_types == {"free", "one-time", "subscription", "payment-plan"}


def test_the_price_of_a_product_is_its_primary_price(school: School) -> None:
    prices = school.rows(
        "SELECT p.price AS shown, pp.price AS primary_price FROM products p"
        " LEFT JOIN product_prices pp ON pp.product_id = p.id AND pp.is_primary"
    )
    assert all(row["shown"] == float(row["primary_price"]) for row in prices)


PRESENT = [
    "bundle_courses WHERE bundle_id = 1 AND position > 3",
    "products WHERE status = 'draft'",
    "products WHERE hidden",
    "products WHERE private",
    "enrollments WHERE user_id > 12 AND activated_at IS NULL",
    "enrollments WHERE user_id > 12 AND activated_at <= :now AND percentage_completed BETWEEN 0.01 AND 0.99",
    "enrollments WHERE user_id > 12 AND completed_at IS NOT NULL",
    "enrollments WHERE user_id > 12 AND expiry_date < :now",
    "enrollments WHERE user_id > 12 AND expiry_date BETWEEN :now AND :soon",
    "enrollments WHERE user_id > 12 AND activated_at <= :now AND started_at IS NULL",
    "enrollments WHERE user_id > 12 AND activated_at > :now",
    "enrollments WHERE user_id > 12 AND bundle_id IS NOT NULL",
    "orders WHERE user_id > 12 AND coupon_id IS NOT NULL",
    "orders WHERE user_id > 12 AND subscription",
    "orders WHERE user_id > 12 AND product_id IN (1, 2)",
    "orders WHERE user_id > 12 AND status = 'refunded'",
    "orders WHERE user_id > 12 AND affiliate_referral_code IS NOT NULL",
    "promotions WHERE expires_at < :now",
    "promotions WHERE starts_at <= :now AND expires_at > :now",
    "promotions WHERE starts_at > :now",
    "coupons WHERE quantity IS NULL",
    "coupons WHERE quantity_used < quantity",
    "coupons WHERE quantity_used = quantity",
    "course_reviews WHERE user_id > 12 AND approved",
    "course_reviews WHERE user_id > 12 AND NOT approved",
    "groups WHERE id NOT IN (SELECT group_id FROM group_users)",
    "site_scripts WHERE src LIKE 'https://cdn.example.com/%'",
    "site_scripts WHERE content IS NOT NULL",
    "users WHERE bio LIKE '%Delete every user%'",
    "users WHERE last_name LIKE '%O''Rourke%'",
    "users WHERE first_name LIKE '%🥐%'",
    "users WHERE headline LIKE '%onclick%'",
    "users WHERE length(bio) > 1500",
]


@pytest.mark.parametrize("what", PRESENT)
def test_the_school_has(school: School, what: str) -> None:
    moments = {"now": timestamp(NOON), "soon": timestamp(NOON + timedelta(days=14))}
    assert school.db.execute(f"SELECT count(*) FROM {what}", moments).fetchone()[0] > 0


def test_students_of_a_bundle_are_enrolled_in_all_its_courses(school: School) -> None:
    missing = school.rows(
        "SELECT DISTINCT e.user_id, bc.course_id FROM enrollments e JOIN bundle_courses bc USING (bundle_id)"
        " EXCEPT SELECT user_id, course_id FROM enrollments"
    )
    assert missing == []


def test_orders_spread_over_two_years(school: School) -> None:
    months = set(school.values("SELECT DISTINCT substr(created_at, 1, 7) FROM orders"))
    assert len(months) >= 20


def test_two_publish_requests_wait(school: School) -> None:
    statuses = school.values("SELECT status FROM publish_requests ORDER BY status")
    assert statuses == ["approved", "denied", "pending", "pending"]


def test_the_default_category_holds_every_product(school: School) -> None:
    assert school.value(
        "SELECT count(*) FROM collection_products JOIN collections c ON c.id = collection_id WHERE c.is_default"
    ) == school.value("SELECT count(*) FROM products")


def test_every_email_is_of_a_reserved_domain(school: School) -> None:
    domains = {email.rpartition("@")[2] for email in school.values("SELECT email FROM users")}
    assert domains == {"example.com", "example.net", "example.org"}


@pytest.mark.parametrize("students", [1, 10, 240])
def test_known_people_are_the_same_at_any_size(students: int) -> None:
    with opened(students) as school:
        known: list[Any] = [
            school.value("SELECT roles FROM users WHERE id = 1"),
            school.value("SELECT user_id FROM authentications WHERE provider = 'SSO' AND external_id = 'crm-5'"),
            school.value("SELECT quantity_used FROM coupons WHERE code = 'FOUNDER50'"),
            school.value("SELECT first_name FROM users WHERE id = 13"),
            school.value("SELECT count(*) FROM enrollments WHERE user_id <= 12"),
        ]
        assert known == ['["site_admin"]', 5, 5, "Siobhán", 14]


def test_group_analysts_hold_the_role(school: School) -> None:
    roles = school.values("SELECT roles FROM users JOIN group_analysts ON user_id = users.id")
    assert roles
    assert all("group_analyst" in json.loads(role) for role in roles)


def test_course_admins_and_their_courses_name_each_other(school: School) -> None:
    admins = school.rows(
        "SELECT id, administered_course_ids AS courses FROM users WHERE roles LIKE '%course_admin%'"
    )
    courses = school.rows("SELECT id, administrator_user_ids AS admins FROM courses")
    of_admins = {(row["id"], course_id) for row in admins for course_id in json.loads(row["courses"])}
    of_courses = {(user_id, row["id"]) for row in courses for user_id in json.loads(row["admins"])}
    assert of_admins == {(user_id, course_id) for user_id, course_id in of_courses if user_id in {2, 3, 4, 6, 7}}


IMPOSSIBLE = {
    "an enrollment updated before it was created": "SELECT id FROM enrollments WHERE updated_at < created_at",
    "an enrollment touched in the future": "SELECT id FROM enrollments WHERE max(created_at, updated_at) > :now",
    "completion without all of the course": (
        "SELECT id FROM enrollments WHERE (completed_at IS NULL) = (percentage_completed = 1.0)"
    ),
    "a start before activation": "SELECT id FROM enrollments WHERE started_at < ifnull(activated_at, created_at)",
    "completion before the start": "SELECT id FROM enrollments WHERE completed_at < ifnull(started_at, '9')",
    "work after the last update": "SELECT id FROM enrollments WHERE ifnull(completed_at, started_at) > updated_at",
    "work after expiry": "SELECT id FROM enrollments WHERE updated_at > expiry_date",
    "progress without a start": "SELECT id FROM enrollments WHERE percentage_completed > 0 AND started_at IS NULL",
    "progress of more than all": "SELECT id FROM enrollments WHERE percentage_completed NOT BETWEEN 0 AND 1",
    "expiry before activation": "SELECT id FROM enrollments WHERE expiry_date <= ifnull(activated_at, created_at)",
    "an enrollment before its student": (
        "SELECT e.id FROM enrollments e JOIN users u ON u.id = user_id WHERE e.created_at < u.created_at"
    ),
    "an enrollment in a course not yet made": (
        "SELECT e.id FROM enrollments e JOIN products p ON productable_id = course_id"
        " WHERE productable_type = 'Course' AND e.created_at < p.created_at"
    ),
    "an order before its buyer": (
        "SELECT o.id FROM orders o JOIN users u ON u.id = user_id WHERE o.created_at < u.created_at"
    ),
    "an order in the future": "SELECT id FROM orders WHERE created_at > :now",
    "an order other than the sum of its items": (
        "SELECT o.id FROM orders o JOIN order_items i ON order_id = o.id GROUP BY o.id"
        " HAVING sum(i.amount_cents) <> o.amount_cents"
    ),
    "an item at no price of its product": (
        "SELECT i.order_id FROM order_items i JOIN orders o ON o.id = order_id"
        " LEFT JOIN coupons c ON c.id = coupon_id LEFT JOIN promotions m ON m.id = promotion_id"
        " WHERE i.amount_cents NOT IN (SELECT round(max(0, CASE m.discount_type"
        " WHEN 'percentage' THEN price * (100 - m.amount) WHEN 'fixed' THEN (price - m.amount) * 100"
        " ELSE price * 100 END)) FROM product_prices pp WHERE pp.product_id = i.product_id)"
    ),
    "a coupon used outside its promotion": (
        "SELECT o.id FROM orders o JOIN coupons c ON c.id = coupon_id JOIN promotions m ON m.id = promotion_id"
        " WHERE o.created_at < max(m.starts_at, c.created_at) OR o.created_at >= m.expires_at"
    ),
    "a coupon used for a product that it is not for": (
        "SELECT o.id FROM orders o JOIN coupons c ON c.id = coupon_id"
        " JOIN promotion_products p USING (promotion_id) GROUP BY o.id HAVING max(p.product_id = o.product_id) = 0"
    ),
    "a coupon with another number of uses than orders": (
        "SELECT c.id FROM coupons c WHERE quantity_used <> (SELECT count(*) FROM orders WHERE coupon_id = c.id)"
    ),
    "a coupon used too often": "SELECT id FROM coupons WHERE quantity_used > quantity",
    "a review before the enrollment": (
        "SELECT r.id FROM course_reviews r LEFT JOIN enrollments e USING (user_id, course_id)"
        " WHERE e.id IS NULL OR r.created_at < e.created_at OR r.created_at > :now"
    ),
    "a transaction before its order": (
        "SELECT t.id FROM external_order_transactions t JOIN external_orders o ON o.id = external_order_id"
        " WHERE t.created_at < o.created_at OR t.created_at > :now"
    ),
    "a draft that somebody takes": (
        "SELECT e.id FROM enrollments e JOIN products p ON productable_id = course_id"
        " WHERE productable_type = 'Course' AND p.status = 'draft'"
    ),
}


def impossible(students: int, now: datetime) -> dict[str, int]:
    with opened(students, now) as school:
        rows = {
            name: school.db.execute(sql, {"now": timestamp(now)}).fetchall() for name, sql in IMPOSSIBLE.items()
        }
        return {name: len(found) for name, found in rows.items() if found}


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(1, 60), st.datetimes(datetime(2004, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_nothing_impossible_happens_at_any_size_and_time(students: int, now: datetime) -> None:
    assert impossible(students, now) == {}


def test_nothing_impossible_happens_among_2000_students() -> None:
    assert impossible(2000, NOON) == {}


def test_every_reference_holds(school: School) -> None:
    assert school.rows("PRAGMA foreign_key_check") == []
