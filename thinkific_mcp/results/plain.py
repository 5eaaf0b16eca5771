"""Results as plain data: no nulls, no fields that only old themes use, nothing nested beyond reading."""

from typing import Any, cast

from thinkific_mcp.result import Result

# Thinkific's answers are five levels deep; what writes JSON for a host gives up at some 250.
_DEEPEST = 50


def plain(value: Any, depth: int = 0) -> Any:
    """Turn a result into dictionaries and lists, its own fields first, unknown ones after them."""
    if isinstance(value, Result):
        shown = {name: getattr(value, name) for name in value.shown_fields()}
        return plain(shown | (value.model_extra or {}), depth)
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        parts = cast(dict[str, Any], value)
        return {name: plain(part, depth + 1) for name, part in parts.items() if part is not None}
    if isinstance(value, list):
        return [plain(part, depth + 1) for part in cast(list[Any], value)]
    return value
