from typing import Any

import pytest

from .conftest import Api


def test_a_course_tells_its_product_and_its_chapters_in_order(api: Api) -> None:
    course_id = api.course()
    product_id = api.product(course_id)
    last = api.school.insert("chapters", course_id=course_id, position=2, name="Last")
    first = api.school.insert("chapters", course_id=course_id, position=1, name="First")
    course = api("GET /courses/{id}", {"id": course_id}).body
    assert (course["product_id"], course["chapter_ids"]) == (product_id, [first, last])


def test_a_courses_flags_are_booleans(api: Api) -> None:
    course_id = api.course(reviews_enabled=False)
    assert api("GET /courses/{id}", {"id": course_id}).body["reviews_enabled"] is False


def test_the_chapters_of_a_course_come_by_position(api: Api) -> None:
    course_id = api.course("Pottery")
    api.school.insert("chapters", course_id=api.course("Glazing"), position=1, name="Elsewhere")
    for position, name in ((2, "Last"), (1, "First")):
        api.school.insert("chapters", course_id=course_id, position=position, name=name)
    chapters = api.items("GET /courses/{id}/chapters", {"id": course_id})
    assert [chapter["name"] for chapter in chapters] == ["First", "Last"]


def test_the_contents_of_a_chapter_come_by_position(api: Api) -> None:
    chapter_id = api.school.insert("chapters", course_id=api.course(), position=1, name="One")
    for position, name in ((2, "Quiz"), (1, "Lesson")):
        api.school.insert(
            "contents",
            chapter_id=chapter_id,
            position=position,
            name=name,
            contentable_type=name,
            free=position == 1,
            take_url=f"https://example.com/{name}",
        )
    assert api.items("GET /chapters/{id}/contents", {"id": chapter_id}) == [
        {
            "id": 2,
            "name": "Lesson",
            "position": 1,
            "chapter_id": 1,
            "contentable_type": "Lesson",
            "free": True,
            "take_url": "https://example.com/Lesson",
        },
        {
            "id": 1,
            "name": "Quiz",
            "position": 2,
            "chapter_id": 1,
            "contentable_type": "Quiz",
            "free": False,
            "take_url": "https://example.com/Quiz",
        },
    ]


def test_a_chapter_tells_its_contents(api: Api) -> None:
    chapter_id = api.school.insert("chapters", course_id=api.course(), position=1, name="One")
    content = {"name": "Quiz", "contentable_type": "Quiz", "take_url": "https://example.com"}
    content_id = api.school.insert("contents", chapter_id=chapter_id, position=1, **content)
    assert api("GET /chapters/{id}", {"id": chapter_id}).body["content_ids"] == [content_id]


def test_a_bundle_has_its_courses_in_its_own_order(api: Api) -> None:
    pottery, glazing = api.course("Pottery"), api.course("Glazing")
    path = {"id": api.bundle(glazing, pottery)}
    listed = api.ids("GET /bundles/{id}/courses", path)
    assert (listed, api("GET /bundles/{id}", path).body["course_ids"]) == (
        [glazing, pottery],
        [glazing, pottery],
    )


def test_reviews_need_a_known_course(api: Api) -> None:
    assert api("GET /course_reviews", query={"course_id": 9}).status == 404


REVIEW: dict[str, Any] = {"rating": 4, "title": "Good", "review_text": "Clear", "approved": False}


def test_a_review_is_written_and_answered(api: Api) -> None:
    body = {**REVIEW, "user_id": api.user()}
    answer = api("POST /course_reviews", query={"course_id": api.course()}, body=body)
    more = {"id": 1, "course_id": 1, "created_at": "2026-03-15T12:00:00Z"}
    assert (answer.status, answer.body) == (201, {**body, **more})


def test_a_review_needs_a_known_user(api: Api) -> None:
    body = {**REVIEW, "user_id": 99}
    answer = api("POST /course_reviews", query={"course_id": api.course()}, body=body)
    assert (answer.status, answer.body) == (422, {"errors": {"user_id": ["not found"]}})


@pytest.mark.parametrize(("query", "found"), [({}, [1, 2]), ({"approved": True}, [1]), ({"approved": False}, [2])])
def test_reviews_are_filtered_by_approval(api: Api, query: dict[str, bool], found: list[int]) -> None:
    course, user_id = {"course_id": api.course()}, api.user()
    for approved in (True, False):
        body = {**REVIEW, "user_id": user_id, "approved": approved}
        api("POST /course_reviews", query=course, body=body)
    assert api.ids("GET /course_reviews", query={**course, **query}) == found


def test_deleting_an_instructor_leaves_the_course_without_one(api: Api) -> None:
    body = {"first_name": "Cy", "last_name": "Moe", "slug": "cy"}
    instructor_id = api("POST /instructors", body=body).body["id"]
    course_id = api.course(instructor_id=instructor_id)
    assert api("DELETE /instructors/{id}", {"id": instructor_id}).status == 204
    assert api("GET /courses/{id}", {"id": course_id}).body["instructor_id"] is None


def test_an_instructors_slug_can_be_taken(api: Api) -> None:
    body = {"first_name": "Cy", "last_name": "Moe", "slug": "cy"}
    api("POST /instructors", body=body)
    assert api("POST /instructors", body=body).body == {"errors": {"slug": ["has already been taken"]}}


def test_an_instructor_may_keep_the_slug_and_lose_the_title(api: Api) -> None:
    body = {"first_name": "Cy", "last_name": "Moe", "slug": "cy", "title": "Dr"}
    instructor_id = api("POST /instructors", body=body).body["id"]
    status = api("PUT /instructors/{id}", {"id": instructor_id}, body={**body, "title": None}).status
    assert (status, api("GET /instructors/{id}", {"id": instructor_id}).body["title"]) == (204, None)


def test_an_instructors_user_must_exist(api: Api) -> None:
    body = {"first_name": "Cy", "last_name": "Moe", "slug": "cy", "user_id": 9}
    assert api("POST /instructors", body=body).body == {"errors": {"user_id": ["not found"]}}
