"""Which changes are asked about, and what the guard remembers with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from thinkific_mcp.client import BASE_URL, Thinkific
from thinkific_mcp.guard.journal import Journal
from thinkific_mcp.guard.memory import Memory, ProcessMemory
from thinkific_mcp.operation import Offer, Operation

_HOST = urlsplit(BASE_URL).netloc

Mode = Literal["destructive", "writes", "never"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Guard:
    """What stands before a change.

    Args:
        mode: what is asked about: what is `destructive` (see `guarded` of an operation), all `writes`, or `never`.
        codes: whether a client that cannot ask gets a code; without, such changes are refused.
        dry_run: every write answers with its preview, and nothing is sent.
        approve: allows everything by itself, and is told each preview; for whoever said yes beforehand.
        journal: where changes are written down; None where they are not.
        reads_before: whether an update reads first what it changes, for an undo.
        memory: where questions and codes wait.
        school: what the journal calls the site; by default its subdomain, with the host where that is another.
        now: the clock.
    """

    mode: Mode = "destructive"
    codes: bool = True
    dry_run: bool = False
    approve: Callable[[str], None] | None = None
    journal: Journal | None = None
    reads_before: bool = True
    memory: Memory = field(default_factory=ProcessMemory)
    school: str = ""
    now: Callable[[], datetime] = _now

    def asks(self, operation: Operation[Any]) -> bool:
        """Tell whether a person has to allow this very call."""
        if self.mode == "destructive":
            return operation.needs_confirmation(self.now())
        return self.mode == "writes" and operation.spec.effect != "read"

    def may_ask(self, offer: type[Offer]) -> bool:
        """Tell whether calls of this tool are ever asked about."""
        if self.mode == "destructive":
            return bool(offer.spec.guarded)
        return self.mode == "writes" and offer.spec.effect != "read"

    def site_of(self, thinkific: Thinkific) -> str:
        """Return what the journal and the codes call the site: a stand-in is another one than the real."""
        place = "" if thinkific.host == _HOST else f" at {thinkific.host}"
        return self.school or f"{thinkific.site}{place}"
