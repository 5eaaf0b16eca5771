"""Calls that ask a person: what they are called with, who answers, and what then reached the school."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import anyio
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp_types import (
    CallToolResult,
    ElicitRequestFormParams,
    ElicitRequestParams,
    ElicitResult,
    InputRequiredResult,
)

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.sandbox import Sandbox

from .examples import EXAMPLES, Arguments

YES = ElicitResult(action="accept", content={"confirm": True})
UNTICKED = ElicitResult(action="accept", content={"confirm": False})
NO = ElicitResult(action="decline")
CLOSED = ElicitResult(action="cancel")

PATIENCE = 30
"""Seconds after which a test gives up."""

WRITES = [name for name, operation in OPERATIONS.items() if operation.spec.effect != "read"]

_WHAT_IS_ASKED_ABOUT: dict[str, Arguments] = {
    "create_user": {"roles": ["course_admin"]},
    "update_user": {"roles": ["course_admin"]},
    "update_enrollment": {"expiry_date": "2026-01-15"},
    "update_bundle_enrollment": {"expiry_date": "2026-01-15"},
}


def named(name: str) -> ElicitResult:
    """Type a name."""
    return ElicitResult(action="accept", content={"name": name})


def arguments_of(tool: str) -> Arguments:
    """Return arguments with which a guarded tool asks."""
    return EXAMPLES[tool].required | _WHAT_IS_ASKED_ABOUT.get(tool, {})


def yes_to(message: str) -> ElicitResult:
    """Say yes to a question, and type the name where it wants one."""
    name = message.rpartition("\nTo confirm, type: ")[2]
    return YES if name == message else named(name)


def writes(sandbox: Sandbox, since: int = 0) -> list[str]:
    """Return what was asked of the school beside reads: method, path and status."""
    return [
        f"{request.method} {request.path} {request.status}"
        for request in list(sandbox.requests)[since:]
        if request.method != "GET"
    ]


Reply = ElicitResult | Callable[[str], ElicitResult | Awaitable[ElicitResult]]
"""What somebody says, or how they come to say it: from the question."""


@dataclass
class Person:
    """Somebody at a host, who answers one question after the other.

    Attributes:
        replies: what they answer, in order; after the last, they say yes to everything.
        asked: what they were asked.
    """

    replies: list[Reply] = field(default_factory=list[Reply])
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        self.asked.append(params.message)
        reply = self.replies.pop(0) if self.replies else yes_to(params.message)
        if isinstance(reply, ElicitResult):
            return reply
        said = reply(params.message)
        return said if isinstance(said, ElicitResult) else await said


async def nobody(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
    """Show that a host can ask, where a test answers round by round."""
    raise AssertionError("asked, though the test answers by itself")


@dataclass(frozen=True)
class Question:
    """A question of 2026-07-28, which its answer has to come with."""

    tool: str
    arguments: Mapping[str, Any]
    key: str
    message: str
    state: str


async def ask(client: Client, tool: str, arguments: Mapping[str, Any], **rest: Any) -> CallToolResult | Question:
    """Call a tool, and answer no question."""
    with anyio.fail_after(PATIENCE):
        result = await client.session.call_tool(tool, dict(arguments), allow_input_required=True, **rest)
    if isinstance(result, CallToolResult):
        return result
    assert isinstance(result, InputRequiredResult)
    ((key, request),) = (result.input_requests or {}).items()
    params = request.params
    assert isinstance(params, ElicitRequestFormParams)
    return Question(tool, arguments, key, params.message, result.request_state or "")


async def asked(client: Client, tool: str, arguments: Mapping[str, Any]) -> Question:
    """Call a tool that has to ask."""
    question = await ask(client, tool, arguments)
    assert isinstance(question, Question)
    return question


async def answer(
    client: Client,
    question: Question,
    reply: ElicitResult = YES,
    *,
    tool: str = "",
    arguments: Mapping[str, Any] | None = None,
    state: str = "",
) -> CallToolResult | Question:
    """Answer a question; what is given beside the reply takes the place of what belongs to it."""
    return await ask(
        client,
        tool or question.tool,
        question.arguments if arguments is None else arguments,
        input_responses={question.key: reply},
        request_state=state or question.state,
    )


def told(result: CallToolResult | Question) -> dict[str, str]:
    """Return what a call answered about its confirmation; nothing where it was carried out, or failed."""
    data = cast(dict[str, Any] | None, result.structured_content) if isinstance(result, CallToolResult) else None
    return (data or {}).get("confirmation", {})


def status_of(result: CallToolResult | Question) -> str:
    """Say what came of a call: `asked`, `done`, `error`, or the status of a confirmation."""
    if isinstance(result, Question):
        return "asked"
    assert not (result.is_error and told(result))
    return "error" if result.is_error else told(result).get("status", "done")


def code_of(result: CallToolResult | Question) -> str:
    """Return the code that a call gave."""
    return told(result)["code"]
