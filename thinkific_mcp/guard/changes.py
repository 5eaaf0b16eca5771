"""The journal as tools: what was changed, and taking it back."""

from typing import Annotated, Any, cast

from pydantic import Field, WithJsonSchema
from pydantic_core import MISSING

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.errors import ArgumentError
from thinkific_mcp.guard.desk import Desk
from thinkific_mcp.guard.journal import Change
from thinkific_mcp.guard.taking_back import withheld_from
from thinkific_mcp.guard.undo import undoing_of
from thinkific_mcp.operation import Offer, Spec
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import PageSize, Text

_LONGEST_VALUE = 200


def _spec(name: str, *, effect: Any) -> Spec:
    return Spec(
        name=name,
        title=name.replace("_", " ").capitalize(),
        toolset="changes",
        method="GET" if effect == "read" else "POST",
        path="",
        operation_id="",
        effect=effect,
        destructive=effect != "read",
        idempotent=effect == "read",
        guarded="" if effect == "read" else "changes what is there",
        is_always_guarded=effect != "read",
        undo="",
        target=None,
        done="",
    )


class RecordedChange(Result):
    """A change as it was written down; `undo` says what undo_change does about it, if anything."""

    change_id: Text = None
    at: Text = None
    tool: Text = None
    outcome: Text = None
    receipt: Text = None
    undo: Text = None
    undone_by: Text = None
    undoes: Text = None
    arguments: Annotated[Any, WithJsonSchema({})] = None
    client: Text = None


class ListChanges(Offer):
    """List what was changed through this server, newest first: when, by which tool, whether it went through, and
    whether undo_change can take it back. Kept for 90 days.
    """

    spec = _spec("list_changes", effect="read")

    limit: PageSize | MISSING = Field(default=MISSING, description="Default 25.")

    @classmethod
    def result_type(cls) -> Any:
        """Return a page of changes."""
        return Page[RecordedChange]


class UndoChange(Offer):
    """Take back a change. Refused where the record was changed since. Ids: list_changes."""

    spec = _spec("undo_change", effect="update")

    change_id: str = Field(description="Such as c-4k2mqx7zja.")


CHANGES: tuple[type[Offer], ...] = (ListChanges, UndoChange)


async def list_changes(asked: ListChanges, desk: Desk) -> Page[RecordedChange]:
    """Return the latest changes of this caller at this site.

    Raises:
        ArgumentError: nothing is written down.
        JournalError: the journal cannot be read.
    """
    if desk.guard.journal is None:
        raise ArgumentError("Changes are not written down: THINKIFIC_JOURNAL is off.")
    changes = await desk.guard.journal.changes(desk.guard.site_of(desk.thinkific))
    mine = [change for change in changes if change.intent.caller == desk.caller]
    latest = [_row(change, desk) for change in mine[: 25 if asked.limit is MISSING else asked.limit]]
    pagination = {"current_page": 1, "total_items": len(mine)}
    return Page[RecordedChange].model_validate({"items": latest, "meta": {"pagination": pagination}})


def _row(change: Change, desk: Desk) -> dict[str, Any]:
    return {
        "change_id": change.id,
        "at": change.at,
        "tool": change.intent.tool,
        "arguments": {name: _short(value) for name, value in change.intent.arguments.items()},
        "outcome": change.outcome,
        "receipt": change.receipt or None,
        "undo": _undo(change, desk),
        "undone_by": change.undone_by or None,
        "undoes": change.intent.undoes or None,
        "client": change.intent.client or None,
    }


def _undo(change: Change, desk: Desk) -> str | None:
    try:
        withheld = withheld_from(undoing_of(change), desk)
    except ArgumentError:
        return None
    if withheld or UndoChange.spec.name not in desk.offered:
        return None
    return OPERATIONS[change.intent.tool].spec.undo


def _short(value: Any) -> Any:
    match value:
        case str() if len(value) > _LONGEST_VALUE:
            return f"{value[:_LONGEST_VALUE]}… ({len(value)} characters)"
        case list():
            return [_short(part) for part in cast(list[Any], value)]
        case dict():
            return {name: _short(part) for name, part in cast(dict[str, Any], value).items()}
        case _:
            return value
