from typing import Any

import pytest

from .conftest import LONG_AGO, Api

TODAY = "2026-03-15"
ACTIVE = {"activated_at": LONG_AGO}


def test_an_enrollment_without_activation_is_a_free_trial(api: Api) -> None:
    body = {"user_id": api.user(), "course_id": api.course()}
    answer = api("POST /enrollments", body=body)
    assert (answer.status, answer.body["is_free_trial"], answer.body["activated_at"]) == (201, True, None)


def test_an_enrollment_tells_its_user_and_course(api: Api) -> None:
    body = {"user_id": api.user("Ada"), "course_id": api.course("Pottery"), "activated_at": "2026-03-01"}
    assert api("POST /enrollments", body=body).body == {
        "id": 1,
        "user_email": "ada@example.com",
        "user_name": "Ada Park",
        "user_id": 1,
        "course_name": "Pottery",
        "course_id": 1,
        "percentage_completed": "0.0",
        "expired": False,
        "is_free_trial": False,
        "completed": False,
        "started_at": None,
        "activated_at": "2026-03-01T00:00:00Z",
        "completed_at": None,
        "expiry_date": None,
        "created_at": "2026-03-15T12:00:00Z",
        "updated_at": "2026-03-15T12:00:00Z",
    }


def test_progress_is_told_as_text(api: Api) -> None:
    row_id = api.enrollment(api.user(), api.course(), percentage_completed=0.35)
    assert api("GET /enrollments/{id}", {"id": row_id}).body["percentage_completed"] == "0.35"


def test_enrolling_with_neither_course_nor_user_names_both(api: Api) -> None:
    answer = api("POST /enrollments", body={"user_id": 1, "course_id": 1})
    assert (answer.status, answer.body) == (
        422,
        {"errors": ["Course could not be found.", "User could not be found."]},
    )


def test_enrolling_twice_in_a_course_is_refused(api: Api) -> None:
    user_id, course_id = api.user(), api.course()
    api.enrollment(user_id, course_id)
    answer = api("POST /enrollments", body={"user_id": user_id, "course_id": course_id})
    assert (answer.status, answer.body) == (
        422,
        {"errors": ["User is already enrolled in this course."]},
    )


def test_a_time_is_stored_in_utc(api: Api) -> None:
    body = {"user_id": api.user(), "course_id": api.course(), "expiry_date": "2027-01-01T01:30:00.75+02:00"}
    assert api("POST /enrollments", body=body).body["expiry_date"] == "2026-12-31T23:30:00Z"


@pytest.mark.parametrize("time", ["soon", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_refused(api: Api, time: str) -> None:
    body = {"user_id": api.user(), "course_id": api.course(), "expiry_date": time}
    assert api("POST /enrollments", body=body).body == {"errors": {"expiry_date": ["is invalid"]}}


def test_an_enrollment_expires_by_the_clock(api: Api) -> None:
    user_id = api.user()
    past = api.enrollment(user_id, api.course("Past"), expiry_date="2026-03-15T12:00:00Z")
    api.enrollment(user_id, api.course("Coming"), expiry_date="2026-03-15T12:00:01Z")
    expired = [item["id"] for item in api.items("GET /enrollments") if item["expired"]]
    assert expired == [past]


def test_updating_changes_only_what_was_sent(api: Api) -> None:
    row_id = api.enrollment(api.user(), api.course(), **ACTIVE)
    status = api("PUT /enrollments/{id}", {"id": row_id}, body={"expiry_date": TODAY}).status
    changed = api("GET /enrollments/{id}", {"id": row_id}).body
    assert (status, changed["activated_at"], changed["expiry_date"], changed["updated_at"]) == (
        204,
        LONG_AGO,
        "2026-03-15T00:00:00Z",
        "2026-03-15T12:00:00Z",
    )


def test_null_clears_an_expiry(api: Api) -> None:
    row_id = api.enrollment(api.user(), api.course(), expiry_date=TODAY)
    api("PUT /enrollments/{id}", {"id": row_id}, body={"expiry_date": None})
    assert api("GET /enrollments/{id}", {"id": row_id}).body["expiry_date"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"query[user_id]": 2}, [3, 4]),
        ({"query[course_id]": 1}, [1, 3]),
        ({"query[email]": "BO@example.com"}, [3, 4]),
        ({"query[free_trial]": True}, [1]),
        ({"query[free_trial]": False}, [2, 3, 4]),
        ({"query[full]": True}, [2, 3, 4]),
        ({"query[completed]": True}, [3]),
        ({"query[completed]": False}, [1, 2, 4]),
        ({"query[expired]": True}, [4]),
        ({"query[expired]": False}, [1, 2, 3]),
        ({"query[user_id]": 2, "query[completed]": True}, [3]),
        ({"query[email]": "nobody@example.com"}, []),
    ],
)
def test_filters_choose_enrollments(api: Api, query: dict[str, Any], found: list[int]) -> None:
    ada, bo = api.user("Ada"), api.user("Bo")
    pottery, glazing = api.course("Pottery"), api.course("Glazing")
    api.enrollment(ada, pottery)
    api.enrollment(ada, glazing, **ACTIVE, expiry_date="2027-01-01T00:00:00Z")
    api.enrollment(bo, pottery, **ACTIVE, completed_at=LONG_AGO)
    api.enrollment(bo, glazing, **ACTIVE, expiry_date="2025-01-01T00:00:00Z")
    assert api.ids("GET /enrollments", query=query) == found


@pytest.mark.parametrize("event", ["created", "updated"])
@pytest.mark.parametrize(
    ("name", "moment", "found"),
    [
        ("on", TODAY, [2, 3, 4]),
        ("on", "2026-03-15T18:00:00Z", [2, 3, 4]),
        ("on", "2026-03-14T23:30:00-01:00", [2, 3, 4]),
        ("before", TODAY, [1]),
        ("before", "2026-03-15T12:00:00Z", [1, 2]),
        ("on_or_before", TODAY, [1, 2, 3, 4]),
        ("on_or_before", "2026-03-15T12:00:00Z", [1, 2, 3]),
        ("after", TODAY, [5]),
        ("after", "2026-03-15T12:00:00Z", [4, 5]),
        ("on_or_after", TODAY, [2, 3, 4, 5]),
        ("on_or_after", "2026-03-15T12:00:00Z", [3, 4, 5]),
        ("on_or_before", "9999-12-31", [1, 2, 3, 4, 5]),
    ],
)
def test_a_date_means_its_whole_day_and_a_time_its_moment(
    api: Api, event: str, name: str, moment: str, found: list[int]
) -> None:
    user_id = api.user()
    times = ("14T23:59:59", "15T00:00:00", "15T12:00:00", "15T23:59:59", "16T00:00:00")
    for number, time in enumerate(times):
        api.enrollment(user_id, api.course(f"Course {number}"), **{f"{event}_at": f"2026-03-{time}Z"})
    assert api.ids("GET /enrollments", query={f"query[{event}_{name}]": moment}) == found


def test_a_filter_by_what_is_no_date_is_a_bad_request(api: Api) -> None:
    assert api("GET /enrollments", query={"query[created_on]": "yesterday"}).status == 400


def test_a_bundle_enrolls_in_each_of_its_courses(api: Api) -> None:
    user_id = api.user()
    bundle_id = api.bundle(api.course("Pottery"), api.course("Glazing"))
    status = api("POST /bundles/{id}/enrollments", {"id": bundle_id}, body={"user_id": user_id}).status
    courses = [item["course_id"] for item in api.items("GET /bundles/{id}/enrollments", {"id": bundle_id})]
    assert (status, courses) == (201, [1, 2])


def test_a_bundle_of_many_courses_is_accepted_for_later(api: Api) -> None:
    user_id = api.user()
    bundle_id = api.bundle(*[api.course(f"Course {number}") for number in range(4)])
    answer = api("POST /bundles/{id}/enrollments", {"id": bundle_id}, body={"user_id": user_id})
    assert (answer.status, answer.body) == (202, None)


def test_a_bundle_leaves_the_times_of_an_enrollment_that_was_there(api: Api) -> None:
    user_id, course_id = api.user(), api.course()
    api.enrollment(user_id, course_id, expiry_date="2027-01-01T00:00:00Z")
    path = {"id": api.bundle(course_id)}
    api("POST /bundles/{id}/enrollments", path, body={"user_id": user_id, "expiry_date": TODAY})
    items = api.items("GET /bundles/{id}/enrollments", path)
    assert [item["expiry_date"] for item in items] == ["2027-01-01T00:00:00Z"]


def test_updating_a_bundle_enrollment_changes_only_this_users_courses_of_the_bundle(api: Api) -> None:
    ada, bo = api.user("Ada"), api.user("Bo")
    pottery, glazing, firing = api.course("Pottery"), api.course("Glazing"), api.course("Firing")
    path = {"id": api.bundle(pottery, glazing)}
    for user_id in (ada, bo):
        api.enrollment(user_id, firing)
        api("POST /bundles/{id}/enrollments", path, body={"user_id": user_id})
    status = api("PUT /bundles/{id}/enrollments", path, body={"user_id": ada, "expiry_date": TODAY}).status
    changed = {(item["user_id"], item["course_id"]) for item in api.items("GET /enrollments") if item["expired"]}
    assert (status, changed) == (204, {(ada, pottery), (ada, glazing)})


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_bundle_enrollment_needs_an_existing_user(api: Api, method: str) -> None:
    answer = api(f"{method} /bundles/{{id}}/enrollments", {"id": api.bundle()}, body={"user_id": 9})
    assert (answer.status, answer.body) == (422, {"errors": {"user_id": ["not found"]}})


def test_updating_a_bundle_enrollment_needs_one(api: Api) -> None:
    body = {"user_id": api.user(), "expiry_date": TODAY}
    assert api("PUT /bundles/{id}/enrollments", {"id": api.bundle(api.course())}, body=body).status == 422


def test_filters_choose_bundle_enrollments(api: Api) -> None:
    path = {"id": api.bundle(api.course())}
    for name in ("Ada", "Bo"):
        api("POST /bundles/{id}/enrollments", path, body={"user_id": api.user(name)})
    query = {"query[email]": "bo@example.com", "query[expired]": False, "query[created_on]": TODAY}
    assert api.ids("GET /bundles/{id}/enrollments", path, query) == [2]
