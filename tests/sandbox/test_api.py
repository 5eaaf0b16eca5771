from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig
from thinkific_mcp.sandbox import Sandbox

HEADERS = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox", "User-Agent": "schemathesis"}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
CONFIG = SchemathesisConfig.from_dict(
    {"checks": {"enabled": False, **{check: {"enabled": True} for check in CHECKS}}, "seed": 1}
)
SANDBOX = Sandbox(students=30, now=lambda: datetime(2026, 1, 15, 9, tzinfo=UTC))

schema: Any = schemathesis.openapi.from_asgi("/openapi.json", SANDBOX, config=CONFIG)


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    SANDBOX.close()


@schema.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True)
def test_every_answer_is_one_that_the_contract_names(case: Any) -> None:
    case.call_and_validate(headers=HEADERS)
