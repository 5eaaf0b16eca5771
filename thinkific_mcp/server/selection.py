"""Which of the 77 operations a server offers."""

from collections.abc import Iterable, Sequence
from typing import Any

from thinkific_mcp.api import OPERATIONS, TOOLSETS
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.nearest import nearest
from thinkific_mcp.operation import Operation
from thinkific_mcp.settings import Settings


def select(
    *,
    toolsets: Sequence[str] = (),
    tools: Sequence[str] = (),
    exclude_tools: Sequence[str] = (),
    read_only: bool = False,
) -> list[type[Operation[Any]]]:
    """Choose operations: toolsets and tools add up, exclusions subtract, read-only beats all.

    Args:
        toolsets: names of toolsets to offer; with no `tools` either, everything is offered.
        tools: names of single tools to offer.
        exclude_tools: names of tools to leave out.
        read_only: offer only what changes nothing.

    Raises:
        SettingsError: a name is not known; the error lists those that are.
    """
    _check("toolset", toolsets, TOOLSETS)
    _check("tool", [*tools, *exclude_tools], OPERATIONS)
    wanted = set(tools) | {operation.spec.name for name in toolsets for operation in TOOLSETS[name]}
    if not toolsets and not tools:
        wanted = set(OPERATIONS)
    return [
        operation
        for name, operation in OPERATIONS.items()
        if name in wanted - set(exclude_tools) and (operation.spec.effect == "read" or not read_only)
    ]


def offered(settings: Settings) -> list[type[Operation[Any]]]:
    """Choose the operations that the settings leave.

    Raises:
        SettingsError: a name is not known.
    """
    return select(
        toolsets=settings.toolsets,
        tools=settings.tools,
        exclude_tools=settings.exclude_tools,
        read_only=settings.read_only,
    )


def _check(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    valid = list(known)
    for name in names:
        if name not in valid:
            near = nearest(name, valid)
            hint = f" Did you mean {near}?" if near else ""
            raise SettingsError(f"There is no {kind} {name!r}.{hint} Valid {kind}s: {', '.join(valid)}.")
