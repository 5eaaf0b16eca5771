"""The jobs that admins often have, as MCP prompts."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, cast

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.prompts.base import Prompt, PromptArgument
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from thinkific_mcp.knowledge.jobs import JOBS, Job
from thinkific_mcp.server.served import Served


def add_prompts(server: MCPServer[Served], names: Collection[str], *, searching: bool) -> None:
    """Add a prompt for each job that the tools suffice for.

    Args:
        server: where to add them.
        names: the tools that the server offers.
        searching: whether tools are found and run through others.
    """
    jobs = {job.name: job for job in JOBS if job.tools <= set(names)}
    for job in jobs.values():
        server.add_prompt(_prompt(job, searching))
    server.middleware.append(partial(_asked_rightly, jobs))


def _prompt(job: Job, searching: bool) -> Prompt:
    async def written(**given: str) -> str:
        return job.written(_filled(given), searching=searching)

    # Not from_function, whose look into each function would take milliseconds of a stdio server's start.
    return Prompt(
        name=job.name,
        title=job.title,
        description=job.description,
        arguments=[
            PromptArgument(name=each.name, description=each.description, required=each.required)
            for each in job.arguments
        ],
        fn=written,
        context_kwarg=None,
    )


async def _asked_rightly(
    jobs: Mapping[str, Job], ctx: ServerRequestContext[Served, Any], call_next: CallNext
) -> HandlerResult:
    """Say what is wrong about a request for a prompt: of the SDK's errors clients learn nothing (middleware).

    The words repeat nothing that was given, as they end up in the request's span.
    """
    if ctx.method != "prompts/get":
        return await call_next(ctx)
    params = ctx.params or {}
    job = jobs.get(str(params.get("name")))
    if job is None:
        raise _refused(f"There is no such prompt. There are: {', '.join(jobs) or 'none'}.")
    arguments = params.get("arguments")
    given: Mapping[str, Any] = cast(dict[str, Any], arguments) if isinstance(arguments, dict) else {}
    missing = [each for each in job.arguments if each.required and each.name not in _filled(given)]
    if missing:
        needs = ", ".join(f"{each.name} ({each.description.rstrip('.')})" for each in missing)
        raise _refused(f"{job.name} needs {needs}.")
    if not set(given) <= (known := {each.name: each for each in job.arguments}.keys()):
        raise _refused(f"{job.name} takes {', '.join(known) or 'no arguments'}, and nothing else.")
    return await call_next(ctx)


def _filled(given: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what was given without what is blank, as hosts send what a person has left out."""
    return {name: text for name, value in given.items() if (text := str(value).strip())}


def _refused(message: str) -> MCPError:
    return MCPError(INVALID_PARAMS, message)
