from copy import deepcopy
from typing import Any, cast

GONE = object()

Document = dict[str, Any]


def altered(document: Document, *keys: str, to: Any) -> Document:
    """Return a copy of a document with another value at one place; a parameter is found by its name."""
    copy = deepcopy(document)
    node: Any = copy
    for key in keys[:-1]:
        node = named(node, key) if isinstance(node, list) else node[key]
    if isinstance(node, list):
        cast(list[Document], node).remove(named(node, keys[-1]))
    elif to is GONE:
        del node[keys[-1]]
    else:
        node[keys[-1]] = to
    return copy


def named(parameters: Any, name: str) -> Document:
    return next(part for part in cast(list[Document], parameters) if part["name"] == name)
