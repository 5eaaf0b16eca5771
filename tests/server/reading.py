"""Schools whose resources are read."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import TextResourceContents

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.sandbox import Sandbox

from .conftest import Era, opened

OUTLINE_TOOLS = ["get_course", "list_course_chapters", "list_chapter_contents"]

Answers = Callable[[httpx2.Request], Any]


def school(
    sandbox: Sandbox, era: Era = "auto", tools: Sequence[str] = tuple(OPERATIONS), **options: Any
) -> Client:
    return opened(httpx2.ASGITransport(sandbox), tools, era, **options)


@asynccontextmanager
async def answering(answer: Answers, **options: Any) -> AsyncGenerator[Client]:
    """Connect to a school that answers all this; what is no answer yet is the JSON of one."""

    def respond(request: httpx2.Request) -> httpx2.Response:
        told = answer(request)
        return told if isinstance(told, httpx2.Response) else httpx2.Response(200, json=told)

    async with opened(httpx2.MockTransport(respond), list(OPERATIONS), "auto", **options) as client:
        yield client


async def read(client: Client, path: str) -> str:
    (content,) = (await client.read_resource(f"thinkific://{path}")).contents
    return cast(TextResourceContents, content).text


async def refused(client: Client, uri: str) -> tuple[int, str]:
    with pytest.raises(MCPError) as refusal:
        await client.read_resource(uri)
    assert refusal.value.data == {"uri": uri}
    return refusal.value.code, refusal.value.message
