"""The guard that the settings describe."""

import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from thinkific_mcp.guard.journal import Journal
from thinkific_mcp.guard.journal_path import journal_path
from thinkific_mcp.guard.memory import Memory, ProcessMemory
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.server.extras import needed_for
from thinkific_mcp.settings import Settings, variable

_logger = logging.getLogger(__name__)


def guard_of(settings: Settings, *, approve: Callable[[str], None] | None = None) -> Guard:
    """Return the guard that the settings describe.

    Args:
        settings: what the operator set.
        approve: allows every change, and is told its preview; by default a person is asked.

    Raises:
        SettingsError: Redis is to be used and cannot be.
    """
    path = journal_path(settings)
    return Guard(
        mode=settings.confirm,
        codes=settings.confirm_codes,
        dry_run=settings.dry_run,
        approve=approve,
        journal=Journal(path, now=_now) if path else None,
        reads_before=settings.undo,
        memory=_memory(settings),
        school=_school(settings),
    )


def warn_if_open(settings: Settings) -> None:
    """Say loudly that nobody will be asked."""
    if settings.confirm == "never" and not (settings.read_only or settings.dry_run):
        _logger.warning(
            "CONFIRMATION IS OFF (THINKIFIC_CONFIRM=never): deletions, money, roles and scripts on live pages are "
            "carried out as an agent asks, without a person's yes."
        )


def _memory(settings: Settings) -> Memory:
    if not settings.redis_url:
        return ProcessMemory()
    with needed_for(variable("redis_url")):
        from thinkific_mcp.guard.redis import RedisMemory
    return RedisMemory(settings.redis_url.get_secret_value())


def _school(settings: Settings) -> str:
    """Name the demo school that is meant: there are as many as data files, and a new one in each process."""
    if not settings.sandbox:
        return ""
    return f"sandbox in {settings.data.resolve()}" if settings.data else f"sandbox {secrets.token_hex(4)}"


def _now() -> datetime:
    return datetime.now(UTC)
