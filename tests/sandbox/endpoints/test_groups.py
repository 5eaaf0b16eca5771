import re
from typing import Any

import pytest

from .conftest import Api

ANALYST: dict[str, Any] = {"roles": ["group_analyst"]}
REMOVALS = ["DELETE /groups/{group_id}/analysts/{user_id}", "DELETE /group_analysts/{user_id}/groups/{group_id}"]


def analysts(api: Api, group_id: int) -> list[int]:
    return api("GET /groups/{group_id}/analysts", {"group_id": group_id}).body["group_analysts"]


def test_a_group_is_created_with_a_token_of_eight_characters(api: Api) -> None:
    answer = api("POST /groups", body={"name": "Evening class"})
    assert answer.status == 200
    assert re.fullmatch("[0-9a-f]{8}", answer.body["token"])


def test_a_groups_name_can_be_taken(api: Api) -> None:
    api.group("Evening class")
    answer = api("POST /groups", body={"name": "Evening class"})
    assert (answer.status, answer.body) == (422, {"errors": {"name": ["has already been taken"]}})


def test_a_group_needs_a_name(api: Api) -> None:
    assert api("POST /groups", body={"name": ""}).body == {"errors": {"name": ["can't be blank"]}}


def test_a_missing_group_is_told_in_a_list(api: Api) -> None:
    answer = api("GET /groups/{id}", {"id": 1})
    assert (answer.status, answer.body) == (404, {"error": ["Record not found."]})


def test_a_deleted_group_is_gone_and_its_users_stay(api: Api) -> None:
    group_id, user_id = api.group(), api.user()
    api.school.insert("group_users", group_id=group_id, user_id=user_id)
    assert api("DELETE /groups/{id}", {"id": group_id}).status == 204
    assert (api.ids("GET /groups"), api.ids("GET /users")) == ([], [user_id])


def test_a_user_is_put_into_groups_by_their_names(api: Api) -> None:
    api.user("Bo")
    user_id, group_id = api.user("Ada"), api.group("Evening class")
    body = {"user_id": user_id, "group_names": ["Evening class"]}
    statuses = [api("POST /group_users", body=body).status for _ in range(2)]
    assert (statuses, api.ids("GET /users", query={"query[group_id]": group_id})) == ([201, 201], [user_id])


@pytest.mark.parametrize("names", [["Evening class", "Morning class"], []])
def test_unknown_group_names_put_a_user_into_no_group(api: Api, names: list[str]) -> None:
    group_id = api.group("Evening class")
    answer = api("POST /group_users", body={"user_id": api.user(), "group_names": names})
    assert (answer.status, answer.body) == (422, {"errors": ["Invalid group_names"]})
    assert api.ids("GET /users", query={"query[group_id]": group_id}) == []


def test_only_a_known_user_is_put_into_groups(api: Api) -> None:
    api.group("Evening class")
    answer = api("POST /group_users", body={"user_id": 9, "group_names": ["Evening class"]})
    assert answer.body == {"errors": ["Invalid user_id"]}


def test_analysts_are_given_to_a_group(api: Api) -> None:
    group_id, user_ids = api.group(), [api.user(name, **ANALYST) for name in ("Ada", "Bo")]
    path, body = {"group_id": group_id}, {"user_ids": user_ids}
    statuses = [api("POST /groups/{group_id}/analysts", path, body=body).status for _ in range(2)]
    assert (statuses, analysts(api, group_id)) == ([201, 201], user_ids)


def test_groups_are_given_to_an_analyst(api: Api) -> None:
    group_id, user_id = api.group(), api.user(**ANALYST)
    body = {"group_ids": [group_id]}
    status = api("POST /group_analysts/{user_id}/groups", {"user_id": user_id}, body=body).status
    assert (status, analysts(api, group_id)) == (201, [user_id])


def test_what_is_wrong_with_analysts_is_told_at_once(api: Api) -> None:
    user_id = api.user()
    answer = api("POST /groups/{group_id}/analysts", {"group_id": 5}, body={"user_ids": [user_id, 8, 9]})
    errors = {
        "group_analysts": "User IDs missing group_analyst role: 1",
        "user_id": "Invalid user IDs: 8, 9",
        "group_id": "Invalid group ID: 5",
    }
    assert (answer.status, answer.body) == (422, {"errors": errors})


def test_what_is_wrong_with_an_analysts_groups_is_told_at_once(api: Api) -> None:
    path = {"user_id": api.user()}
    answer = api("POST /group_analysts/{user_id}/groups", path, body={"group_ids": [8, 9]})
    errors = {
        "group_analysts": "User IDs missing group_analyst role: 1",
        "group_id": "Invalid group IDs: 8, 9",
    }
    assert (answer.status, answer.body) == (422, {"errors": errors})


def test_an_unknown_user_is_given_no_groups(api: Api) -> None:
    answer = api("POST /group_analysts/{user_id}/groups", {"user_id": 1}, body={"group_ids": []})
    assert (answer.status, answer.body) == (404, {"error": {"user_id": ["Could not find user with ID 1."]}})


def test_the_analysts_of_a_missing_group_are_refused_with_its_id(api: Api) -> None:
    answer = api("GET /groups/{group_id}/analysts", {"group_id": 1})
    error = [{"group_id": "Could not find group with ID 1."}]
    assert (answer.status, answer.body) == (404, {"error": error})


@pytest.mark.parametrize("endpoint", REMOVALS)
def test_an_analyst_is_taken_from_a_group(api: Api, endpoint: str) -> None:
    group_id, user_id = api.group(), api.user(**ANALYST)
    api.school.insert("group_analysts", group_id=group_id, user_id=user_id)
    status = api(endpoint, {"group_id": group_id, "user_id": user_id}).status
    assert (status, analysts(api, group_id)) == (204, [])


@pytest.mark.parametrize("endpoint", REMOVALS)
def test_removing_tells_which_of_user_and_group_is_missing(api: Api, endpoint: str) -> None:
    answer = api(endpoint, {"group_id": 1, "user_id": 2})
    error = {
        "user_id": ["Could not find user with ID 2."],
        "group_id": ["Could not find group with ID 1."],
    }
    assert (answer.status, answer.body) == (404, {"error": error})


def test_removing_who_is_no_analyst_of_the_group_finds_nothing(api: Api) -> None:
    path = {"group_id": api.group(), "user_id": api.user(**ANALYST)}
    answer = api("DELETE /groups/{group_id}/analysts/{user_id}", path)
    assert (answer.status, answer.body) == (404, {"error": "Record not found."})
