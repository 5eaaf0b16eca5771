"""What a tool answers: results, failures, and what became of asking somebody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from mcp_types import CallToolResult, ResourceLink, TextContent

from thinkific_mcp.api.lookups import witness
from thinkific_mcp.operation import Offer, Operation, Paging
from thinkific_mcp.result import Page
from thinkific_mcp.results import csv_file
from thinkific_mcp.results.bound import Bound, Bounded, bounded_page, bounded_record
from thinkific_mcp.results.fields import keep_fields
from thinkific_mcp.results.form import TABLES, Form
from thinkific_mcp.results.layout import laid_out, unseen_fields
from thinkific_mcp.results.plain import readable
from thinkific_mcp.results.text import rows_before
from thinkific_mcp.server.kept import Kept
from thinkific_mcp.telemetry import count_confirmation

Status = Literal["required", "declined", "cancelled", "expired", "changed"]

_IN_FILE = "All that was read is in the linked file."


def answer(
    asked: Offer, result: Any, *, form: Form = TABLES, fields: Sequence[str] = (), kept: Kept | None = None
) -> CallToolResult:
    """Answer with what a tool gave.

    Args:
        asked: the call.
        result: what it gave; None where that is only that it was done.
        form: how it is written.
        fields: what of it is shown; all by default.
        kept: where what is too long can be had whole; None where it cannot.
    """
    if result is None:
        done = cast(Operation[Any], asked).receipt()
        return content({"done": done}, done)
    kind = asked.result_type()
    bound = _bound(asked, fields, form, kept, is_list=isinstance(result, Page))
    if isinstance(result, Page):
        page = cast(Page[Any], result)
        rows = keep_fields(readable(page.items, all_fields=bool(fields)), fields)
        shown = _shown_page(asked, page, rows, form, fields, bound)
    else:
        rows = [keep_fields(readable(result, all_fields=bool(fields)), fields)]
        shown = bounded_record(rows[0], bound)
    links = [] if shown.is_whole or kept is None else [kept.keep(asked.spec.name, csv_file(rows, kind, fields))]
    return content(shown.data, *shown.texts, links=links)


def _shown_page(
    asked: Offer, page: Page[Any], rows: list[Any], form: Form, fields: Sequence[str], bound: Bound
) -> Bounded:
    kind = asked.result_type()
    # A write has no fields to name.
    may_name = asked.spec.effect == "read" and not fields
    unseen: Sequence[str] = unseen_fields(kind, page.items) if may_name else ()
    layout = laid_out(rows, kind, form, fields, unseen)
    data: Mapping[str, Any] = {**readable(page.model_copy(update={"items": []})), "items": rows}
    page_size = asked.page_size() if isinstance(asked, Paging) else None
    before = rows_before(page, len(rows) if page_size is None else page_size)
    return bounded_page(page, data, layout, bound, before, goes_on=page_size is not None)


def _bound(asked: Offer, fields: Sequence[str], form: Form, kept: Kept | None, *, is_list: bool) -> Bound:
    """Return how long an answer may be, and how else to get at what is left out of it."""
    elsewhere = "" if kept is None else _IN_FILE
    if asked.spec.effect == "read":
        few = "name fewer fields" if len(fields) > 1 else ""
        hint = few if fields else "name the fields you need" if is_list else "get each by its name in fields"
        return Bound(form.limit, hint, elsewhere)
    lookup = witness(cast(Operation[Any], asked))
    return Bound(form.limit, f"read the rest with {lookup}" if lookup else "", elsewhere)


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


def content(data: Mapping[str, Any], *texts: str, links: Sequence[ResourceLink] = ()) -> CallToolResult:
    """Answer with data, what a model reads of it, and links to more."""
    blocks = [TextContent(type="text", text=text) for text in texts]
    return CallToolResult(content=[*blocks, *links], structured_content=dict(data))
