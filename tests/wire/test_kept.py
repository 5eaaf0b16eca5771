"""The whole of a long answer as a host gets it over a server's pipes."""

import csv
import os
import sys
from typing import Any, cast

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import ResourceLink, TextResourceContents

from ..server.conftest import ERAS, Era

SERVER = [sys.executable, "-m", "thinkific_mcp", "--sandbox", "--students", "5"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_host_reads_the_whole_of_an_answer_that_was_too_long(era: Era) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("THINKIFIC_")}
    limited = {**environment, "THINKIFIC_RESULT_LIMIT": "1000"}
    parameters = StdioServerParameters(command=SERVER[0], args=SERVER[1:], env=limited)
    async with Client(parameters, mode=era) as client:
        answer = await client.call_tool("list_courses")
        (link,) = [block for block in answer.content if isinstance(block, ResourceLink)]
        (content,) = (await client.read_resource(link.uri)).contents
    shown = cast(dict[str, Any], answer.structured_content)["items"]
    file = cast(TextResourceContents, content).text
    assert len(shown) < len(list(csv.DictReader(file.splitlines()))) == 16
