"""Requests of course administrators to publish a product."""

from thinkific_mcp.sandbox.endpoints.refusals import NOT_FOUND
from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource
from thinkific_mcp.sandbox.endpoints.users import USERS
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call, Refusal

# The contract's answer has no id, yet approving and denying need one: a server has to tell it.
PUBLISH_REQUESTS = Resource(
    "publish_requests",
    """
    SELECT id, product_id, status, response_text, requesting_user_id, responding_user_id, completed_at,
        created_at, updated_at
    FROM publish_requests
    """,
)


def list_pending(school: School, call: Call) -> Answer:
    """Answer the requests that nobody has handled."""
    return PUBLISH_REQUESTS.page(school, call, Condition("status = 'pending'"))


def approve(school: School, call: Call) -> Answer:
    """Approve a request, which publishes its product."""
    _handle(school, call, "approved")
    product_id = PUBLISH_REQUESTS.answer(school, call.path["id"])["product_id"]
    school.update("products", product_id, status="published")
    return Answer(200)


def deny(school: School, call: Call) -> Answer:
    """Deny a request; its product stays as it is."""
    _handle(school, call, "denied")
    return Answer(200)


def _handle(school: School, call: Call, status: str) -> None:
    request = PUBLISH_REQUESTS.answer(school, call.path["id"])
    if request["status"] != "pending":
        raise _refusal("status", f"is {request['status']} already")
    if not USERS.exists(school, call.body["user_id"]):
        raise _refusal("user_id", NOT_FOUND)
    now = school.stamp()
    school.update(
        "publish_requests",
        request["id"],
        status=status,
        response_text=call.body.get("response_text"),
        responding_user_id=call.body["user_id"],
        completed_at=now,
        updated_at=now,
    )


def _refusal(field: str, message: str) -> Refusal:
    """Make a 422 in the shape that the contract documents for these two endpoints: a list at the top."""
    return Refusal(422, [{"errors": [{field: message}]}])
