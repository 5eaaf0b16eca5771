"""What a tool answers: results, failures, and what became of asking somebody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from mcp_types import CallToolResult, TextContent

from thinkific_mcp.operation import Operation, Paging
from thinkific_mcp.result import Page
from thinkific_mcp.results import compact, part_of_list, plain
from thinkific_mcp.telemetry import count_confirmation

Status = Literal["required", "declined", "cancelled", "expired", "changed"]


def answer(operation: Operation[Any], result: Any) -> CallToolResult:
    """Answer with what an operation gave."""
    if result is None:
        done = operation.receipt()
        return content({"done": done}, done)
    if isinstance(result, Page):
        page = cast(Page[Any], result)
        return answer_page(page, operation.page_size() if isinstance(operation, Paging) else None)
    data: Mapping[str, Any] = plain(result)
    return content(data, compact(data))


def answer_page(page: Page[Any], size: int | None = None) -> CallToolResult:
    """Answer with a page of a list.

    Args:
        page: the page.
        size: how many items a full page has; as many as this one by default.
    """
    data: Mapping[str, Any] = plain(page)
    part = part_of_list(page, len(page.items) if size is None else size)
    return content(data, compact({"items": data["items"]}), part)


def confirmation(
    status: Status, words: str, *, preview: str = "", code: str = "", expires_at: datetime | None = None
) -> CallToolResult:
    """Answer that nothing was done, and why.

    Args:
        status: what became of asking.
        words: the same for the model, who passes it on.
        preview: what would happen.
        code: what lets the same call act.
        expires_at: until when it does.
    """
    said = {
        "status": status,
        "preview": preview,
        "code": code,
        "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}" if expires_at else "",
    }
    told = {name: value for name, value in said.items() if value}
    count_confirmation(status)
    return content({"confirmation": told}, *([preview] if preview else []), words)


def failure(words: str) -> CallToolResult:
    """Answer that a call failed."""
    return CallToolResult(content=[TextContent(type="text", text=words)], is_error=True)


def content(data: Mapping[str, Any], *texts: str) -> CallToolResult:
    """Answer with data, and what a model reads of it."""
    return CallToolResult(
        content=[TextContent(type="text", text=text) for text in texts], structured_content=dict(data)
    )
