"""The tools as a host lists them: their names, annotations and schemas, and what model providers take."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

import anyio
import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp_types import Tool

from thinkific_mcp.api import OPERATIONS

from .conftest import ERAS, Era, opened
from .examples import demo_sandbox

FACTS = {
    row["tool"]: row
    for row in csv.DictReader(
        Path(__file__).with_name("operations.tsv").read_text("utf-8").splitlines(), delimiter="\t"
    )
}
OUR_NAME = "^[a-z][a-z0-9_]{0,39}$"
PORTABLE = {
    *("type", "description", "enum", "items", "properties", "required", "nullable", "pattern"),
    *("minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength"),
}


class Node(NamedTuple):
    """A schema within a schema: how many objects and lists it is inside of, and itself."""

    depth: int
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Limits:
    """What a provider of models takes as a tool; what is None is without limit."""

    name: str
    key: str
    description: int | None = None
    not_at_root: Sequence[str] = ()
    keywords: set[str] | None = None
    depth: int | None = None
    properties: int | None = None
    enum_values: int | None = None
    text: int | None = None
    only_texts_in_enums: bool = False


# As published by the providers: Anthropic's tool use reference, OpenAI's guides on function calling and
# structured outputs (their first, tightest limits), Gemini's reference of FunctionDeclaration and Schema.
PROVIDERS = {
    "Anthropic": Limits(
        name="^[a-zA-Z0-9_-]{1,64}$",
        key="^[a-zA-Z0-9_.-]{1,64}$",
        not_at_root=("anyOf", "oneOf", "allOf"),
    ),
    "OpenAI": Limits(
        name="^[a-zA-Z0-9_-]{1,64}$",
        key="^[a-zA-Z0-9_-]{1,64}$",
        description=1024,
        not_at_root=("anyOf", "oneOf", "allOf", "not", "enum"),
        depth=5,
        properties=100,
        enum_values=500,
        text=15_000,
    ),
    "Gemini": Limits(
        name="^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$",
        key="^[a-zA-Z_][a-zA-Z0-9_]{0,63}$",
        keywords=PORTABLE,
        only_texts_in_enums=True,
    ),
}


@pytest.fixture(scope="module", autouse=True)
def surface() -> None:
    """Look at all tools as they are listed."""


@pytest.fixture(scope="module", params=ERAS)
def tools(request: pytest.FixtureRequest) -> list[Tool]:
    async def listed() -> list[Tool]:
        sandbox = demo_sandbox()
        async with opened(httpx2.ASGITransport(sandbox), list(OPERATIONS), cast(Era, request.param)) as client:
            found = (await client.list_tools()).tools
        return found

    return anyio.run(listed)


def nodes(schema: Mapping[str, Any], depth: int = 1) -> Iterator[Node]:
    """Yield a schema and every schema within it."""
    yield Node(depth, schema)
    for part in schema.get("properties", {}).values():
        yield from nodes(part, depth + 1)
    if "items" in schema:
        yield from nodes(schema["items"], depth + 1)


def keys(schema: Mapping[str, Any]) -> list[str]:
    """Return the name of every property at any depth."""
    return [name for node in nodes(schema) for name in node.schema.get("properties", {})]


def enum_values(schema: Mapping[str, Any]) -> list[Any]:
    """Return the values of every enum at any depth."""
    return [value for node in nodes(schema) for value in node.schema.get("enum", [])]


def test_the_tools_are_those_of_the_catalogue(tools: list[Tool]) -> None:
    assert {tool.name for tool in tools} == set(FACTS)


def test_the_tools_are_annotated_as_the_catalogue_says(tools: list[Tool]) -> None:
    for tool in tools:
        facts = FACTS[tool.name]
        assert tool.annotations is not None
        assert tool.annotations.model_dump(exclude_none=True) == {
            "read_only_hint": facts["effect"] == "read",
            "destructive_hint": facts["destructive"] == "yes",
            "idempotent_hint": facts["idempotent"] == "yes",
            "open_world_hint": True,
        }, tool.name


def test_the_tools_tell_the_operation_behind_them(tools: list[Tool]) -> None:
    for tool in tools:
        facts = FACTS[tool.name]
        expected = {"thinkific/endpoint": f"{facts['method']} {facts['path']}"}
        if facts["operation_id"] != "-":
            expected["thinkific/operation_id"] = facts["operation_id"]
        assert tool.meta == expected, tool.name


def test_the_id_in_a_path_is_a_required_argument_named_for_its_resource(tools: list[Tool]) -> None:
    for tool in tools:
        in_path = re.findall(r"\{(\w+)\}", FACTS[tool.name]["path"])
        expected = {FACTS[tool.name]["id_argument"] if name == "id" else name for name in in_path}
        assert expected <= set(tool.input_schema.get("required", [])), tool.name


# The catalogue leaves out where an affiliate's money goes.
GUARDED_FURTHER = {
    "create_user": "only when roles or affiliate payment is set",
    "update_user": "only when email, password, roles or affiliate payment change",
}


@pytest.mark.parametrize("name", FACTS)
def test_an_operation_has_the_toolset_and_the_guard_of_the_catalogue(name: str) -> None:
    spec, facts = OPERATIONS[name].spec, FACTS[name]
    assert (spec.toolset, spec.effect, spec.guarded) == (
        facts["toolset"],
        facts["effect"],
        GUARDED_FURTHER.get(name, facts["guarded_because"] or ""),
    )


def test_every_tool_has_a_title_and_a_description_of_bearable_length(tools: list[Tool]) -> None:
    for tool in tools:
        assert tool.title and tool.title[0].isupper(), tool.name
        assert tool.description and 20 <= len(tool.description) <= 1024, tool.name
        assert tool.description == " ".join(tool.description.split()), tool.name


def test_names_are_short_and_plain(tools: list[Tool]) -> None:
    names = [name for tool in tools for name in [tool.name, *keys(tool.input_schema)]]
    assert [name for name in names if not re.search(OUR_NAME, name)] == []


def test_schemas_are_valid_json_schema(tools: list[Tool]) -> None:
    for tool in tools:
        Draft202012Validator.check_schema(tool.input_schema)
        Draft202012Validator.check_schema(tool.output_schema or {})


def test_arguments_are_one_object_with_the_properties_it_requires(tools: list[Tool]) -> None:
    for tool in tools:
        for node in nodes(tool.input_schema):
            is_object = node.schema["type"] == "object"
            assert is_object == ("properties" in node.schema), tool.name
            assert set(node.schema.get("required", [])) <= set(node.schema.get("properties", {})), tool.name
        assert tool.input_schema["type"] == "object", tool.name


def test_every_argument_has_one_type_and_only_portable_keywords(tools: list[Tool]) -> None:
    for tool in tools:
        for node in nodes(tool.input_schema):
            assert isinstance(node.schema["type"], str), tool.name
            assert set(node.schema) <= PORTABLE, tool.name


def test_a_list_says_what_it_holds(tools: list[Tool]) -> None:
    for tool in tools:
        for node in nodes(tool.input_schema):
            assert (node.schema["type"] == "array") == ("items" in node.schema), tool.name


def test_every_list_with_pages_may_be_asked_for_10000_rows_at_once(tools: list[Tool]) -> None:
    limits = [
        tool.input_schema["properties"]["limit"] for tool in tools if "page" in tool.input_schema["properties"]
    ]
    assert limits == [{"type": "integer", "minimum": 1, "maximum": 10_000}] * 20


def test_an_output_schema_promises_only_what_we_convert_ourselves(tools: list[Tool]) -> None:
    for tool in tools:
        assert tool.output_schema is not None, tool.name
        root, *inner = (node.schema for node in nodes(tool.output_schema))
        assert set(root) == {"type", "properties"} and root["type"] == "object", tool.name
        for schema in inner:
            assert set(schema) <= {"type", "properties", "items"}, tool.name
            assert schema.get("type") in (None, "integer", "number", "boolean") or "done" in root["properties"]


def test_what_answers_without_a_body_promises_to_say_what_was_done(tools: list[Tool]) -> None:
    silent = [tool for tool in tools if FACTS[tool.name]["method"] in ("PUT", "DELETE")]
    assert all(
        tool.output_schema == {"type": "object", "properties": {"done": {"type": "string"}}} for tool in silent
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_tool_is_within_the_limits_of(tools: list[Tool], provider: str) -> None:
    limits = PROVIDERS[provider]
    assert {tool.name: found for tool in tools if (found := list(_beyond(tool, limits)))} == {}


def _beyond(tool: Tool, limits: Limits) -> Iterator[str]:
    """Yield what a provider would refuse of a tool."""
    schema = tool.input_schema
    found, names, values = list(nodes(schema)), keys(schema), enum_values(schema)
    text = sum(len(str(part)) for part in [*names, *values])
    if not re.search(limits.name, tool.name):
        yield "name"
    if limits.description is not None and len(tool.description or "") > limits.description:
        yield "description"
    yield from (f"key {name}" for name in names if not re.search(limits.key, name))
    yield from (f"{keyword} at the root" for keyword in limits.not_at_root if keyword in schema)
    if limits.keywords is not None:
        yield from (f"keyword {keyword}" for node in found for keyword in set(node.schema) - limits.keywords)
    if limits.depth is not None and max(node.depth for node in found) > limits.depth:
        yield "depth"
    if limits.properties is not None and len(names) > limits.properties:
        yield "number of properties"
    if limits.enum_values is not None and len(values) > limits.enum_values:
        yield "number of enum values"
    if limits.text is not None and text > limits.text:
        yield "length of names and enum values"
    if limits.only_texts_in_enums and not all(isinstance(value, str) for value in values):
        yield "an enum with something else than texts"
