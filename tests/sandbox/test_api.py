"""Schemathesis, driven by the contract, finds no answer in the sandbox that the contract does not name."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.contract import load_contract

HEADERS = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox", "User-Agent": "schemathesis"}
CONFIG = """
seed = 1
[checks]
enabled = false
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_schema_conformance.enabled = true
[generation]
with-security-parameters = false
[phases.coverage]
unexpected-methods = []
"""
SANDBOX = Sandbox(students=30, now=lambda: datetime(2026, 1, 15, 9, tzinfo=UTC))


def contract_with_small_ids() -> Any:
    """Bound every id, that most requests meet something that exists."""
    return json.loads(json.dumps(load_contract()).replace(str(2**53 - 1), "12"))


schema: Any = schemathesis.openapi.from_dict(contract_with_small_ids(), config=SchemathesisConfig.from_str(CONFIG))
schema.app = SANDBOX


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    SANDBOX.close()


@schema.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True)
def test_every_answer_is_one_that_the_contract_names(case: Any) -> None:
    case.call_and_validate(headers=HEADERS)
