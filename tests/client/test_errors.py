import json
from typing import Any

import httpx2
import pytest

from thinkific_mcp import errors
from thinkific_mcp.api.courses import GetCourse, ListCourses
from thinkific_mcp.api.groups import CreateGroup, DeleteGroup
from thinkific_mcp.api.promotions import GetPromotionByCoupon
from thinkific_mcp.api.users import GetUserAuthentication
from thinkific_mcp.errors import ApiError, RateLimitError, ThinkificError

from .conftest import KEY, NOW, answering, failure

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")


async def refused(status: int, body: Any = None, **headers: str) -> ApiError:
    """Return the error that an answer becomes."""
    answer = httpx2.Response(status, content=json.dumps(body).encode(), headers=headers)
    error = await failure(answering(answer), READ)
    assert isinstance(error, ApiError)
    return error


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "Bad"}, errors.BadRequestError),
        (401, {"error": "Authentication Error"}, errors.CredentialsError),
        (403, {"error": "Access to Apps is not available on your plan."}, errors.PlanError),
        (403, {"error": "Access token has insufficient scope."}, errors.ScopeError),
        (403, None, errors.PlanError),
        (404, {"error": "Record not found."}, errors.NotFoundError),
        (422, {"errors": {"name": ["can't be blank"]}}, errors.InvalidError),
        (429, {"error": "Rate limit exceeded."}, errors.RateLimitError),
        (500, None, errors.ServerError),
        (503, {"error": "Down"}, errors.ServerError),
        (599, None, errors.ServerError),
        (302, None, errors.ApiError),
        (409, None, errors.ApiError),
    ],
)
async def test_each_status_has_its_error(status: int, body: Any, kind: type[ApiError]) -> None:
    error = await refused(status, body)
    assert (type(error), error.status) == (kind, status)


def test_every_error_is_of_one_tree_and_drawn_in_it() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    drawing = errors.__doc__ or ""
    assert [kind for kind in kinds if not issubclass(kind, ThinkificError) or kind.__name__ not in drawing] == []


@pytest.mark.parametrize("kind", [errors.PlanError, errors.ScopeError])
def test_both_kinds_of_403_are_forbidden(kind: type[Exception]) -> None:
    assert issubclass(kind, errors.ForbiddenError)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "Check the arguments."),
        (401, "the site's plan has no API access"),
        (403, "Its owner can change the plan."),
        (404, "Not found (404): course_id 3. Check the id with a list tool."),
        (422, "nothing was changed"),
        (429, "Try again in a minute."),
        (500, "Thinkific failed (500). Try again later."),
        (302, "Check THINKIFIC_BASE_URL if it is set."),
    ],
)
async def test_each_error_says_what_to_do(status: int, advice: str) -> None:
    assert advice in str(await refused(status))


async def test_a_missing_scope_is_told_from_the_plan() -> None:
    message = str(await refused(403, {"error": "Access token has insufficient scope."}))
    assert "lacks a scope" in message and "plan" not in message


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        (GetUserAuthentication(user_id=7, provider="SSO"), "user_id 7, provider SSO"),
        (GetPromotionByCoupon(coupon_code="TEN", product_id=9), "product_id 9, coupon_code TEN"),
        (ListCourses(page=3), "list_courses"),
    ],
)
async def test_what_is_not_found_is_named(operation: Any, what: str) -> None:
    error = await failure(answering(httpx2.Response(404)), operation)
    assert str(error).startswith(f"Not found (404): {what}.")


# The shapes of Thinkific's own examples.
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"errors": {"last_name": ["can't be blank", "is short"]}},
            "last_name: can't be blank; last_name: is short",
        ),
        ({"errors": ["No such course.", "No such user."]}, "No such course.; No such user."),
        ({"errors": [{"user_ids": "Invalid user IDs: 1"}]}, "user_ids: Invalid user IDs: 1"),
        ([{"errors": [{"user_id": "not found"}]}], "user_id: not found"),
        ({"errors": {"group_id": "Invalid", "user_id": "Unknown"}}, "group_id: Invalid; user_id: Unknown"),
        ({"errors": {"base": ["Not both"]}}, "Not both"),
        ({"error": ["Record not found."]}, "Record not found."),
        ({"error": [{"group_id": "No group 1."}]}, "group_id: No group 1."),
        ({"error": {"user_id": ["No user 1."]}}, "user_id: No user 1."),
        ({"error": "Record not found."}, "Record not found."),
        ({"errors": {"code": None}}, ""),
        ({}, ""),
        (7, "7"),
    ],
)
@pytest.mark.parametrize("status", [404, 422])
async def test_what_thinkific_says_is_read_from_any_shape(status: int, body: Any, said: str) -> None:
    error = await refused(status, body)
    assert (error.said, f"Thinkific says: {said}" in str(error)) == (said, bool(said))


@pytest.mark.parametrize(("said", "ending"), [("Upgrade", "Upgrade. Its"), ("Upgrade!", "Upgrade! Its")])
async def test_what_thinkific_says_ends_as_a_sentence(said: str, ending: str) -> None:
    assert ending in str(await refused(403, {"error": said}))


async def test_what_thinkific_says_is_cleaned_and_bounded() -> None:
    said = (await refused(422, {"errors": {"name": ["a\x1b[2J\r\nb\u202ec\ud800" + "d" * 10_000]}})).said
    assert (said[:16], len(said), said[-1]) == ("name: a [2J b c?", 501, "…")


async def test_a_body_nested_without_end_is_no_trouble() -> None:
    body: Any = "deep"
    for _ in range(100):
        body = {"errors": [body]}
    assert (await refused(422, body)).said == ""


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        (str(NOW + 30), 30),
        (str(int(NOW + 30) * 1000), 30),
        (str(NOW), 0),
        (str(NOW - 5), None),
        (str(NOW + 7200), None),
        ("soon", None),
        ("inf", None),
        ("nan", None),
    ],
)
async def test_the_end_of_a_rate_limit_is_read_in_seconds_and_milliseconds(
    reset: str, seconds: float | None
) -> None:
    error = await refused(429, **{"RateLimit-Reset": reset})
    assert isinstance(error, RateLimitError) and error.retry_after == seconds


async def test_a_rate_limit_says_when_to_try_again() -> None:
    message = str(await refused(429, **{"RateLimit-Reset": str(NOW + 30)}))
    assert message.endswith("nothing was changed. Try again in 30 seconds.")


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html><p>Hello</p>", b'{"id": 3', b"\xff\xfe\x00", b"[" * 100_000, b"", b" \n"]
)
async def test_a_success_that_cannot_be_read_is_an_error(body: bytes) -> None:
    error = await failure(answering(httpx2.Response(200, content=body)), READ)
    assert isinstance(error, errors.UnreadableAnswerError) and "Try again later." in str(error)


async def test_an_error_page_is_an_error_of_its_status() -> None:
    page = httpx2.Response(502, content=b"<!DOCTYPE html><title>Bad gateway</title>")
    error = await failure(answering(page), READ)
    assert (type(error), "html" in str(error).lower()) == (errors.ServerError, False)


@pytest.mark.parametrize("answer", [httpx2.Response(500), httpx2.Response(201, content=b"<html>")])
async def test_after_a_write_that_failed_half_way_the_outcome_is_not_known(answer: httpx2.Response) -> None:
    message = str(await failure(answering(answer), WRITE))
    assert message.endswith("Whether the change was made is not known: look before you try again.")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_change_without_an_answer_is_a_success_with_any_2xx(status: int) -> None:
    async with answering(httpx2.Response(status)) as thinkific:
        nothing: object = await thinkific(DeleteGroup(group_id=1))
        assert nothing is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500])
async def test_no_error_shows_the_key(status: int) -> None:
    error = await refused(status, {"error": "No"})
    assert KEY not in json.dumps([str(error), repr(error), repr(vars(error)), repr(error.__context__)])
