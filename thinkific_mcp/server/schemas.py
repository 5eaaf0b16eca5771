"""Schemas as hosts read them: portable to every model provider, and as short as they can be.

One object at the root, no `$ref`, no titles, no unions, nothing that only repeats what is refused anyway. Null,
where it means something, is `nullable: true` beside the type, as OpenAPI 3.0 and Gemini write it.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast, get_args, get_origin

from pydantic import WithJsonSchema

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.guard.changes import CHANGES
from thinkific_mcp.operation import Offer, Operation, Paging
from thinkific_mcp.result import Result

Schema = dict[str, Any]

# Left out: what the server checks anyway and a provider may not know, and what only costs tokens.
_NOISE = {"$defs", "title", "default", "additionalProperties", "exclusiveMinimum", "exclusiveMaximum"}


BUILT_AHEAD = Path(__file__).with_name("input_schemas.json")
"""The schemas of all tools' arguments, by their names, as tools/generate.py has built them."""


def listed_schema(offer: type[Offer]) -> Schema:
    """Return the JSON Schema of a tool's arguments, built ahead where it is one of ours.

    Building all of them would cost every start of a stdio server a twentieth of its time.
    """
    known = OPERATIONS.get(offer.spec.name) is offer or offer in CHANGES
    return _built_ahead()[offer.spec.name] if known else input_schema(offer)


@cache
def _built_ahead() -> Mapping[str, Schema]:
    return json.loads(BUILT_AHEAD.read_text("utf-8"))


def input_schema(offer: type[Offer]) -> Schema:
    """Return the JSON Schema of a tool's arguments."""
    schema = offer.model_json_schema()
    portable = _portable(schema, schema.get("$defs", {}))
    portable.pop("description", None)
    portable["properties"] = {name: portable["properties"][name] for name in _by_weight(offer)}
    return portable


def _by_weight(offer: type[Offer]) -> list[str]:
    """Order arguments as one thinks of them: what it is about, what is needed, what may be said, which page."""
    fields = offer.model_fields
    places = offer.places() if issubclass(offer, Operation) else {}
    in_path = {name for name, place in places.items() if place.where == "path"}

    def weight(name: str) -> int:
        if name in in_path:
            return 0
        if fields[name].is_required():
            return 1
        return 3 if name in Paging.model_fields else 2

    return sorted(fields, key=weight)


def output_schema(offer: type[Offer]) -> Schema:
    """Return the JSON Schema of a tool's structured content.

    It promises only what holds for any answer: fields may be missing and unknown ones may come, and only numbers
    and booleans, which are converted, have a type.
    """
    result = offer.result_type()
    if result is None:
        return {"type": "object", "properties": {"done": {"type": "string"}}}
    return {"type": "object", **_promise(result)}


def _promise(kind: Any, marks: Sequence[Any] = ()) -> Schema:
    """Read from a result's types what its schema may promise.

    Pydantic's own schema would cost the validators of all results, which no list of tools needs, at every start.
    """
    stated = next((mark for mark in marks if isinstance(mark, WithJsonSchema)), None)
    if stated is not None:
        return dict(stated.json_schema or {})
    if isinstance(kind, type) and issubclass(kind, Result):
        fields = kind.shown_fields().items()
        return {"properties": {name: _promise(field.annotation, field.metadata) for name, field in fields}}
    parts = get_args(kind)
    if get_origin(kind) is Annotated:
        return _promise(parts[0], parts[1:])
    return {"items": _promise(parts[0])} if get_origin(kind) is list else _promise(parts[0])


def _portable(node: Any, definitions: dict[str, Schema]) -> Any:
    """Inline references, fold null into `nullable`, and drop the noise, everywhere below a node."""
    if isinstance(node, list):
        return [_portable(part, definitions) for part in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    schema = cast(Schema, node)
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        target = {key: value for key, value in target.items() if key != "description"}
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _portable(target | rest, definitions)
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option != {"type": "null"}]
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        return _portable(options[0] | {"nullable": True} | rest, definitions)
    return {
        key: {name: _portable(part, definitions) for name, part in value.items()}
        if key == "properties"
        else _portable(value, definitions)
        for key, value in schema.items()
        if key not in _NOISE
    }
