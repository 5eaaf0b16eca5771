"""Resources, completions and prompts over HTTP: each caller has those whose tools are offered to them."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, ResourceTemplateReference
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from thinkific_mcp.knowledge.jobs import JOBS
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running

from .conftest import ERAS, Era, hosted

COURSES = {"X-MCP-Tools": "get_course,list_courses"}
STUDENTS = {"X-MCP-Toolsets": "users,enrollments"}
REF = ResourceTemplateReference(type="ref/resource", uri="thinkific://courses/{course_id}")


class Seen(NamedTuple):
    """What a caller is shown."""

    templates: set[str]
    prompts: set[str]


async def seen(client: Client) -> Seen:
    templates = (await client.list_resource_templates()).resource_templates
    prompts = (await client.list_prompts()).prompts
    return Seen({template.name for template in templates}, {prompt.name for prompt in prompts})


async def refusal(client: Client, uri: str = "", prompt: str = "") -> str:
    with pytest.raises(MCPError) as refused:
        await (client.get_prompt(prompt, {}) if prompt else client.read_resource(uri))
    assert refused.value.code == INVALID_PARAMS
    return refused.value.message


async def ids(client: Client, argument: str, typed: str) -> list[str]:
    return (await client.complete(REF, {"name": argument, "value": typed})).completion.values


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("headers", "templates"),
    [
        ({}, {"course", "user", "enrollment", "product", "promotion", "group", "order", "course_outline"}),
        (COURSES, {"course"}),
        (STUDENTS, {"user", "enrollment"}),
        ({"X-MCP-Toolsets": "courses"}, {"course", "course_outline"}),
        ({"X-MCP-Tools": "delete_user"}, set[str]()),
    ],
)
async def test_what_is_listed_is_what_the_tools_offered_suffice_for(
    era: Era, headers: Mapping[str, str], templates: set[str], site: dict[str, str]
) -> None:
    async with hosted(**site) as server, server.agent(era=era, headers=headers) as client:
        offered = {tool.name for tool in (await client.list_tools()).tools}
        assert await seen(client) == (templates, {job.name for job in JOBS if job.tools <= offered})
        assert [resource.name for resource in (await client.list_resources()).resources] == ["guide"]


async def test_scopes_narrow_prompts_and_leave_all_that_is_only_read(site: dict[str, str], tokens: Path) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server:
        async with server.agent("reader") as client:
            reader = await seen(client)
        async with server.agent("alice") as client:
            alice = await seen(client)
    assert reader.templates == alice.templates
    assert "student_at_a_glance" in reader.prompts < alice.prompts == {job.name for job in JOBS}


@pytest.mark.parametrize("era", ERAS)
async def test_what_is_not_listed_is_not_read(era: Era, site: dict[str, str], sandbox: Sandbox) -> None:
    async with hosted(**site) as server, server.agent(era=era, headers=COURSES) as client:
        assert (await refusal(client, "thinkific://users/1")) == (
            "thinkific://users/{user_id} is not offered to you: the scopes of your token, or the X-MCP headers of "
            "your client, leave it out. Nothing was done."
        )
        assert "/outline is not offered to you" in await refusal(client, "thinkific://courses/1/outline")
        assert "launch_promotion is not offered to you" in await refusal(client, prompt="launch_promotion")
        assert "no such resource" in await refusal(client, "thinkific://students/1")
        assert not sandbox.requests
        assert (await client.read_resource("thinkific://courses/1")).contents
        assert (await client.read_resource("thinkific://guide")).contents


@pytest.mark.parametrize("era", ERAS)
async def test_what_is_not_offered_is_not_completed(era: Era, site: dict[str, str], sandbox: Sandbox) -> None:
    async with hosted(**site) as server, server.agent(era=era, headers=COURSES) as client:
        assert await ids(client, "group_id", "marlow") == []
        assert not sandbox.requests
        assert (await ids(client, "course_id", "sourdough f"))[0] == "1"


async def test_what_is_kept_for_one_caller_no_other_gets(
    site: dict[str, str], tokens: Path, sandbox: Sandbox
) -> None:
    async with hosted(**site, http_tokens_file=tokens) as server:
        for caller in ("alice", "alice", "bob"):
            async with server.agent(caller) as client:
                assert (await ids(client, "course_id", "sourdough f"))[0] == "1"
    assert len(sandbox.requests) == 2


async def by_school(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every list with one thing, whose id is the length of the school's name."""
    site = Request(scope).headers["X-Auth-Subdomain"]
    await JSONResponse({"items": [{"id": len(site), "name": "Rye"}]})(scope, receive, send)


async def test_what_is_kept_of_one_school_is_not_told_of_another() -> None:
    with running(by_school) as address:
        async with hosted(base_url=address, sites="any") as server:
            for site in ("one", "three", "one"):
                async with server.agent("same-key", path=f"/sites/{site}/mcp") as client:
                    assert await ids(client, "course_id", "rye") == [str(len(site))]
