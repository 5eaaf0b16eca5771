"""Schemas as hosts read them: portable to every model provider, and as short as they can be.

One object at the root, no `$ref`, no titles, no unions, nothing that only repeats what is refused anyway. Null,
where it means something, is `nullable: true` beside the type, as OpenAPI 3.0 and Gemini write it.
"""

from functools import cache
from typing import Any, cast

from thinkific_mcp.operation import Operation, Paging, Result

Schema = dict[str, Any]

# Left out: what the server checks anyway and a provider may not know, and what only costs tokens.
_NOISE = {"title", "default", "additionalProperties", "exclusiveMinimum", "exclusiveMaximum"}


def input_schema(operation: type[Operation[Any]]) -> Schema:
    """Return the JSON Schema of an operation's arguments."""
    schema = operation.model_json_schema()
    portable = _portable(schema, schema.get("$defs", {}))
    portable.pop("description", None)
    portable["properties"] = {name: portable["properties"][name] for name in _by_weight(operation)}
    return portable


def _by_weight(operation: type[Operation[Any]]) -> list[str]:
    """Order arguments as one thinks of them: what it is about, what is needed, what may be said, which page."""
    places, fields = operation.places(), operation.model_fields

    def weight(name: str) -> int:
        if places[name].where == "path":
            return 0
        if fields[name].is_required():
            return 1
        return 3 if name in Paging.model_fields else 2

    return sorted(fields, key=weight)


def output_schema(operation: type[Operation[Any]]) -> Schema:
    """Return the JSON Schema of a tool's structured content.

    It promises only what holds for any answer: fields may be missing and unknown ones may come, and only numbers
    and booleans, which are converted, have a type.
    """
    result = operation.result_type()
    if result is None:
        return {"type": "object", "properties": {"done": {"type": "string"}}}
    return {"type": "object", **_shape(result)}


@cache
def _shape(result: type[Result]) -> Schema:
    schema = result.model_json_schema()
    return _untyped(_portable(schema, schema.get("$defs", {}), drop={"description", "required"}))


def _portable(node: Any, definitions: dict[str, Schema], drop: set[str] | None = None) -> Any:
    """Inline references, fold null into `nullable`, and drop the noise, everywhere below a node."""
    if isinstance(node, list):
        return [_portable(part, definitions, drop) for part in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    schema = cast(Schema, node)
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        target = {key: value for key, value in target.items() if key != "description"}
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _portable(target | rest, definitions, drop)
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option != {"type": "null"}]
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        return _portable(options[0] | {"nullable": True} | rest, definitions, drop)
    unwanted = _NOISE | (drop or set()) | {"$defs"}
    return {
        key: {name: _portable(part, definitions, drop) for name, part in value.items()}
        if key == "properties"
        else _portable(value, definitions, drop)
        for key, value in schema.items()
        if key not in unwanted
    }


def _untyped(schema: Schema) -> Schema:
    """Take back what an answer may break: that something nested is a list or an object, or is not null."""
    kept: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: _untyped(part) for name, part in value.items()}
        elif key == "items":
            kept[key] = _untyped(value)
        elif key != "nullable" and value not in ("array", "object"):
            kept[key] = value
    return kept
