"""What a model reads, of ours and of Thinkific's own JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
from catalogue_size import compact, size
from mcp import Client
from mcp_types import ContentBlock, TextContent, Tool
from search_quality import Request

from sizes.questions import Call, Question
from sizes.requests import found_first
from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.results.form import Form
from thinkific_mcp.server import build_server, select

KEY = {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox"}


@dataclass(frozen=True)
class Read:
    """What a model reads of a server.

    Attributes:
        tools: the definitions of all tools.
        search: the definitions where a search stands for them.
        answers: bytes of the answers, by what they are about.
        found: for how many requests the search puts a right tool first.
    """

    tools: str
    search: str
    answers: Mapping[str, int]
    found: int


async def of_ours(
    transport: httpx2.AsyncBaseTransport,
    questions: Sequence[Question],
    requests: Sequence[Request] = (),
    *,
    projected: bool = False,
) -> Read:
    """Read our server's definitions and answers.

    Args:
        transport: the way to Thinkific.
        questions: what is asked for.
        requests: what tools are looked for with.
        projected: ask only for the fields of each question.
    """
    answers = dict[str, int]()
    async with _our_client(transport, "search") as client:
        search = definitions((await client.list_tools()).tools)
    async with _our_client(transport, "full") as client:
        tools = definitions((await client.list_tools()).tools)
        for question in questions:
            fields = {"fields": question.fields} if projected else {}
            given = [(call.tool, {**call.arguments, **fields}) for call in question.calls]
            results = [await client.call_tool(tool, arguments) for tool, arguments in given]
            if failed := next((result for result in results if result.is_error), None):
                raise RuntimeError(f"{question.about}: {failed.content}")
            answers[question.about] = sum(text_size(result.content) for result in results)
    return Read(tools, search, answers, found_first(requests))


def _our_client(transport: httpx2.AsyncBaseTransport, surface: Literal["full", "search"]) -> Client:
    server = build_server(
        lambda: Thinkific(ApiKey("sandbox", "sandbox"), transport=transport),
        select(changes=True),
        form=Form(limit=0),
        surface=surface,
        keeps=False,
    )
    return Client(server)


async def of_thinkific(upstream: httpx2.AsyncClient, questions: Sequence[Question]) -> Mapping[str, int]:
    """Count the bytes of Thinkific's own answers, as JSON without white space."""
    answers = dict[str, int]()
    for question in questions:
        bodies = [await _body(upstream, call) for call in question.calls]
        answers[question.about] = sum(size(compact(body)) for body in bodies)
    return answers


async def _body(upstream: httpx2.AsyncClient, call: Call) -> Any:
    query = {name: value for name, value in call.theirs.items() if name != "id"}
    response = await upstream.get(call.spec.path.format_map(call.theirs), params=query)
    body = response.raise_for_status().json()
    if len(body.get("items", [])) < query.get("limit", 0):
        raise RuntimeError(f"The demo school is too small for {call}.")
    return body


def definitions(tools: Sequence[Tool]) -> str:
    """Write what a model reads of tools before it has called any."""
    keys = ("name", "description", "inputSchema")
    listed = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
    return compact([{key: tool[key] for key in keys if key in tool} for tool in listed])


def text_size(content: Sequence[ContentBlock]) -> int:
    """Count the bytes of an answer's text."""
    return sum(size(block.text) for block in content if isinstance(block, TextContent))
