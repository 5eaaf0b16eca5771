"""Which of the 77 operations, and of the tools of the journal, a server offers."""

from collections.abc import Iterable, Sequence

from thinkific_mcp.api import TOOLSETS
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.guard.changes import CHANGES
from thinkific_mcp.guard.journal_path import journal_path
from thinkific_mcp.nearest import nearest
from thinkific_mcp.operation import Offer
from thinkific_mcp.settings import Settings, variable

_CHANGES = "changes"
_LONGEST_NAME = 60
JOURNAL_TOOLS = {offer.spec.name: offer for offer in CHANGES}
"""The tools that there are only where changes are written down."""


def select(
    *,
    toolsets: Sequence[str] = (),
    tools: Sequence[str] = (),
    exclude_tools: Sequence[str] = (),
    read_only: bool = False,
    changes: bool = False,
) -> list[type[Offer]]:
    """Choose tools: toolsets and tools add up, exclusions subtract, read-only beats all.

    Args:
        toolsets: names of toolsets to offer; with no `tools` either, everything is offered.
        tools: names of single tools to offer.
        exclude_tools: names of tools to leave out.
        read_only: offer only what changes nothing.
        changes: whether the tools of the journal can be offered.

    Raises:
        SettingsError: a name is not known, and the error lists those that are; or it needs the journal.
    """
    if not changes:
        _refuse_journal([*toolsets, *tools])
        exclude_tools = [name for name in exclude_tools if name not in JOURNAL_TOOLS]
    known: dict[str, Sequence[type[Offer]]] = {**TOOLSETS, **({_CHANGES: CHANGES} if changes else {})}
    offers = {offer.spec.name: offer for toolset in known.values() for offer in toolset}
    _check("toolset", toolsets, known)
    _check("tool", [*tools, *exclude_tools], offers)
    wanted = set(tools) | {offer.spec.name for name in toolsets for offer in known[name]}
    if not toolsets and not tools:
        wanted = set(offers)
    return [
        offer
        for name, offer in offers.items()
        if name in wanted - set(exclude_tools) and (offer.spec.effect == "read" or not read_only)
    ]


def offered(settings: Settings) -> list[type[Offer]]:
    """Choose the tools that the settings leave.

    Raises:
        SettingsError: as `select` says.
    """
    return select(
        toolsets=settings.toolsets,
        tools=settings.tools,
        exclude_tools=settings.exclude_tools,
        read_only=settings.read_only,
        changes=journal_path(settings) is not None,
    )


def check_journal(names: Iterable[str], settings: Settings) -> None:
    """Refuse what needs the journal where that is off.

    Args:
        names: of tools and toolsets.
        settings: what the operator set.

    Raises:
        SettingsError: one of them needs it.
    """
    if journal_path(settings) is None:
        _refuse_journal(names)


def _refuse_journal(names: Iterable[str]) -> None:
    for name in names:
        if name == _CHANGES or name in JOURNAL_TOOLS:
            raise SettingsError(f"{name} needs the journal, which is off: set {variable('journal')} to a file.")


def _check(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    valid = list(known)
    for name in names:
        if name not in valid:
            near = nearest(name, valid)
            hint = f" Did you mean {near}?" if near else ""
            raise SettingsError(
                f"There is no {kind} {name[:_LONGEST_NAME]!r}.{hint} Valid {kind}s: {', '.join(valid)}."
            )
