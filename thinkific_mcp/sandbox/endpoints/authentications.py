"""Users' ids in an external system, by the provider that knows them."""

from collections.abc import Mapping
from typing import Any

from thinkific_mcp.sandbox.endpoints.refusals import TAKEN, not_found
from thinkific_mcp.sandbox.endpoints.storable import whole_number
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

DEFAULT_PROVIDER = "SSO"


def user_id(school: School, call: Call) -> int:
    """Return the id of the user that a path names: by its own id, or with `provider` by an external one.

    Raises:
        Refusal: if there is no such user.
    """
    if "provider" in call.query:
        found = _user_with(school, call.query["provider"], call.path["id"])
    else:
        number = whole_number(call.path["id"])
        found = None if number is None else school.value("SELECT id FROM users WHERE id = ?", [number])
    if found is None:
        raise not_found()
    return found


def get(school: School, call: Call) -> Answer:
    """Answer the external id that a user has with a provider."""
    authentication = school.row(
        "SELECT provider, external_id FROM authentications WHERE user_id = ? AND provider = ?",
        [call.path["id"], call.path["provider"]],
    )
    if authentication is None:
        raise not_found()
    return Answer(200, authentication)


def errors(school: School, body: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong with a new user's external id."""
    external_id = body.get("external_id")
    if external_id and _user_with(school, _provider(body), external_id) is not None:
        return {"external_id": [TAKEN]}
    return {}


def save(school: School, user: int, body: Mapping[str, Any]) -> None:
    """Store a new user's external id, if one was sent."""
    if body.get("external_id"):
        school.insert("authentications", user_id=user, provider=_provider(body), external_id=body["external_id"])


def _provider(body: Mapping[str, Any]) -> str:
    return body.get("provider", DEFAULT_PROVIDER)


def _user_with(school: School, provider: str, external_id: str) -> int | None:
    sql = "SELECT user_id FROM authentications WHERE provider = ? AND external_id = ?"
    return school.value(sql, [provider, external_id])
