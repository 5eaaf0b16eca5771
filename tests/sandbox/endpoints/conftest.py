from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from thinkific_mcp.sandbox.endpoints import ENDPOINTS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call, Refusal

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
LONG_AGO = "2024-01-01T00:00:00Z"

Values = Mapping[str, Any]
NOTHING: Values = MappingProxyType({})


class Api:
    """The endpoints of one school whose clock stands still, and short ways to fill it."""

    def __init__(self) -> None:
        self.school = School(now=lambda: NOW)

    def __call__(
        self,
        endpoint: str,
        path: Values = NOTHING,
        query: Values = NOTHING,
        body: Values = NOTHING,
        headers: Values = NOTHING,
    ) -> Answer:
        try:
            return ENDPOINTS[endpoint](self.school, Call(path, query, body, headers))
        except Refusal as refusal:
            return refusal.answer

    def items(self, endpoint: str, path: Values = NOTHING, query: Values = NOTHING) -> list[dict[str, Any]]:
        """Return the items of a list that must succeed."""
        answer = self(endpoint, path, query)
        assert answer.status == 200, answer
        return answer.body["items"]

    def ids(self, endpoint: str, path: Values = NOTHING, query: Values = NOTHING) -> list[Any]:
        """Return the ids of the items of a list that must succeed."""
        return [item["id"] for item in self.items(endpoint, path, query)]

    def user(self, first_name: str = "Ada", /, **columns: Any) -> int:
        """Add a user; the email follows from the first name."""
        email = f"{first_name.lower()}@example.com"
        defaults = {"first_name": first_name, "last_name": "Park", "email": email, "created_at": LONG_AGO}
        return self.school.insert("users", **{**defaults, **columns})

    def course(self, name: str = "Pottery", **columns: Any) -> int:
        """Add a course without chapters."""
        return self.school.insert("courses", name=name, slug=name.lower(), **columns)

    def bundle(self, *course_ids: int) -> int:
        """Add a bundle of courses, in their order."""
        bundle_id = self.school.insert("bundles", name="All of it")
        for position, course_id in enumerate(course_ids, 1):
            self.school.insert("bundle_courses", bundle_id=bundle_id, course_id=course_id, position=position)
        return bundle_id

    def product(self, course_id: int, **columns: Any) -> int:
        """Add the product of a course."""
        defaults = {
            "created_at": LONG_AGO,
            "productable_id": course_id,
            "productable_type": "Course",
            "price": 49.5,
            "position": course_id,
            "name": f"Product of {course_id}",
            "slug": f"product-{course_id}",
        }
        return self.school.insert("products", **{**defaults, **columns})

    def enrollment(self, user_id: int, course_id: int, **columns: Any) -> int:
        """Add an enrollment, which is a free trial unless told otherwise."""
        defaults = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
        return self.school.insert("enrollments", user_id=user_id, course_id=course_id, **{**defaults, **columns})

    def promotion(self, *product_ids: int, **columns: Any) -> int:
        """Add a promotion of ten per cent, on all products unless told on which."""
        defaults = {"name": "Spring", "discount_type": "percentage", "amount": 10}
        promotion_id = self.school.insert("promotions", **{**defaults, **columns})
        for product_id in product_ids:
            self.school.insert("promotion_products", promotion_id=promotion_id, product_id=product_id)
        return promotion_id

    def coupon(self, promotion_id: int, code: str = "SPRING", **columns: Any) -> int:
        """Add a coupon of a promotion."""
        return self.school.insert("coupons", promotion_id=promotion_id, code=code, created_at=LONG_AGO, **columns)

    def group(self, name: str = "Evening class") -> int:
        """Add an empty group."""
        return self.school.insert("groups", name=name, token=name[:8], created_at=LONG_AGO)


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    yield api
    api.school.close()
