from typing import Any

import pytest

from .conftest import Api

BO = {"first_name": "Bo", "last_name": "Li", "email": "bo@example.com"}
AFFILIATE = {
    "roles": ["affiliate"],
    "affiliate_code": "bo20",
    "affiliate_commission": 20,
    "affiliate_payout_email": "pay@example.com",
}


def field(api: Api, label: str, required: bool = False) -> int:
    table = "custom_profile_field_definitions"
    return api.school.insert(table, label=label, field_type="text", required=required)


def sent(definition_id: int, value: str | None) -> dict[str, Any]:
    return {"custom_profile_fields": [{"custom_profile_field_definition_id": definition_id, "value": value}]}


def values(api: Api, user_id: int) -> list[tuple[str, str | None]]:
    user = api("GET /users/{id}", {"id": str(user_id)}).body
    return [(each["label"], each["value"]) for each in user["custom_profile_fields"]]


def test_a_created_user_is_answered_whole(api: Api) -> None:
    answer = api("POST /users", body={**BO, "company": "Kiln", "password": "secret-word"})
    assert (answer.status, answer.body) == (
        201,
        {
            "id": 1,
            "created_at": "2026-03-15T12:00:00Z",
            "first_name": "Bo",
            "last_name": "Li",
            "full_name": "Bo Li",
            "company": "Kiln",
            "email": "bo@example.com",
            "roles": [],
            "avatar_url": None,
            "bio": None,
            "headline": None,
            "external_source": None,
            "affiliate_code": None,
            "affiliate_commission": None,
            "affiliate_commission_type": None,
            "affiliate_payout_email": None,
            "administered_course_ids": [],
            "custom_profile_fields": [],
        },
    )


def test_no_password_is_kept(api: Api) -> None:
    api("POST /users", body={**BO, "password": "secret-word"})
    assert api.school.value("SELECT password FROM users") is None


def test_an_email_that_differs_in_case_alone_is_taken(api: Api) -> None:
    api.user("Bo")
    answer = api("POST /users", body={**BO, "email": "BO@Example.com"})
    assert (answer.status, answer.body) == (422, {"errors": {"email": ["has already been taken"]}})


def test_blank_names_are_refused(api: Api) -> None:
    answer = api("POST /users", body={**BO, "first_name": " "})
    assert (answer.status, answer.body) == (422, {"errors": {"first_name": ["can't be blank"]}})


def test_an_update_changes_what_was_sent_and_clears_what_was_sent_null(api: Api) -> None:
    user_id = api.user(company="Kiln", bio="Potter")
    status = api("PUT /users/{id}", {"id": str(user_id)}, body={"bio": None, "last_name": "Ray"}).status
    user = api("GET /users/{id}", {"id": str(user_id)}).body
    assert (status, user["full_name"], user["company"], user["bio"]) == (204, "Ada Ray", "Kiln", None)


def test_a_user_may_keep_the_email_in_an_update(api: Api) -> None:
    user_id = api.user("Bo")
    assert api("PUT /users/{id}", {"id": str(user_id)}, body={"email": "bo@example.com"}).status == 204


def test_an_update_cannot_take_the_email_of_another(api: Api) -> None:
    api.user("Bo")
    answer = api("PUT /users/{id}", {"id": str(api.user("Ada"))}, body={"email": "bo@example.com"})
    assert answer.body == {"errors": {"email": ["has already been taken"]}}


def test_roles_are_replaced(api: Api) -> None:
    user_id = api.user(roles=["site_admin"])
    api("PUT /users/{id}", {"id": str(user_id)}, body={"roles": ["group_analyst"]})
    assert api("GET /users/{id}", {"id": str(user_id)}).body["roles"] == ["group_analyst"]


def test_an_affiliate_must_tell_code_commission_and_payout_email(api: Api) -> None:
    answer = api("POST /users", body={**BO, "roles": ["affiliate"]})
    blank = ["can't be blank"]
    assert answer.body == {
        "errors": {
            "affiliate_code": blank,
            "affiliate_commission": blank,
            "affiliate_payout_email": blank,
        }
    }


def test_a_commission_is_a_percentage_unless_told_otherwise(api: Api) -> None:
    assert api("POST /users", body={**BO, **AFFILIATE}).body["affiliate_commission_type"] == "%"


@pytest.mark.parametrize(
    ("kind", "commission", "status"),
    [("%", 100, 201), ("%", 100.5, 422), ("%", 0, 422), ("$", 9999.98, 201), ("$", 9999.99, 422), ("€", 1, 422)],
)
def test_a_commission_has_the_bounds_of_its_type(api: Api, kind: str, commission: float, status: int) -> None:
    commissions = {"affiliate_commission_type": kind, "affiliate_commission": commission}
    assert api("POST /users", body={**BO, **AFFILIATE, **commissions}).status == status


def test_making_a_user_an_affiliate_counts_what_is_stored(api: Api) -> None:
    stored = {name: value for name, value in AFFILIATE.items() if name != "roles"}
    user_id = api.user(**stored)
    assert api("PUT /users/{id}", {"id": str(user_id)}, body={"roles": ["affiliate"]}).status == 204


def test_a_user_is_found_by_external_id_and_provider(api: Api) -> None:
    api("POST /users", body={**BO, "external_id": "x-1", "provider": "OPENID_CONNECT"})
    answer = api("GET /users/{id}", {"id": "x-1"}, {"provider": "OPENID_CONNECT"})
    assert answer.body["email"] == "bo@example.com"


def test_an_external_id_is_of_single_sign_on_unless_told_otherwise(api: Api) -> None:
    api("POST /users", body={**BO, "external_id": "x-1"})
    answer = api("GET /users/{id}/authentications/{provider}", {"id": 1, "provider": "SSO"})
    assert answer.body == {"provider": "SSO", "external_id": "x-1"}


@pytest.mark.parametrize("query", [{}, {"provider": "OPENID_CONNECT"}])
def test_an_external_id_needs_its_own_provider(api: Api, query: dict[str, str]) -> None:
    api("POST /users", body={**BO, "external_id": "x-1"})
    assert api("GET /users/{id}", {"id": "x-1"}, query).status == 404


def test_an_external_id_can_be_taken(api: Api) -> None:
    api("POST /users", body={**BO, "external_id": "x-1"})
    answer = api("POST /users", body={**BO, "email": "cy@example.com", "external_id": "x-1"})
    assert answer.body == {"errors": {"external_id": ["has already been taken"]}}


def test_a_user_without_external_id_has_no_authentication(api: Api) -> None:
    path = {"id": api.user(), "provider": "SSO"}
    assert api("GET /users/{id}/authentications/{provider}", path).status == 404


def test_custom_fields_are_stored_by_their_definition(api: Api) -> None:
    phone = field(api, "Phone")
    answer = api("POST /users", body={**BO, **sent(phone, "123")})
    assert answer.body["custom_profile_fields"] == [
        {"id": 1, "value": "123", "label": "Phone", "custom_profile_field_definition_id": phone}
    ]


def test_custom_fields_that_were_not_sent_stay(api: Api) -> None:
    phone, town = field(api, "Phone"), field(api, "Town")
    user_id = api("POST /users", body={**BO, **sent(phone, "123")}).body["id"]
    api("PUT /users/{id}", {"id": str(user_id)}, body=sent(town, "Oslo"))
    assert values(api, user_id) == [("Phone", "123"), ("Town", "Oslo")]


def test_null_clears_a_custom_field(api: Api) -> None:
    phone = field(api, "Phone")
    user_id = api("POST /users", body={**BO, **sent(phone, "123")}).body["id"]
    api("PUT /users/{id}", {"id": str(user_id)}, body=sent(phone, None))
    assert values(api, user_id) == [("Phone", None)]


def test_an_unknown_custom_field_is_refused(api: Api) -> None:
    answer = api("POST /users", body={**BO, **sent(9, "123")})
    messages = ["custom_profile_field_definition_id 9 not found"]
    assert (answer.status, answer.body) == (422, {"errors": {"custom_profile_fields": messages}})


def test_a_new_user_must_fill_required_custom_fields(api: Api) -> None:
    field(api, "Phone", required=True)
    answer = api("POST /users", body=BO)
    assert answer.body == {"errors": {"custom_profile_fields": ["Phone can't be blank"]}}


def test_required_custom_fields_can_be_skipped(api: Api) -> None:
    field(api, "Phone", required=True)
    assert api("POST /users", body={**BO, "skip_custom_fields_validation": True}).status == 201


def test_an_update_cannot_empty_a_required_custom_field(api: Api) -> None:
    phone = field(api, "Phone", required=True)
    assert api("PUT /users/{id}", {"id": str(api.user())}, body=sent(phone, " ")).status == 422


def test_definitions_of_custom_fields_are_listed(api: Api) -> None:
    field(api, "Phone", required=True)
    assert api.items("GET /custom_profile_field_definitions") == [
        {"id": 1, "label": "Phone", "field_type": "text", "required": True}
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"query[email]": "BO@example.com"}, [2]),
        ({"query[role]": "group_analyst"}, [1]),
        ({"query[role]": "analyst"}, []),
        ({"query[external_source]": "shop"}, [2]),
        ({"query[group_id]": 1}, [1]),
        ({"query[custom_profile_field_label]": "Town", "query[custom_profile_field_value]": "Oslo"}, [2]),
        ({"query[custom_profile_field_label]": "Phone", "query[custom_profile_field_value]": "Oslo"}, []),
        ({"query[email]": "bo@example.com", "query[group_id]": 1}, []),
    ],
)
def test_filters_choose_users(api: Api, query: dict[str, Any], found: list[int]) -> None:
    ada = api.user("Ada", roles=["site_admin", "group_analyst"])
    bo = api.user("Bo", external_source="shop")
    api.school.insert("group_users", group_id=api.group(), user_id=ada)
    api("PUT /users/{id}", {"id": str(bo)}, body=sent(field(api, "Town"), "Oslo"))
    assert api.ids("GET /users", query=query) == found


def test_a_custom_fields_label_without_its_value_is_a_bad_request(api: Api) -> None:
    assert api("GET /users", query={"query[custom_profile_field_label]": "Town"}).status == 400


def test_deleting_a_user_takes_along_what_belongs_to_the_user(api: Api) -> None:
    user_id, course_id = api.user(roles=["group_analyst"]), api.course()
    product_id, group_id = api.product(course_id), api.group()
    phone = field(api, "Phone")
    api("PUT /users/{id}", {"id": str(user_id)}, body=sent(phone, "123"))
    insert, now = api.school.insert, api.school.stamp()
    api.enrollment(user_id, course_id)
    insert("authentications", user_id=user_id, provider="SSO", external_id="x-1")
    insert("orders", user_id=user_id, product_id=product_id, amount_cents=1, created_at=now)
    insert("group_users", group_id=group_id, user_id=user_id)
    insert("group_analysts", group_id=group_id, user_id=user_id)
    review = {"rating": 5, "title": "Good", "review_text": "Very"}
    insert("course_reviews", user_id=user_id, course_id=course_id, created_at=now, **review)
    assert api("DELETE /users/{id}", {"id": str(user_id)}).status == 204
    tables = (
        "users",
        "enrollments",
        "authentications",
        "orders",
        "group_users",
        "group_analysts",
        "course_reviews",
        "custom_profile_fields",
    )
    assert {table: api.school.value(f"SELECT count(*) FROM {table}") for table in tables} == dict.fromkeys(
        tables, 0
    )


def test_deleting_a_user_ends_the_administration_of_courses(api: Api) -> None:
    ada, bo = api.user("Ada"), api.user("Bo")
    course_id = api.course(administrator_user_ids=[ada, bo])
    api("DELETE /users/{id}", {"id": str(ada)})
    assert api("GET /courses/{id}", {"id": course_id}).body["administrator_user_ids"] == [bo]


def test_a_user_can_be_deleted_by_external_id(api: Api) -> None:
    api("POST /users", body={**BO, "external_id": "x-1"})
    api("DELETE /users/{id}", {"id": "x-1"}, {"provider": "SSO"})
    assert api.items("GET /users") == []
