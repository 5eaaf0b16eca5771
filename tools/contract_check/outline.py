"""What an OpenAPI description promises, flat: every place of the API, and the facts stated of it.

Prose, examples, tags and the names of schemas are left out: two descriptions that promise the same have the
same outline. A place is a path of names, such as `("POST /coupons", "body", "quantity")`; `[]` is the item of
a list.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]
Place = tuple[str, ...]
Facts = dict[str, Any]
Outline = dict[Place, Facts]

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
BOUNDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
)
STATED = ("type", "format", "pattern", "default", "nullable", "deprecated", *BOUNDS)

_COMBINED = ("anyOf", "oneOf", "allOf")
_DEEPEST = 12  # a schema may contain itself


def of_document(document: Node) -> Outline:
    """Outline an OpenAPI document whose parameters, bodies and answers are written out."""
    servers = tuple(server["url"] for server in document.get("servers", []))
    outline: Outline = {("API",): _security(document) | {"servers": servers}}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                outline |= dict(_operation(document, f"{method.upper()} {path}", item[method]))
    return outline


def of_schema(document: Node, place: Place, schema: Node, facts: Facts) -> Iterator[tuple[Place, Facts]]:
    """Outline a schema and what it contains.

    Args:
        document: what references point into.
        place: where the schema stands.
        schema: a schema of OpenAPI 3.0 or 3.1, or of pydantic.
        facts: what is known of the place besides.
    """
    alternatives = list(_alternatives(document, schema))
    yield place, facts | _facts(alternatives)
    if len(place) == _DEEPEST:
        return
    for alternative in alternatives:
        for name, part in alternative.get("properties", {}).items():
            if "x-unread" not in part:
                known = {"required": name in alternative.get("required", [])}
                yield from of_schema(document, (*place, name), part, known)
        if "items" in alternative:
            yield from of_schema(document, (*place, "[]"), alternative["items"], {})


def target(document: Node, reference: str) -> Node:
    """Return what a reference within a document points at.

    Raises:
        KeyError: it points at nothing.
    """
    node = document
    for token in reference.removeprefix("#/").split("/"):
        node = node[token.replace("~1", "/").replace("~0", "~")]
    return node


def _operation(document: Node, name: str, operation: Node) -> Iterator[tuple[Place, Facts]]:
    stated = {fact: operation[fact] for fact in ("operationId", "deprecated") if fact in operation}
    answers = tuple(sorted(operation["responses"]))
    yield (name,), stated | _security(operation) | {"answers": answers}
    for parameter in operation.get("parameters", []):
        place = (name, parameter["in"], parameter["name"])
        facts = {"required": parameter.get("required", False)}
        yield from of_schema(document, place, parameter["schema"], facts)
    if body := operation.get("requestBody"):
        yield from _content(document, (name, "body"), body, {"required": body.get("required", False)})
    for status, response in operation["responses"].items():
        where = "answer" if status.startswith("2") else f"answer {status}"
        response = target(document, response["$ref"]) if "$ref" in response else response
        yield from _content(document, (name, where), response, {})


def _content(document: Node, place: Place, holder: Node, facts: Facts) -> Iterator[tuple[Place, Facts]]:
    content = holder.get("content", {})
    for media in content.values():
        known = facts | {"media": tuple(sorted(content))}
        yield from of_schema(document, place, media.get("schema", {}), known)


def _alternatives(document: Node, schema: Node) -> Iterator[Node]:
    """Yield the plain schemas that a schema is made of: references followed, unions and lists of types split."""
    if "$ref" in schema:
        yield from _alternatives(document, target(document, schema["$ref"]))
        return
    parts = [part for keyword in _COMBINED for part in schema.get(keyword, [])]
    for part in parts:
        yield from _alternatives(document, part)
    rest = {keyword: value for keyword, value in schema.items() if keyword not in _COMBINED}
    if isinstance(rest.get("type"), list):
        yield from ({**rest, "type": kind} for kind in rest["type"])
    elif rest:
        yield rest


def _facts(alternatives: Iterable[Node]) -> Facts:
    gathered: dict[str, list[Any]] = {}
    for alternative in alternatives:
        for fact, value in _stated(alternative).items():
            values = gathered.setdefault(fact, [])
            values += [each for each in (value if fact == "enum" else [value]) if each not in values]
    facts: Facts = {
        fact: values[0] if len(values) == 1 else " or ".join(sorted(map(str, values)))
        for fact, values in gathered.items()
        if fact != "enum"
    }
    return facts | ({"enum": tuple(sorted(gathered["enum"], key=str))} if "enum" in gathered else {})


def _stated(schema: Node) -> Facts:
    if schema.get("type") == "null":
        return {"nullable": True}
    facts = {fact: schema[fact] for fact in STATED if fact in schema and _says_something(fact, schema[fact])}
    if "enum" in schema:
        facts["enum"] = [value for value in schema["enum"] if value is not None]
    if "x-cap" in schema:
        facts["maximum"] = schema["x-cap"]
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if facts.get(exclusive) is True:  # as OpenAPI 3.0 writes it
            facts[exclusive] = facts.pop(bound)
    return facts


def _says_something(fact: str, value: Any) -> bool:
    return value is not False or fact == "default"


def _security(node: Node) -> Facts:
    if "security" not in node:
        return {}
    return {"security": tuple(sorted(json.dumps(way, sort_keys=True) for way in node["security"]))}
