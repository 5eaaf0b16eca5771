"""What a refused answer becomes: the kind of error, what Thinkific said, what to do next."""

from typing import Any

import pytest

from thinkific_mcp import errors
from thinkific_mcp.api.bundles import GetBundle
from thinkific_mcp.api.courses import GetCourse, ListCourses
from thinkific_mcp.api.enrollments import CreateEnrollment, ListEnrollments
from thinkific_mcp.api.groups import CreateGroup, DeleteGroup, RemoveAnalystFromGroup
from thinkific_mcp.api.orders import RefundExternalOrder
from thinkific_mcp.api.promotions import GetPromotionByCoupon
from thinkific_mcp.api.users import CreateUser, GetUser, GetUserAuthentication
from thinkific_mcp.errors import ApiError, ThinkificError
from thinkific_mcp.operation import Operation

from .conftest import NOW
from .exchange import refused

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")
PAGE = b"<!DOCTYPE html><title>Sign in</title>"
PLAN = {"error": "Access to Apps is not available on your plan. Upgrade to gain access"}
SCOPE = {"error": "Access token has insufficient scope."}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "Bad"}, errors.BadRequestError),
        (401, {"error": "Authentication Error"}, errors.CredentialsError),
        (403, PLAN, errors.PlanError),
        (403, SCOPE, errors.ScopeError),
        (403, {"error": "The default category cannot be deleted."}, errors.ForbiddenError),
        (403, None, errors.ForbiddenError),
        (404, {"error": "Record not found."}, errors.NotFoundError),
        (422, {"errors": {"name": ["can't be blank"]}}, errors.InvalidError),
        (429, {"error": "Rate limit exceeded."}, errors.RateLimitError),
        (500, None, errors.ServerError),
        (503, {"error": "Down"}, errors.ServerError),
        (599, None, errors.ServerError),
        (101, None, errors.ApiError),
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


# What it means, and what to do next


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (
            400,
            {"error": "Parameter ID is required."},
            "Thinkific did not understand the request (400). "
            'Thinkific says: "Parameter ID is required." Check the arguments.',
        ),
        (
            401,
            {"error": "Authentication Error"},
            "Thinkific refuses the credentials (401). Either the API key, the subdomain or the token is wrong "
            "(a token also once it has expired or was revoked), or the site's plan has no API access: Thinkific "
            "answers all alike. Check both.",
        ),
        (
            403,
            PLAN,
            "The site's Thinkific plan does not allow this (403). "
            'Thinkific says: "Access to Apps is not available on your plan. Upgrade to gain access". '
            "Its owner can change the plan.",
        ),
        (
            403,
            SCOPE,
            "The access token lacks a scope for this (403). "
            'Thinkific says: "Access token has insufficient scope." '
            "Connect the app again with the scope it needs; site scripts need write:site_scripts.",
        ),
        (
            403,
            {},
            "Thinkific does not allow this (403). "
            "Either the site's plan does not include this, or the access token lacks a scope.",
        ),
        (
            403,
            {"error": "No."},
            'Thinkific does not allow this (403). Thinkific says: "No." '
            "If that does not say why, the plan may not include this, or the access token may lack a scope.",
        ),
        (
            404,
            {"error": "Record not found."},
            'Not found (404): course_id 3. Thinkific says: "Record not found." list_courses tells the right id.',
        ),
        (
            422,
            {"errors": ["Too long"]},
            'Thinkific refuses the values (422); nothing was changed. Thinkific says: "Too long". '
            "Correct the arguments, or look up what exists already. list_courses tells the right id.",
        ),
        (
            429,
            {},
            "The site's requests for this minute are used up (429); nothing was changed. Try again in a minute.",
        ),
        (500, {}, "Thinkific failed (500). Try again later."),
        (
            302,
            {},
            "Thinkific's address redirects elsewhere (302), where the credentials are not taken. "
            "Check the network, a proxy if there is one, and THINKIFIC_BASE_URL if it is set.",
        ),
        (
            409,
            {},
            "Thinkific answered 409, which its API does not promise. "
            "Check the network, a proxy if there is one, and THINKIFIC_BASE_URL if it is set.",
        ),
        (
            409,
            {"error": "Conflict"},
            "Thinkific answered 409, which its API does not promise. "
            'Thinkific says: "Conflict". Check the arguments.',
        ),
    ],
)
async def test_each_error_says_what_happened_and_what_to_do(status: int, body: Any, text: str) -> None:
    assert str(await refused(status, body)) == text


async def test_a_missing_scope_is_also_told_by_the_header() -> None:
    error = await refused(403, None, WWW_Authenticate='Bearer error="insufficient_scope"')
    assert isinstance(error, errors.ScopeError)


async def test_a_redirect_does_not_repeat_the_address() -> None:
    assert "elsewhere.example" not in str(await refused(302, Location="https://elsewhere.example/"))


@pytest.mark.parametrize("status", [500, 503])
async def test_after_a_write_that_failed_nobody_is_told_to_try_again(status: int) -> None:
    assert str(await refused(status, operation=WRITE)) == f"Thinkific failed ({status})."


# When to come back


async def test_a_rate_limit_says_when_to_try_again() -> None:
    error = await refused(429, RateLimit_Reset=str(NOW + 29.2))
    assert str(error).endswith("nothing was changed. Try again in 30 seconds.")
    assert error.retry_after == pytest.approx(29.2)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_wait_that_is_over_is_a_second(status: int) -> None:
    assert str(await refused(status, RateLimit_Reset="0")).endswith("Try again in 1 second.")


@pytest.mark.parametrize("operation", [READ, WRITE])
async def test_a_503_that_asks_to_wait_changed_nothing(operation: Operation[Any]) -> None:
    error = await refused(503, None, operation, Retry_After="17")
    assert (str(error), error.retry_after) == (
        "Thinkific is not available at the moment (503); nothing was changed. Try again in 17 seconds.",
        17,
    )


async def test_a_503_that_asks_to_wait_for_nobody_knows_how_long_changed_nothing() -> None:
    error = await refused(503, None, WRITE, Retry_After="soon")
    assert (str(error).partition("; ")[2], error.retry_after) == ("nothing was changed. Try again later.", None)


# What is not found


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (
            GetUserAuthentication(user_id=7, provider="SSO"),
            "user_id 7, provider SSO. list_users tells the right id.",
        ),
        (GetUser(user_id="crm-7", provider="SSO"), "user_id crm-7. list_users tells the right id."),
        (
            GetPromotionByCoupon(coupon_code="TEN", product_id=9),
            "product_id 9, coupon_code TEN. "
            "list_products tells the right product_id, list_coupons tells the right coupon_code.",
        ),
        (
            RemoveAnalystFromGroup(group_id=1, user_id=7),
            "group_id 1, user_id 7. list_groups tells the right group_id, list_users tells the right user_id.",
        ),
        (ListEnrollments(course_id=3), "course_id 3. list_courses tells the right id."),
        (GetBundle(bundle_id=3), "bundle_id 3. list_products (productable_id) tells the right id."),
        (
            RefundExternalOrder(external_order_id=9, amount=1, currency="USD"),
            "external_order_id 9. No tool tells the right id.",
        ),
        (
            ListCourses(page=3),
            "list_courses. Check the network, a proxy if there is one, and THINKIFIC_BASE_URL if it is set.",
        ),
    ],
)
async def test_what_is_not_found_is_named_with_the_list_that_tells_it(operation: Any, text: str) -> None:
    assert str(await refused(404, {}, operation)) == f"Not found (404): {text}"


async def test_an_id_that_is_named_is_cleaned_and_bounded() -> None:
    text = str(await refused(404, {}, GetUser(user_id="a\u202e" + "b" * 250, provider="SSO")))
    assert f"user_id a {'b' * 98}…. list_users" in text


@pytest.mark.parametrize(
    ("operation", "advice"),
    [
        (WRITE, ""),
        (CreateUser(first_name="Ada", last_name="L", email="ada@example.com"), ""),
        (DeleteGroup(group_id=7), " list_groups tells the right id."),
        (
            CreateEnrollment(user_id=7, course_id=3),
            " list_users tells the right user_id, list_courses tells the right course_id.",
        ),
    ],
)
async def test_values_that_are_refused_come_with_the_lists_that_tell_the_ids_among_them(
    operation: Any, advice: str
) -> None:
    text = str(await refused(422, {"error": "User could not be found."}, operation))
    assert text.endswith(f"Correct the arguments, or look up what exists already.{advice}")


# What others say in its place


async def test_plain_text_is_what_is_said() -> None:
    assert (await refused(429, content=b"Retry later\n", Content_Type="text/plain")).said == "Retry later"


@pytest.mark.parametrize("content", [b"", b'{"error": "Rec', b"\xff\xfe", b"[" * 100_000, PAGE])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 502, 503, 504])
async def test_a_refusal_that_cannot_be_read_is_told_by_its_status(status: int, content: bytes) -> None:
    error = await refused(status, content=content)
    assert (error.status, error.said, "Sign in" in str(error)) == (status, "", False)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
async def test_a_refusal_by_a_web_page_is_not_taken_for_the_api_s(status: int) -> None:
    text = str(await refused(status, content=PAGE))
    assert "That came as a web page, which its API never sends" in text and "plan" not in text


@pytest.mark.parametrize("status", [404, 422])
async def test_what_a_web_page_refuses_is_no_matter_of_ids(status: int) -> None:
    assert "list_courses" not in str(await refused(status, content=PAGE))


async def test_what_is_not_found_by_a_web_page_may_be_the_wrong_address() -> None:
    text = str(await refused(404, content=PAGE))
    assert text.endswith("Check the network, a proxy if there is one, and THINKIFIC_BASE_URL if it is set.")
