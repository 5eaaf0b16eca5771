"""The outline of the operation classes: what they send and what they expect back."""

from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo

from thinkific_mcp.operation import Operation, Paging
from thinkific_mcp.result import Page
from thinkific_mcp.values import API_PAGE_SIZE

from .outline import Facts, Outline, Place, of_schema

_KINDS = {int: "number", float: "number", bool: "boolean", str: "string"}


def of_operations(operations: Iterable[type[Operation[Any]]]) -> Outline:
    """Outline operation classes in the words of an API description."""
    outline: Outline = {}
    for operation in operations:
        outline |= dict(_operation(operation))
    return outline


def _operation(operation: type[Operation[Any]]) -> Iterator[tuple[Place, Facts]]:
    spec = operation.spec
    name = f"{spec.method} {spec.path}"
    yield (name,), {"operationId": spec.operation_id} if spec.operation_id else {}
    yield from _arguments(operation, name)
    if not spec.done:  # what has a sentence for it answers without a body
        yield from _answer((name, "answer"), operation.result_type())
        if issubclass(operation, Paging):
            yield from _pagination((name, "answer", "meta"))


def _arguments(operation: type[Operation[Any]], name: str) -> Iterator[tuple[Place, Facts]]:
    schema = operation.model_json_schema()
    places = operation.places()
    if any(place.where == "body" for place in places.values()):
        yield (name, "body"), {"required": True, "type": "object"}
    for argument, place in places.items():
        where = (name, place.where, place.name)
        facts: Facts = {"required": argument in schema.get("required", [])}
        if isinstance(operation.model_construct().wire_value(argument, 0), str):  # a number, sent as text
            yield where, facts | {"type": "string"}
        else:
            yield from of_schema(
                schema, where, schema["properties"][argument] | _as_sent(operation, argument), facts
            )


def _as_sent(operation: type[Operation[Any]], argument: str) -> Facts:
    """Return where what is sent differs from what may be asked for: long lists are fetched in several pages."""
    return {"maximum": API_PAGE_SIZE} if issubclass(operation, Paging) and argument == "limit" else {}


def _answer(place: Place, annotation: Any) -> Iterator[tuple[Place, Facts]]:
    kind = _bare(annotation)
    if get_origin(kind) is list:
        yield place, {"type": "array"}
        yield from _answer((*place, "[]"), get_args(kind)[0])
    elif issubclass(kind, Page):
        yield place, {"type": "object"}
        yield from _answer((*place, "items"), kind.model_fields["items"].annotation)
    elif issubclass(kind, BaseModel):
        yield place, {"type": "object"}
        for name, field in kind.model_fields.items():
            yield from _answer((*place, _wire_name(name, field)), field.annotation)
    else:
        yield place, {"type": _KINDS[kind]}


def _pagination(place: Place) -> Iterator[tuple[Place, Facts]]:
    """Outline where a list gets its own fields from: `meta.pagination`."""
    yield place, {"type": "object"}
    yield (*place, "pagination"), {"type": "object"}
    for name, there in Page.PAGINATION.items():
        yield from _answer((*place, "pagination", there), Page.model_fields[name].annotation)


def _bare(annotation: Any) -> Any:
    """Return a type without its annotations, and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not NoneType))
    return annotation


def _wire_name(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else name
