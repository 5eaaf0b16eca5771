"""`thinkific-mcp doctor`: whether everything is set right, and what to tell the host."""

import json
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import anyio
from pydantic import SecretStr

from thinkific_mcp.api.courses import ListCourses
from thinkific_mcp.api.site_scripts import ListSiteScripts
from thinkific_mcp.client import BASE_URL, Thinkific
from thinkific_mcp.errors import ScopeError, SettingsError, ThinkificError
from thinkific_mcp.guard.journal_path import journal_path
from thinkific_mcp.guard.journal_trial import try_journal
from thinkific_mcp.server import check_upstream, offered, open_upstream
from thinkific_mcp.settings import HostingSettings, Settings, options, variable

_OF_THE_GUARD = ("confirm_codes", "journal", "undo")


def examine(settings: Settings) -> int:
    """Check the settings and try the credentials; print what was found and what to do.

    Returns:
        0 when a host could start the server now and have changes made, 1 otherwise.
    """
    is_well = anyio.run(_examine, settings)
    print("\nFor Claude Desktop (claude_desktop_config.json):\n")
    print(json.dumps({"mcpServers": {"thinkific": _host_entry(settings)}}, indent=2))
    return 0 if is_well else 1


async def _examine(settings: Settings) -> bool:
    try:
        check_upstream(settings)
        offers = offered(settings)
    except SettingsError as error:
        _print("FAIL", "settings", str(error))
        return False
    _print("ok", "settings", _identity(settings))
    _print("ok", "budget", _budget(settings))
    _print("ok", "tools", f"{len(offers)} are offered" + (", none that changes anything" * settings.read_only))
    is_well = True
    if not settings.read_only:
        is_well = _examine_guard(settings, [offer.spec.name for offer in offers])
    try:
        async with open_upstream(settings) as thinkific:
            await _try(thinkific)
    except ThinkificError as error:
        _print("FAIL", "Thinkific", str(error))
        return False
    return is_well


def _examine_guard(settings: Settings, tools: Iterable[str]) -> bool:
    """Tell what stands before a change; return whether changes can be made."""
    verdict, words = _confirmation(settings)
    _print(verdict, "confirmation", words)
    path = _journal(settings)
    if path is None:
        _print("note", "journal", f"off ({variable('journal')}): what is changed is not written down")
        _print("note", "undo", "not without the journal")
        return True
    try:
        try_journal(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _print("FAIL", "journal", f"{path} cannot be written: {reason}; changes that ask for a yes are refused")
        return False
    _print("ok", "journal", f"changes are written down in {path}, for 90 days")
    if "undo_change" not in tools:
        _print("note", "undo", "undo_change is not offered")
    elif settings.undo:
        _print("ok", "undo", "undo_change takes back what it can; an update costs one request more for it")
    else:
        _print("note", "undo", f"not of updates that nobody was asked about ({variable('undo')} is off)")
    return True


def _confirmation(settings: Settings) -> tuple[str, str]:
    """Return a verdict on what is asked about, and the words."""
    if settings.dry_run:
        return "note", "a dry run: what a change would do is shown, and none is sent"
    if settings.confirm == "never":
        return "NOTE", "NOBODY IS ASKED: deletions, money, roles and scripts on live pages are as an agent wants"
    asked = {"destructive": "destructive changes", "writes": "every write"}[settings.confirm]
    otherwise = "by a code from its preview" if settings.confirm_codes else "such changes are refused"
    return "ok", f"a person is asked about {asked}; where the host cannot ask, {otherwise}"


async def _try(thinkific: Thinkific) -> None:
    courses = await thinkific(ListCourses(limit=1))
    _print("ok", "Thinkific", f"answers; the school has {courses.total_items} courses")
    try:
        await thinkific(ListSiteScripts(limit=1))
    except ScopeError:
        _print("note", "site scripts", "not with these credentials: they need OAuth with write:site_scripts")
    except ThinkificError as error:
        _print("note", "site scripts", str(error))
    else:
        _print("ok", "site scripts", "can be read")


def _identity(settings: Settings) -> str:
    if settings.sandbox:
        return "the embedded demo school, no account"
    site = f"{settings.subdomain}.thinkific.com"
    if settings.refresh_token_file:
        who = f"an app that renews its tokens, on {site}"
    else:
        who = "an access token" if settings.access_token else f"the API key of {site}"
    return f"{who}, at {settings.base_url or BASE_URL}"


def _budget(settings: Settings) -> str:
    if not settings.has_budget:
        return "none, the embedded demo school takes any number of requests"
    sharing = "shared with other processes in Redis" if settings.redis_url else "for this process alone"
    deadline = f"ends within {settings.deadline:g} seconds" if settings.deadline else "takes as long as it needs"
    limits = f"{settings.requests_per_minute} requests a minute, {settings.max_concurrency} at once"
    return f"{limits}, {sharing}; a call {deadline}"


def _journal(settings: Settings) -> Path | None:
    path = journal_path(settings)
    return path and path.resolve()


def _host_entry(settings: Settings) -> Mapping[str, object]:
    """Return what a host needs to start this server as it is set now: never a secret, but where to put it."""
    program = shutil.which("thinkific-mcp") or str(Path(sys.argv[0]).resolve())
    flags = options()
    arguments: list[str] = []
    environment: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value == field.default or name in HostingSettings.model_fields:
            continue
        if name == "journal":
            value = _journal(settings) or "off"
        if name in flags:
            arguments += [f"--{name.replace('_', '-')}", *([] if value is True else [_written(value)])]
        elif name in _OF_THE_GUARD or not settings.sandbox:
            environment |= _variable(name, value, is_from_file=bool(getattr(settings, f"{name}_file", None)))
    if not (settings.sandbox or settings.access_token or settings.refresh_token_file):
        environment = {variable("subdomain"): "<my-school>"} | environment
        if not settings.api_key:
            environment[variable("api_key")] = "<your API key>"
    return {"command": program, "args": arguments} | ({"env": environment} if environment else {})


def _variable(name: str, value: object, *, is_from_file: bool) -> Mapping[str, str]:
    if not isinstance(value, SecretStr):
        return {variable(name): _written(value)}
    return {} if is_from_file else {variable(name): f"<your {name.replace('_', ' ').replace('api', 'API')}>"}


def _written(value: object) -> str:
    if isinstance(value, list):
        return ",".join(cast(list[str], value))
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value.resolve()) if isinstance(value, Path) else str(value)


def _print(verdict: str, subject: str, words: str) -> None:
    print(f"{verdict.ljust(5)} {subject}: {words}")
