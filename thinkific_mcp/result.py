"""What comes back: records that may lack anything, and pages of them."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo

from thinkific_mcp.values import AsItCame, Boolean, Deprecated, Integer, Text

T = TypeVar("T")


class Result(BaseModel):
    """Base of what comes back: every field may be missing, null or unknown to us."""

    model_config = ConfigDict(extra="allow", defer_build=True, hide_input_in_errors=True)

    told_by: ClassVar[tuple[str, ...]] = ()
    """What tells most of one within a cell of a table, the first field as its name; empty where all fields do."""

    @classmethod
    @cache
    def shown_fields(cls) -> Mapping[str, FieldInfo]:
        """Return the fields that are worth reading: all but those that only old themes use."""
        return {
            name: field
            for name, field in cls.model_fields.items()
            if not any(isinstance(mark, Deprecated) for mark in field.metadata)
        }

    @model_validator(mode="before")
    @classmethod
    def _not_an_object(cls, data: Any) -> Any:
        return cast(Any, data) if isinstance(data, dict | BaseModel) else {"answer": data}


class Page(Result, Generic[T]):
    """One page of a list, and where it stands in the whole.

    The last three are ours, where one call took several requests: whether every row that was asked for was read
    and, if not, what stopped it and where to go on.
    """

    PAGINATION: ClassVar[Mapping[str, str]] = {
        "page": "current_page",
        "next_page": "next_page",
        "total_pages": "total_pages",
        "total_items": "total_items",
    }
    """The fields that Thinkific answers in `meta.pagination`, and their names there."""

    items: Annotated[list[T], AsItCame] = []
    page: Integer = None
    next_page: Integer = None
    total_pages: Integer = None
    total_items: Integer = None
    complete: Boolean = None
    stopped: Text = None
    go_on: Text = None

    @model_validator(mode="before")
    @classmethod
    def _lift_pagination(cls, data: Any) -> Any:
        if isinstance(data, list):
            return {"items": cast(Any, data)}
        if not isinstance(data, dict):
            return data
        answer = dict(cast(Mapping[str, Any], data))
        if not isinstance(items := answer.get("items"), list):
            answer["items"] = [] if items is None else [items]
        pagination = _mapping(_mapping(answer.pop("meta", None)).get("pagination"))
        answer |= dict.fromkeys(("complete", "stopped", "go_on"))
        return answer | {name: pagination.get(there) for name, there in cls.PAGINATION.items()}


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}
