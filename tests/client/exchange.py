"""One request and its answer, without the client's budget and repetitions."""

import json
from typing import Any

import httpx2
import pytest

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client.answers import read_answer
from thinkific_mcp.client.bodies import read_body
from thinkific_mcp.errors import ApiError, UnreadableAnswerError
from thinkific_mcp.operation import Operation

from .conftest import NOW

READ = GetCourse(course_id=3)


async def exchanged(operation: Operation[Any], answer: httpx2.Response) -> Any:
    """Return what an operation's answer is read as."""
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: answer)) as http:
        response = await http.send(http.build_request("GET", "https://api.example.com/"), stream=True)
        try:
            body = await read_body(response)
        finally:
            await response.aclose()
    return read_answer(operation, body, NOW)


async def unreadable(operation: Operation[Any], answer: httpx2.Response) -> UnreadableAnswerError:
    """Return the error that a success becomes."""
    with pytest.raises(UnreadableAnswerError) as caught:
        await exchanged(operation, answer)
    return caught.value


async def refused(
    status: int,
    body: Any = None,
    operation: Operation[Any] = READ,
    *,
    content: bytes | None = None,
    **headers: str,
) -> ApiError:
    """Return the error that an answer with this JSON, or this content, becomes."""
    whole = json.dumps(body).encode() if content is None else content
    answer = httpx2.Response(
        status, content=whole, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    with pytest.raises(ApiError) as caught:
        await exchanged(operation, answer)
    return caught.value
