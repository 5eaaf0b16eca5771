"""The amendments that hold everywhere in the contract.

A rule is given the document and its data in `amendments.json`, changes the document in place, and
yields the name of each thing it touched, by which a rule without effect is noticed.
"""

from collections.abc import Callable, Iterator
from typing import Any

Node = dict[str, Any]
Rule = Callable[..., Iterator[str]]

METHODS = ("get", "post", "put", "delete")
NUMERIC = ("number", "integer")


def errors(document: Node, always: Node, with_parent: Node, with_body: Node) -> Iterator[str]:
    """Add the error answers that operations give but do not document."""
    for path, operation in operations(document):
        required = [parameter for parameter in operation.get("parameters", []) if parameter.get("required")]
        responses = dict(always)
        if "{" in path or any(parameter["name"].endswith("_id") for parameter in required):
            responses |= with_parent
        if "requestBody" in operation:
            responses |= with_body
        for status, response in responses.items():
            if status not in operation["responses"]:
                operation["responses"][status] = response
                yield status


def required_bodies(document: Node) -> Iterator[str]:
    """Require the body of every operation that takes one."""
    for path, operation in operations(document):
        if "requestBody" in operation and not operation["requestBody"].get("required"):
            operation["requestBody"]["required"] = True
            yield path


def integers(document: Node, from_one: list[str], whole: list[str], maximum: int) -> Iterator[str]:
    """Make whole numbers `integer`, and give those of requests their bounds."""
    listed = {*from_one, *whole}
    for name, schema in [*_parameters(document), *_properties(document, _request_schemas(document))]:
        leaf = schema.get("items", schema)
        if name in listed and leaf.get("type") in NUMERIC:
            leaf |= {"type": "integer", "maximum": leaf.get("maximum", maximum)}
            if name in from_one:
                leaf["minimum"] = 1
            if "default" in leaf:
                leaf["default"] = int(leaf["default"])
            yield name
    for name, schema in _properties(document, _answer_schemas(document)):
        leaf = schema.get("items", schema)
        if name in listed and leaf.get("type") in NUMERIC:
            leaf["type"] = "integer"
            yield name


def dates(document: Node, names: list[str]) -> Iterator[str]:
    """Let filters by date take a date or a date-time."""
    for name, schema in _parameters(document):
        if name in names:
            schema.clear()
            schema["anyOf"] = [
                {"type": "string", "format": "date"},
                {"type": "string", "format": "date-time"},
            ]
            yield name


def strict_bodies(document: Node) -> Iterator[str]:
    """Allow no field in a request's body but the documented ones."""
    for schema in _reachable(document, _request_schemas(document)):
        if "properties" in schema:
            schema["additionalProperties"] = False
            yield "properties"


def nullable(document: Node, properties: list[str]) -> Iterator[str]:
    """Let request fields be null where null means something; bodies are named or given by their path."""
    for name, schema in _named_properties(document, properties):
        schema["nullable"] = True
        yield name


def capped(document: Node, maximum: Node) -> Iterator[str]:
    """Mark parameters of which a greater value is not refused, but answered like the greatest."""
    for name, schema in _parameters(document):
        if name in maximum:
            schema["x-cap"] = maximum[name]
            yield name


def unread(document: Node, properties: list[str]) -> Iterator[str]:
    """Mark properties of answers that Thinkific sends and we do not declare."""
    for name, schema in _named_properties(document, properties):
        schema["x-unread"] = True
        yield name


def numbers_as_strings(document: Node, names: list[str]) -> Iterator[str]:
    """Let the named numbers of answers come as a number or as a string."""
    for name, schema in _properties(document, _answer_schemas(document)):
        if name in names:
            schema.clear()
            schema["anyOf"] = [{"type": "number"}, {"type": "string"}]
            yield name


def nullable_answers(document: Node) -> Iterator[str]:
    """Let every property of an answer be null or missing."""
    for schema in _reachable(document, _answer_schemas(document)):
        if schema.pop("required", None):
            yield "required"
    for name, schema in list(_properties(document, _answer_schemas(document))):
        for branch in schema.get("anyOf", [schema]):
            _allow_null(resolved(document, branch))
            yield name


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        errors,
        required_bodies,
        integers,
        dates,
        strict_bodies,
        nullable,
        capped,
        unread,
        numbers_as_strings,
        nullable_answers,
    )
}


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    """Yield every operation of a document with its path."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, item[method]


def resolved(document: Node, schema: Node) -> Node:
    """Return the schema that a reference stands for; any other schema is returned as it is."""
    if "$ref" not in schema:
        return schema
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def _allow_null(schema: Node) -> None:
    schema["nullable"] = True
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"].append(None)


def _parameters(document: Node) -> Iterator[tuple[str, Node]]:
    for _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            yield parameter["name"], parameter["schema"]


def _content(holder: Node) -> Iterator[Node]:
    for media in holder.get("content", {}).values():
        yield media.get("schema", {})


def _request_schemas(document: Node) -> Iterator[Node]:
    for _, operation in operations(document):
        yield from _content(operation.get("requestBody", {}))


def _named_properties(document: Node, names: list[str]) -> Iterator[tuple[str, Node]]:
    """Yield the properties that names such as `Coupon.note` or `PUT /coupons/{id}.note` stand for."""
    schemas = {**document["components"]["schemas"], **_inline_bodies(document)}
    for name in names:
        owner, _, own_name = name.rpartition(".")
        if own_name in schemas.get(owner, {}).get("properties", {}):
            yield name, schemas[owner]["properties"][own_name]


def _inline_bodies(document: Node) -> dict[str, Node]:
    return {
        f"{method.upper()} {path}": schema
        for path, item in document["paths"].items()
        for method in METHODS
        for schema in _content(item.get(method, {}).get("requestBody", {}))
        if "$ref" not in schema
    }


def _answer_schemas(document: Node) -> Iterator[Node]:
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                yield from _content(response)


def _reachable(document: Node, roots: Iterator[Node]) -> Iterator[Node]:
    waiting, seen = list(roots), set[int]()
    while waiting:
        schema = resolved(document, waiting.pop())
        if id(schema) not in seen:
            seen.add(id(schema))
            yield schema
            waiting += [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
            if "items" in schema:
                waiting.append(schema["items"])


def _properties(document: Node, roots: Iterator[Node]) -> Iterator[tuple[str, Node]]:
    for schema in _reachable(document, roots):
        yield from schema.get("properties", {}).items()
