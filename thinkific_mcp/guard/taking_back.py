"""Taking back a change of the journal, as a proposal like any other."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar, cast

from thinkific_mcp.change import State, Step, Undoing
from thinkific_mcp.errors import ArgumentError, NotFoundError, ThinkificError, UnreachableError
from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.guard.desk import Desk
from thinkific_mcp.guard.journal import Change
from thinkific_mcp.guard.preview import Preview, fingerprint, preview_of, state_of
from thinkific_mcp.guard.proposals import digest, with_notes
from thinkific_mcp.guard.undo import step_operation, undoing_of
from thinkific_mcp.operation import Operation
from thinkific_mcp.telemetry import traced
from thinkific_mcp.wording import LONGEST_NAME, shown

R = TypeVar("R")

_CLAIMED_SECONDS = 120.0
_MOST_TOLD = 8
_TIME_LENGTH = len("2026-11-23T14:05:09Z")
_GONE = {"gone": True}


class TakeBack:
    """An undo.

    Args:
        change_id: the change, as the journal names it.
    """

    tool = "undo_change"

    def __init__(self, change_id: str) -> None:
        self._change_id = "".join(change_id.split()).strip("`").lower()

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Which change."""
        return {"change_id": self._change_id}

    def is_asked_about(self, desk: Desk) -> bool:
        """Always ask, but where nobody is asked about anything."""
        return desk.guard.mode != "never"

    @traced("guard preview")
    async def preview(self, desk: Desk) -> Preview:
        """Show what would come back, and what cannot.

        Raises:
            ArgumentError: there is no such change, or it cannot be taken back.
        """
        change, undoing = await self._planned(desk)
        found = await self._found(desk, undoing)
        looks = desk.looks()

        async def look(read: Operation[R]) -> R | None:
            return cast(R, found) if read == undoing.look else await looks(read)

        first = await preview_of(step_operation(undoing.steps[0], []), look, can_undo=None)
        lines = [f"Undo {change.intent.tool} of {cleaned(change.at[:_TIME_LENGTH])} ({change.id}):", first.text]
        lines += [f"- {loss}" for loss in undoing.losses]
        further = undoing.steps[1:]
        lines += [f"- Then {_told(step)}" for step in further[:_MOST_TOLD]]
        lines += [f"- Then {len(further) - _MOST_TOLD} more such steps"] * (len(further) > _MOST_TOLD)
        whole = replace(first, text="\n".join(lines), seen=fingerprint(_state(found)))
        return with_notes(whole, looks, desk)

    @traced("guard look again")
    async def look_again(self, desk: Desk) -> State:
        """Read what there is now.

        Raises:
            ArgumentError: it is not as the change left it any more.
        """
        _, undoing = await self._planned(desk)
        return _state(await self._found(desk, undoing))

    async def carry_out(self, desk: Desk, preview: Preview | None, before: State) -> str:
        """Carry out its steps, and say how far that went.

        Raises:
            ThinkificError: a step failed; the text says which were done.
        """
        site = desk.guard.site_of(desk.thinkific)
        memory, claim = desk.guard.memory, f"undo:{digest({'site': site, **self.arguments})}"
        if await memory.count(claim, _CLAIMED_SECONDS) > 1:
            raise ArgumentError(
                "Another call takes this change back at this moment. Look with list_changes in a minute."
            )
        made: list[State] = []
        try:
            return await self._carry_out(desk, preview, before, made)
        except ThinkificError:
            if not made:
                with suppress(UnreachableError):
                    await memory.take(claim)  # it may be tried again
            raise

    async def _carry_out(self, desk: Desk, preview: Preview | None, before: State, made: list[State]) -> str:
        change, undoing = await self._planned(desk)
        known = _state(await self._found(desk, undoing)) if preview is None else {**before, **preview.kept}
        for number, step in enumerate(undoing.steps):
            operation = step_operation(step, made)
            try:
                result = await desk.write(
                    operation,
                    preview=preview.text if preview else "",
                    before=known if number == 0 and operation.target() == undoing.look else {},
                    undoes=change.id,
                    guarded=True,
                )
            except ThinkificError as error:
                if not made:
                    raise
                done = f"{len(made)} of {len(undoing.steps)} steps were done (list_changes tells them)"
                raise ThinkificError(f"{done}; the rest is to be done by hand. {error}") from error
            made.append(state_of(result))
        losses = "".join(f" {loss}" for loss in undoing.losses)
        return f"Change {change.id} ({change.intent.tool}) was undone.{losses}"

    async def _planned(self, desk: Desk) -> tuple[Change, Undoing]:
        journal = desk.guard.journal
        changes = await journal.changes(desk.guard.site_of(desk.thinkific)) if journal else []
        mine = [change for change in changes if change.intent.caller == desk.caller]
        found = next((change for change in mine if change.id == self._change_id), None)
        if found is None:
            raise ArgumentError("There is no such change here: list_changes tells the ids. Nothing was sent.")
        undoing = undoing_of(found)
        if withheld := withheld_from(undoing, desk):
            raise ArgumentError(f"{found.id} cannot be undone: this server does not offer {', '.join(withheld)}.")
        tried = next(
            (each.id for each in changes if each.intent.undoes == found.id and each.outcome == "unknown"), ""
        )
        if tried:
            raise ArgumentError(
                f"It may have been undone already: how {tried} ended is not known. Look first, and do the rest "
                "by hand. Nothing was sent."
            )
        return found, undoing

    async def _found(self, desk: Desk, undoing: Undoing) -> Any:
        """Return what there is now; None where it is gone.

        Raises:
            ArgumentError: it is not as the change left it any more.
        """
        try:
            found = await desk.send(undoing.look)
        except NotFoundError:
            found = None
        if not undoing.is_as_left(None if found is None else state_of(found)):
            became = "is gone" if found is None else "was changed since"
            raise ArgumentError(f"What the change was about {became}: it cannot be undone. Nothing was sent.")
        return found


def withheld_from(undoing: Undoing, desk: Desk) -> list[str]:
    """Return the tools that an undo would use although the operator left them out."""
    return sorted({step.operation.spec.name for step in undoing.steps} - desk.offered)


def _state(found: Any) -> State:
    # That a record is gone was seen: it is not the empty state of what nobody could look at.
    return _GONE if found is None else state_of(found)


def _told(step: Step) -> str:
    given = ", ".join(f"{name} {shown(value, LONGEST_NAME)}" for name, value in step.arguments.items())
    return f"{step.operation.spec.title.lower()}: {given}"
