"""Results as plain data: no nulls, no fields that only old themes use, no text that cannot be sent on."""

from typing import Any, cast

from pydantic import BaseModel

from thinkific_mcp.values import Deprecated


def plain(value: Any) -> Any:
    """Turn a result into dictionaries and lists, its own fields first, unknown ones after them."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        shown = {
            name: getattr(value, name)
            for name, field in fields.items()
            if not any(isinstance(mark, Deprecated) for mark in field.metadata)
        }
        return plain(shown | (value.model_extra or {}))
    if isinstance(value, dict):
        parts = cast(dict[str, Any], value)
        return {plain(str(name)): plain(part) for name, part in parts.items() if part is not None}
    if isinstance(value, list):
        return [plain(part) for part in cast(list[Any], value)]
    if isinstance(value, str):
        # JSON can escape half of a surrogate pair, which has no place in UTF-8.
        return value.encode("utf-8", "replace").decode()
    return value
