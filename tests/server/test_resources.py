"""Single things of the school, and outlines of courses, read by their URIs."""

from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, ReadResourceResult, TextResourceContents

from thinkific_mcp.knowledge.guide import GUIDE
from thinkific_mcp.results.form import Form
from thinkific_mcp.sandbox import Sandbox

from .conftest import Era
from .failing import SECRET, Vault
from .reading import OUTLINE_TOOLS, answering, read, refused, school

THINGS = {
    "courses/1": ('# Course "Sourdough Foundations" (id 1)', "- chapter_ids: 1, 2, 3, 4"),
    "users/13": (
        "# User \"Siobhán O'Rourke-D'Arcy\" (id 13, siobhan.o'rourke@example.com)",
        "- headline: Baker's daughter",
    ),
    "enrollments/3": (
        '# Enrollment of "Ingrid Sørlie" in "Buttercream Cake Decorating" (id 3)',
        "- percentage_completed: 0.1",
    ),
    "products/1": ('# Product "The Bread Baker\'s Path" (id 1)', "- productable_type: Bundle"),
    "promotions/1": ('# Promotion "First spring sale" (id 1)', "- expires_at: 2024-12-11T09:00:00Z"),
    "groups/1": ('# Group "Marlow Hotels Pastry Team" (id 1)', "- token: 9d41c7e2"),
    "orders/1": ('# Order of "Callum Reid" (id 1)', "- coupon_code: FOUNDER50"),
}


async def listed(client: Client) -> set[str]:
    """Return the templates of things of the school."""
    uris = {template.uri_template for template in (await client.list_resource_templates()).resource_templates}
    return uris - {"thinkific://results/{file}"}


async def test_there_is_a_template_for_each_kind_of_thing(sandbox: Sandbox, era: Era) -> None:
    async with school(sandbox, era) as client:
        assert await listed(client) == {
            "thinkific://courses/{course_id}",
            "thinkific://users/{user_id}",
            "thinkific://enrollments/{enrollment_id}",
            "thinkific://products/{product_id}",
            "thinkific://promotions/{promotion_id}",
            "thinkific://groups/{group_id}",
            "thinkific://orders/{order_id}",
            "thinkific://courses/{course_id}/outline",
        }


async def test_a_template_says_what_it_is(sandbox: Sandbox) -> None:
    async with school(sandbox) as client:
        course = (await client.list_resource_templates()).resource_templates[0]
    assert (course.name, course.title, course.mime_type) == ("course", "Course", "text/markdown")
    assert course.description == "A course: description, chapters, instructor."


@pytest.mark.parametrize(
    ("tools", "templates"),
    [
        (["get_user", "list_users"], {"thinkific://users/{user_id}"}),
        (["list_courses", "update_user"], set[str]()),
        (OUTLINE_TOOLS[:2], {"thinkific://courses/{course_id}"}),
        (OUTLINE_TOOLS, {"thinkific://courses/{course_id}", "thinkific://courses/{course_id}/outline"}),
    ],
)
async def test_a_template_is_there_only_with_its_tools(
    sandbox: Sandbox, tools: list[str], templates: set[str]
) -> None:
    async with school(sandbox, tools=tools) as client:
        assert await listed(client) == templates
        if "get_user" not in tools:
            assert (await refused(client, "thinkific://users/13"))[0] == INVALID_PARAMS
    assert not sandbox.requests


async def test_the_guide_is_there_whatever_the_tools_are(sandbox: Sandbox, era: Era) -> None:
    async with school(sandbox, era, ["list_groups"]) as client:
        (guide,) = (await client.list_resources()).resources
        assert (guide.uri, guide.mime_type) == ("thinkific://guide", "text/markdown")
        assert await read(client, "guide") == GUIDE


@pytest.mark.parametrize("path", THINGS)
async def test_a_thing_is_a_title_and_its_fields(sandbox: Sandbox, era: Era, path: str) -> None:
    title, line = THINGS[path]
    async with school(sandbox, era) as client:
        result = await client.read_resource(f"thinkific://{path}")
    (content,) = result.contents
    assert isinstance(content, TextResourceContents)
    assert (content.uri, content.mime_type) == (f"thinkific://{path}", "text/markdown")
    first, blank, *lines = content.text.split("\n")
    assert (first, blank) == (title, "")
    assert line in lines
    assert f"- id: {path.partition('/')[2]}" in lines
    assert len(sandbox.requests) == 1


async def test_nothing_that_only_old_themes_use_is_told() -> None:
    async with answering(lambda _: {"id": 3, "name": "Rye", "subtitle": "old", "slug": None}) as client:
        assert await read(client, "courses/3") == '# Course "Rye" (id 3)\n\n- id: 3\n- name: Rye'


async def test_a_name_cannot_pass_for_a_title_or_a_field_of_ours() -> None:
    name = 'Rye" (id 9)\n# Course "Oats\u2028- price: 0\n\n```\n- bio: x'
    async with answering(lambda _: {"id": 3, "name": name, "description": name}) as client:
        title, blank, *lines = (await read(client, "courses/3")).splitlines()
    assert title.startswith("# Course \"Rye' (id 9) # Course 'Oats - price: 0") and title.endswith('" (id 3)')
    assert blank == ""
    assert [line[:8] for line in lines] == ["- id: 3", "- name: ", "- descri"]


async def test_a_thing_without_a_name_goes_by_its_id() -> None:
    async with answering(lambda _: {"status": "complete"}) as client:
        assert await read(client, "orders/3") == "# Order (id 3)\n\n- status: complete"


async def test_a_long_thing_is_bounded_by_whole_fields() -> None:
    user = {"id": 3, "full_name": "Ada", "bio": "so " * 2_000, "company": "Analytical"}
    async with answering(lambda _: user, form=Form(limit=2_000)) as client:
        text = await read(client, "users/3")
    assert len(text.encode()) <= 2_000
    assert text.endswith(
        "- full_name: Ada\n- company: Analytical\n\nLeft out to be short: bio. See get_user with fields."
    )


NO_IDS = [
    "",
    "x",
    "0",
    "-1",
    "+1",
    "1.0",
    " 1",
    "1 ",
    "01",
    "１",
    "1e3",
    "%31",
    "%2e%2e",
    "..",
    "1%00",
    "1?a=b",
    "1#a",
]


@pytest.mark.parametrize("given", [*NO_IDS, "ada@example.com", str(2**53), "9" * 400])
async def test_what_is_no_id_is_refused_and_nothing_is_sent(sandbox: Sandbox, given: str) -> None:
    async with school(sandbox) as client:
        for uri in (f"thinkific://users/{given}", f"thinkific://courses/{given}/outline"):
            code, words = await refused(client, uri)
            assert code == INVALID_PARAMS
            assert words.endswith(
                "_id}/outline takes an id, which is a number. Nothing was sent."
            ) or words.endswith("_id} takes an id, which is a number. Nothing was sent.")
    assert not sandbox.requests


@pytest.mark.parametrize(
    "uri",
    [
        "thinkific://students/ada@example.com",
        "thinkific://users/1/ada@example.com",
        "thinkific://users",
        "thinkific://courses/../users/1",
        "https://example.com/ada@example.com",
        "",
    ],
)
async def test_a_uri_of_nothing_is_refused_and_not_repeated(sandbox: Sandbox, era: Era, uri: str) -> None:
    async with school(sandbox, era) as client:
        code, words = await refused(client, uri)
    assert code == INVALID_PARAMS
    assert words == "There is no such resource: resources/templates/list tells which there are."
    assert not sandbox.requests


async def test_what_the_school_does_not_have_is_not_found(sandbox: Sandbox, era: Era) -> None:
    async with school(sandbox, era) as client:
        assert await refused(client, "thinkific://courses/99999") == (
            INVALID_PARAMS,
            "Not found (404): course_id 99999. list_courses tells the right id.",
        )


@pytest.mark.parametrize(
    ("status", "words"), [(401, "Thinkific refuses the credentials"), (403, "does not allow this")]
)
async def test_a_refusal_of_thinkific_says_what_to_do(status: int, words: str) -> None:
    said = httpx2.Response(status, json={"error": "Ada's plan"})
    async with answering(lambda _: said) as client:
        code, told = await refused(client, "thinkific://users/1")
    assert (code, words in told, "Ada" in told) == (INTERNAL_ERROR, True, False)


async def test_a_failure_nobody_foresaw_tells_only_its_kind(sandbox: Sandbox, era: Era) -> None:
    async with school(sandbox, era, credentials=Vault()) as client:
        code, told = await refused(client, "thinkific://courses/1")
    assert code == INTERNAL_ERROR
    assert told.startswith("thinkific-mcp itself failed (RuntimeError in ") and SECRET not in told


async def test_a_client_may_keep_what_it_read_for_a_minute_and_lists_for_five(sandbox: Sandbox) -> None:
    async with school(sandbox) as client:
        results: list[Any] = [
            await client.read_resource("thinkific://courses/1"),
            await client.list_resources(),
            await client.list_resource_templates(),
            await client.list_prompts(),
        ]
    kept = [(result.ttl_ms, result.cache_scope) for result in results]
    assert kept == [(60_000, "private"), *[(300_000, "private")] * 3]
    assert isinstance(results[0], ReadResourceResult)
