"""What is logged of the search surface."""

from typing import Any

import httpx2
import pytest
from mcp import Client

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import Thinkific
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.server import build_server

from ..conftest import KEY, Era
from .exported import Exported
from .watched import call, guard


@pytest.fixture(scope="module", autouse=True)
def surface() -> None:
    """Leave it to the tests on which surface they are."""


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search_tools", {}),
        ("run_read_tool", {"tool": "buy_milk"}),
        ("run_read_tool", {"tool": "delete_coupon", "arguments": {"coupon_id": 3}}),
        ("run_write_tool", {"tool": "get_course", "arguments": [3]}),
    ],
)
async def test_a_call_that_runs_no_tool_is_told_of_as_one_with_wrong_arguments(
    sandbox: Sandbox, era: Era, exported: Exported, tool: str, arguments: dict[str, Any]
) -> None:
    server = build_server(
        lambda: Thinkific(KEY, transport=httpx2.ASGITransport(sandbox)),
        list(OPERATIONS.values()),
        guard(),
        surface="search",
    )
    async with Client(server, mode=era) as client:
        line = await call(client, exported, tool, **arguments)
    assert (line["tool"], line["outcome"], line["error"]) == (tool, "failed", "ArgumentError")
    assert not sandbox.requests
