"""A change before it happens: it can be shown, looked at once more, and carried out."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from thinkific_mcp.change import State
from thinkific_mcp.foreign_text import cleaned, quoted
from thinkific_mcp.guard.desk import Desk
from thinkific_mcp.guard.looks import Looks
from thinkific_mcp.guard.preview import Preview, fingerprint, preview_of, state_of
from thinkific_mcp.operation import Operation
from thinkific_mcp.results import plain
from thinkific_mcp.telemetry import traced


class Proposal(Protocol):
    """What somebody wants to be done."""

    @property
    def tool(self) -> str:
        """The tool that it is proposed by."""
        ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The tool's arguments, as JSON."""
        ...

    def is_asked_about(self, desk: Desk) -> bool:
        """Tell whether a person has to allow it."""
        ...

    async def preview(self, desk: Desk) -> Preview:
        """Look up what it is about, and say what will happen."""
        ...

    async def look_again(self, desk: Desk) -> State:
        """Read the target once more.

        Raises:
            ThinkificError: it cannot be read.
        """
        ...

    async def carry_out(self, desk: Desk, preview: Preview | None, before: State) -> Any:
        """Do it, and return what comes of it.

        Args:
            desk: where it goes over.
            preview: what the person allowed; None where nobody was asked.
            before: the target as it is now; empty where nobody looked.
        """
        ...


class Write:
    """One operation that changes something."""

    def __init__(self, operation: Operation[Any]) -> None:
        self.operation = operation

    @property
    def tool(self) -> str:
        """The operation's tool."""
        return self.operation.spec.name

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Its arguments."""
        return self.operation.model_dump(mode="json", warnings=False)

    def is_asked_about(self, desk: Desk) -> bool:
        """Ask the policy."""
        return desk.guard.asks(self.operation)

    @traced("guard preview")
    async def preview(self, desk: Desk) -> Preview:
        """Show the target and what goes along.

        Raises:
            NotAllowedError: this caller may not do it.
        """
        desk.permit(self.operation)
        looks = desk.looks(self.operation)
        shown = await preview_of(self.operation, looks, can_undo=desk.guard.journal is not None)
        return with_notes(shown, looks, desk)

    @traced("guard look again")
    async def look_again(self, desk: Desk) -> State:
        """Read the target."""
        target = self.operation.target()
        return {} if target is None else state_of(await desk.send(target, part=0.5))

    async def carry_out(self, desk: Desk, preview: Preview | None, before: State) -> Any:
        """Send it, after reading what it changes, where an undo needs that and nobody did yet."""
        if preview is None and desk.guard.reads_before and desk.guard.journal is not None:
            before = await self._before(desk)
        return await desk.write(
            self.operation,
            preview=preview.text if preview else "",
            before={**before, **(preview.kept if preview else {})},
            guarded=preview is not None or self.operation.needs_confirmation(desk.guard.now()),
        )

    async def _before(self, desk: Desk) -> State:
        read = self.operation.target()
        if read is None or not self.operation.needs_state_before():
            return {}
        looks = desk.looks(self.operation)
        target = await looks(read)
        if self.operation.spec.effect != "delete":
            return state_of(target)
        return {**state_of(target), **plain(dict((await self.operation.consequences(target, looks)).kept))}


def with_notes(shown: Preview, looks: Looks, desk: Desk) -> Preview:
    """Add to a preview what could not be looked up, and which school it is about."""
    notes = "".join(f"\n- {sentence}" for sentence in looks.unknown)
    return replace(shown, text=f"{shown.text}{notes}\n{school(desk)}")


def school(desk: Desk) -> str:
    """Say at which school, as far as the credentials tell."""
    site = desk.thinkific.site
    if re.fullmatch(r"token-[0-9a-f]{16}", site):
        return "School: that of the access token."
    return f"School: {quoted(cleaned(site))}."


def is_unchanged(preview: Preview, now: State) -> bool:
    """Tell whether the target still is as it was shown."""
    return preview.seen == fingerprint(now)


def digest(arguments: Mapping[str, Any]) -> str:
    """Return what stands for exactly these arguments."""
    return hashlib.sha256(json.dumps(arguments, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
