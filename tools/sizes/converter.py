"""What a model reads of a generic converter of OpenAPI documents to tools: FastMCP's `from_openapi`."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx2
from fastmcp import Client, FastMCP
from fastmcp.client.transports import FastMCPTransport
from fastmcp.server.transforms.search import BM25SearchTransform
from search_quality import Request

from sizes.questions import Question
from sizes.requests import converted
from sizes.texts import Read, definitions, text_size


async def of_converter(
    contract: Mapping[str, Any],
    upstream: httpx2.AsyncClient,
    questions: Sequence[Question],
    requests: Sequence[Request],
) -> Read:
    """Read the definitions and answers of the server that the converter makes of a contract.

    It is told not to hold answers against the contract: by that Thinkific's nulls are wrong, and it refuses them.

    Args:
        contract: the OpenAPI document.
        upstream: what requests are sent with.
        questions: what is asked for.
        requests: what tools are looked for with.
    """
    server = FastMCP.from_openapi(dict(contract), upstream, validate_output=False)
    answers = dict[str, int]()
    async with Client(server) as client:
        tools = definitions(await client.list_tools())
        for question in questions:
            given = [(call.spec.operation_id, dict(call.theirs)) for call in question.calls]
            results = [await client.call_tool(tool, arguments) for tool, arguments in given]
            answers[question.about] = sum(text_size(result.content) for result in results)
    server.add_transform(BM25SearchTransform())
    async with Client(server) as client:
        search = definitions(await client.list_tools())
        found = [await _found(client, request.text) in converted(request.tools) for request in requests]
    return Read(tools, search, answers, found.count(True))


async def _found(client: Client[FastMCPTransport], words: str) -> str:
    """Return the name of the tool that a search puts first; empty where it finds none."""
    result = await client.call_tool("search_tools", {"query": words})
    tools = (result.structured_content or {}).get("result")
    return tools[0]["name"] if tools else ""
