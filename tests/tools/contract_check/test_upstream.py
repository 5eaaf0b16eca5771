from typing import Any

import pytest

from thinkific_mcp.sandbox.contract import published_contract
from tools.contract_check.differences import changes

from .conftest import GONE, Document, altered

PUBLISHED = published_contract()


def upstream(newer: Document) -> list[str]:
    return [str(difference) for difference in changes(PUBLISHED, newer)]


def test_a_description_that_is_the_same_has_no_changes() -> None:
    assert upstream(published_contract()) == []


@pytest.mark.parametrize(
    ("keys", "to", "line"),
    [
        ("servers", [{"url": "https://new.example"}], "API: servers https://new.example only upstream"),
        ("paths /courses", GONE, "GET /courses: only in our copy"),
        (
            "paths /courses get deprecated",
            True,
            "GET /courses: no deprecated in our copy, deprecated True upstream",
        ),
        ("paths /courses get responses 410", {"description": "Gone"}, "GET /courses: answers 410 only upstream"),
        (
            "paths /courses get parameters limit schema default",
            50,
            "GET /courses query limit: default 25.0 in our copy, default 50 upstream",
        ),
        (
            "components schemas GroupResponse required",
            ["id"],
            "GET /groups/{id} answer name: required in our copy, optional upstream",
        ),
        (
            "components schemas ErrorNotFound properties code",
            {"type": "string"},
            "GET /courses/{id} answer 404 code: only upstream",
        ),
        (
            "components schemas CreateUserRequest properties email format",
            GONE,
            "POST /users body email: format email in our copy, no format upstream",
        ),
        (
            "components schemas GroupRequest properties name",
            {"type": ["string", "null"]},
            "POST /groups body name: null refused in our copy, null allowed upstream",
        ),
    ],
)
def test_a_change_upstream_is_found(keys: str, to: Any, line: str) -> None:
    assert line in upstream(altered(PUBLISHED, *keys.split(" "), to=to))


def test_a_schema_that_contains_itself_is_compared() -> None:
    itself = {"$ref": "#/components/schemas/GroupResponse"}
    newer = altered(PUBLISHED, "components", "schemas", "GroupResponse", "properties", "parent", to=itself)
    assert "GET /groups/{id} answer parent: only upstream" in upstream(newer)
