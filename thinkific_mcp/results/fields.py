"""The fields of a result by name, nested by dot: which there are, and data with only some of them."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast, get_args, get_origin

from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.nearest import nearest
from thinkific_mcp.result import Page, Result

_MOST_NAMES = 100
_LONGEST_NAME = 200
_MOST_TOLD = 5
_LONGEST_TOLD = 60

Tree = dict[str, "Tree | None"]
"""What to keep of an object, by name: all of a field, or only what its own tree names."""


def record_kind(kind: Any) -> Any:
    """Return the type of one record: of a page its rows', of a list its items', of anything else itself."""
    if isinstance(kind, type) and issubclass(kind, Page):
        return record_kind(fields_of(kind)["items"].annotation)
    parts = [part for part in get_args(kind) if part is not type(None)]
    if get_origin(kind) is Annotated or parts:
        return record_kind(parts[0])
    return cast(Any, kind)


def below(kind: Any, name: str) -> Any:
    """Return the type of a field's records; None where the type says nothing of them."""
    field = fields_of(kind).get(name)
    return None if field is None else record_kind(field.annotation)


def fields_of(kind: Any) -> Mapping[str, Any]:
    """Return all fields of a record's type; none where it has no fields of its own."""
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, Result) else {}


def check_fields(kind: Any, names: Sequence[str]) -> tuple[str, ...]:
    """Check names of fields; `items.` before a name is taken off a list's.

    Args:
        kind: the type of the result.
        names: such as `email` or `custom_profile_fields.label`.

    Returns:
        The names, each once.

    Raises:
        ArgumentError: names each that there is not, and the nearest one there is, or all; or there are over 100,
            or one has over 200 characters.
    """
    record, named = record_kind(kind), dict.fromkeys(names)
    if len(named) > _MOST_NAMES or any(len(name) > _LONGEST_NAME for name in named):
        most = f"{_MOST_NAMES} names of at most {_LONGEST_NAME} characters"
        raise ArgumentError(f"fields: should be at most {most}. Nothing was sent.")
    found = {name: _canonical(record, name) for name in named}
    unknown = [name for name, there in found.items() if there is None]
    if unknown:
        told = [_unknown(record, name) for name in unknown[:_MOST_TOLD]]
        more = [f"{len(unknown) - len(told)} more are unknown."] if len(unknown) > len(told) else []
        raise ArgumentError(f"fields: {' '.join(dict.fromkeys(told + more))} Nothing was sent.")
    return tuple(dict.fromkeys(filter(None, found.values())))


def keep_fields(data: Any, names: Sequence[str]) -> Any:
    """Return plain data with only the fields named; all of it where none is named."""
    return _kept(data, _tree(names)) if names else data


def _canonical(kind: Any, name: str) -> str | None:
    if _is_known(kind, name):
        return name
    inner = name.removeprefix("items.")
    return inner if inner != name and _is_known(kind, inner) else None


def _is_known(kind: Any, name: str) -> bool:
    for part in name.split("."):
        if kind is Any:
            return bool(part)
        if part not in fields_of(kind):
            return False
        kind = below(kind, part)
    return True


def _unknown(kind: Any, name: str) -> str:
    """Say that there is no such field, and which ones there are where it goes wrong."""
    *path, last = name.split(".")
    above: list[str] = []
    while path and _is_known(kind, ".".join([*above, path[0]])):
        above.append(path.pop(0))
    place, last = kind, [*path, last][0]
    for part in above:
        place = below(place, part)
    shown = re.sub(r"[^\w.-]", "?", name)[:_LONGEST_TOLD]
    start = "".join(f"{part}." for part in above)
    known = list(fields_of(place))
    if not known:
        return f"there is no {shown}; did you mean {start.rstrip('.')}?"
    near = nearest(last, known)
    if near:
        return f"there is no {shown}; did you mean {start}{near}?"
    return f"there is no {shown}; known are: {', '.join(start + each for each in place.shown_fields())}."


def _tree(names: Sequence[str]) -> Tree:
    root: Tree = {}
    for name in names:
        node, (*path, last) = root, name.split(".")
        for part in path:
            inner = node.setdefault(part, {})
            if inner is None:  # asked for as a whole, too
                break
            node = inner
        else:
            node[last] = None
    return root


def _kept(data: Any, tree: Tree) -> Any:
    if isinstance(data, list):
        return [_kept(part, tree) for part in cast(list[Any], data) if isinstance(part, dict | list)]
    parts = cast(dict[str, Any], data)
    kept: dict[str, Any] = {}
    for name, inner in tree.items():
        value = parts.get(name)
        if inner is None:
            kept |= {name: value} if name in parts else {}
        elif isinstance(value, dict | list):
            kept[name] = _kept(value, inner)
    return kept
