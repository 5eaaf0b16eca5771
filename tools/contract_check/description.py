"""Reading a published API description from a file."""

import json
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator

from .outline import METHODS, target

_SCHEMAS = "#/components/schemas/"
_PROSE = {"title", "summary", "description", "example", "examples", "externalDocs"}
_NAMED = {"properties", "schemas", "responses"}  # what these hold has names of the API, not keywords, for keys

_OPERATION: dict[str, Any] = {
    "type": "object",
    "required": ["responses"],
    "properties": {
        "parameters": {"$ref": "#/$defs/parameters"},
        "requestBody": {"$ref": "#/$defs/content"},
        "responses": {"type": "object", "additionalProperties": {"$ref": "#/$defs/content"}},
    },
}
_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["openapi", "paths", "components"],
    "properties": {
        "openapi": {"type": "string", "pattern": r"^3\."},
        "paths": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": dict.fromkeys(METHODS, _OPERATION) | {"parameters": {"$ref": "#/$defs/parameters"}},
            },
        },
        "components": {
            "type": "object",
            "required": ["schemas"],
            "properties": {"schemas": {"type": "object", "additionalProperties": {"$ref": "#/$defs/schema"}}},
        },
    },
    "$defs": {
        "content": {
            "type": "object",
            "properties": {
                "content": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "properties": {"schema": {"$ref": "#/$defs/schema"}},
                    },
                }
            },
        },
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "in", "schema"],
                "properties": {
                    "name": {"type": "string"},
                    "in": {"type": "string"},
                    "schema": {"$ref": "#/$defs/schema"},
                },
            },
        },
        "schema": {
            "type": "object",
            "properties": {
                "properties": {"type": "object", "additionalProperties": {"$ref": "#/$defs/schema"}},
                "items": {"$ref": "#/$defs/schema"},
                "enum": {"type": "array"},
                "required": {"type": "array", "items": {"type": "string"}},
                "anyOf": {"$ref": "#/$defs/schemas"},
                "oneOf": {"$ref": "#/$defs/schemas"},
                "allOf": {"$ref": "#/$defs/schemas"},
            },
        },
        "schemas": {"type": "array", "items": {"$ref": "#/$defs/schema"}},
    },
}


class DescriptionError(Exception):
    """A file is not a usable OpenAPI description."""


def read(path: Path) -> dict[str, Any]:
    """Read an OpenAPI 3 description, without prose, with its parameters written out at every operation.

    Args:
        path: a file with JSON or YAML; its content tells which, not its name.

    Raises:
        DescriptionError: the file cannot be read, or is not such a description.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DescriptionError(f"{path} cannot be read: {error}") from None
    document = _parsed(text, path)
    try:
        written = _written_out(document, document)
    except (KeyError, TypeError, RecursionError) as error:
        raise DescriptionError(f"{path} has a reference that leads nowhere: {error}") from None
    _check(written, path)
    for item in written["paths"].values():
        shared = item.pop("parameters", [])
        for operation in (item[method] for method in METHODS if method in item):
            own = operation.get("parameters", [])
            named = {(parameter["in"], parameter["name"]) for parameter in own}
            inherited = [each for each in shared if (each["in"], each["name"]) not in named]
            operation["parameters"] = [*inherited, *own]
    return written


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError as not_json:
        try:
            import yaml
        except ImportError:
            raise DescriptionError(
                f"{path} is not JSON ({not_json}); reading YAML needs PyYAML: pip install pyyaml"
            ) from None
    try:
        # As JSON again: YAML takes the status 200 for a number and a date for a date.
        return json.loads(json.dumps(yaml.safe_load(text), default=str))
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise DescriptionError(f"{path} is neither JSON nor YAML: {error}") from None


def _written_out(document: Any, node: Any, named: bool = False) -> Any:
    """Leave out prose, and replace references by what they point at.

    References to schemas stay, for a schema may contain itself.
    """
    if isinstance(node, list):
        return [_written_out(document, part) for part in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    members = cast(dict[str, Any], node)
    reference = members.get("$ref")
    if not named and isinstance(reference, str):
        found = target(document, reference)
        return members if reference.startswith(_SCHEMAS) else _written_out(document, found)
    return {
        name: _written_out(document, part, named=not named and name in _NAMED)
        for name, part in members.items()
        if named or name not in _PROSE
    }


def _check(document: Any, path: Path) -> None:
    validator: Any = Draft202012Validator(_SHAPE)
    error: Any = next(validator.iter_errors(document), None)
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "the top"
        raise DescriptionError(f"{path} is not an OpenAPI 3 description: at {place}, {error.message[:200]}")
