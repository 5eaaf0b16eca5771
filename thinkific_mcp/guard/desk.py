"""The desk that the changes of one tool call go over: it reads, writes, and keeps the journal."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio

from thinkific_mcp.change import State
from thinkific_mcp.client import Thinkific
from thinkific_mcp.client.patience import Report
from thinkific_mcp.errors import JournalError, NotAllowedError, ThinkificError, UnknownOutcomeError
from thinkific_mcp.guard.journal import Intent, Outcome
from thinkific_mcp.guard.looks import Looks
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.guard.preview import state_of
from thinkific_mcp.operation import Operation
from thinkific_mcp.telemetry import span

R = TypeVar("R")

_logger = logging.getLogger(__name__)

_FOR_THE_JOURNAL = 5.0


@dataclass
class Desk:
    """Where one call's reads and writes go over, up to a question, and again from its answer on.

    All of them together have the time of one call; the time of a person who is asked is not counted.

    Args:
        guard: what is asked, and what is remembered.
        thinkific: the site.
        offered: the tools that the operator offers.
        caller: who calls; empty where the server serves one person.
        client: which program calls, and its version.
        may_destroy: whether the caller may do what a person is asked about.
        report: is told what a call waits for.
    """

    guard: Guard
    thinkific: Thinkific
    offered: frozenset[str]
    caller: str = ""
    client: str = ""
    may_destroy: bool = True
    report: Report | None = None
    _spent: float = field(default=0, init=False)

    async def send(self, operation: Operation[R], *, part: float = 1) -> R:
        """Carry out an operation in the time that is left.

        Args:
            operation: what to do.
            part: how much of a call's whole time it may take at most.

        Raises:
            ThinkificError: as `Thinkific` says.
        """
        whole = self.thinkific.deadline
        left = max(0.001, min(whole * part, whole - self._spent)) if whole else 0
        started = anyio.current_time()
        try:
            return await self.thinkific(operation, report=self.report, deadline=left)
        finally:
            self._spent += anyio.current_time() - started

    def looks(self, operation: Operation[Any] | None = None) -> Looks:
        """Return what reads for a preview of this operation."""
        return Looks(self.send, None if operation is None else operation.target())

    def permit(self, operation: Operation[Any]) -> None:
        """Refuse what this caller may not do.

        Raises:
            NotAllowedError: a person has to be asked about it, and this caller may do nothing of that kind.
        """
        if not self.may_destroy and operation.needs_confirmation(self.guard.now()):
            raise NotAllowedError(
                f"Not with this token: it lacks the scope `destructive`, which {operation.spec.name} needs with "
                "these arguments. Nothing was done. Ask whoever gave you the token."
            )

    async def write(
        self,
        operation: Operation[R],
        *,
        preview: str = "",
        before: Mapping[str, Any] | None = None,
        undoes: str = "",
        guarded: bool,
    ) -> R:
        """Carry out a write, and keep it in the journal.

        Args:
            operation: the write.
            preview: what the person was shown.
            before: what was there before.
            undoes: the change that it takes back.
            guarded: whether it must not happen where the journal cannot be written.

        Raises:
            NotAllowedError: this caller may not; nothing was sent.
            JournalError: the journal cannot be written; nothing was sent.
            ThinkificError: as `Thinkific` says.
        """
        self.permit(operation)
        change = await self._intend(operation, preview, before or {}, undoes, guarded=guarded)
        try:
            result = await self.send(operation)
        except UnknownOutcomeError as error:
            await self._conclude(change, Outcome("unknown", str(error), {}))
            raise
        except ThinkificError as error:
            await self._conclude(change, Outcome("refused", str(error), {}))
            raise
        receipt = operation.receipt() if operation.spec.done else f"{operation.spec.title}: done."
        await self._conclude(change, Outcome("applied", receipt, state_of(result)))
        return result

    async def _intend(
        self, operation: Operation[Any], preview: str, before: State, undoes: str, *, guarded: bool
    ) -> str | None:
        if self.guard.journal is None:
            return None
        intent = Intent(
            site=self.guard.site_of(self.thinkific),
            caller=self.caller,
            client=self.client,
            tool=operation.spec.name,
            arguments=operation.model_dump(mode="json", warnings=False),
            preview=preview,
            before=before,
            undoes=undoes,
        )
        try:
            with span("journal intend"):
                return await self.guard.journal.intend(intent)
        except JournalError as error:
            if guarded:
                raise JournalError(f"{error} Nothing was sent.") from None
            _logger.warning("%s is sent without being written down: %s", operation.spec.name, error)
            return None

    async def _conclude(self, change: str | None, outcome: Outcome) -> None:
        if change is None or self.guard.journal is None:
            return
        # What happened is written down, even when nobody waits for the answer any more.
        with anyio.move_on_after(_FOR_THE_JOURNAL, shield=True), span("journal conclude"):
            try:
                await self.guard.journal.conclude(change, outcome)
            except JournalError as error:
                _logger.warning("The outcome of change %s is not in the journal: %s", change, error)
