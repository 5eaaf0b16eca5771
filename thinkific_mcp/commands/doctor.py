"""`thinkific-mcp doctor`: whether everything is set right, and what to tell the host."""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import anyio

from thinkific_mcp.api.courses import ListCourses
from thinkific_mcp.api.site_scripts import ListSiteScripts
from thinkific_mcp.client import BASE_URL
from thinkific_mcp.errors import ScopeError, SettingsError, ThinkificError
from thinkific_mcp.server import check_upstream, offered, open_upstream
from thinkific_mcp.settings import Settings


def examine(settings: Settings) -> int:
    """Check the settings and try the credentials; print what was found and what to do.

    Returns:
        0 when a host could start the server now, 1 otherwise.
    """
    is_well = anyio.run(_examine, settings)
    print("\nFor Claude Desktop (claude_desktop_config.json):\n")
    print(json.dumps({"mcpServers": {"thinkific": _host_entry(settings)}}, indent=2))
    return 0 if is_well else 1


async def _examine(settings: Settings) -> bool:
    try:
        check_upstream(settings)
        operations = offered(settings)
    except SettingsError as error:
        _print("FAIL", "settings", str(error))
        return False
    _print("ok", "settings", _identity(settings))
    _print("ok", "tools", f"{len(operations)} are offered" + (", none that changes anything" * settings.read_only))
    async with open_upstream(settings) as thinkific:
        try:
            courses = await thinkific(ListCourses(limit=1))
        except ThinkificError as error:
            _print("FAIL", "Thinkific", str(error))
            return False
        _print("ok", "Thinkific", f"answers; the school has {courses.total_items} courses")
        try:
            await thinkific(ListSiteScripts(limit=1))
        except ScopeError:
            _print("note", "site scripts", "not with these credentials: they need OAuth with write:site_scripts")
        except ThinkificError as error:
            _print("note", "site scripts", str(error))
        else:
            _print("ok", "site scripts", "can be read")
    return True


def _identity(settings: Settings) -> str:
    if settings.sandbox:
        return "the embedded demo school, no account"
    who = "an access token" if settings.access_token else f"the API key of {settings.subdomain}.thinkific.com"
    return f"{who}, at {settings.base_url or BASE_URL}"


def _host_entry(settings: Settings) -> Mapping[str, object]:
    """Return what a host needs to start this server: never a secret, but where to put it."""
    program = shutil.which("thinkific-mcp") or str(Path(sys.argv[0]).resolve())
    arguments = ["--sandbox"] if settings.sandbox else []
    if settings.sandbox and settings.data:
        arguments += ["--data", str(settings.data.resolve())]
    if settings.read_only:
        arguments.append("--read-only")
    for flag, names in (
        ("--toolsets", settings.toolsets),
        ("--tools", settings.tools),
        ("--exclude-tools", settings.exclude_tools),
    ):
        if names:
            arguments += [flag, ",".join(names)]
    environment: dict[str, str] = {}
    if not settings.sandbox:
        if settings.access_token:
            environment |= _secret("THINKIFIC_ACCESS_TOKEN", settings.access_token_file, "<your access token>")
        else:
            environment["THINKIFIC_SUBDOMAIN"] = settings.subdomain or "<my-school>"
            environment |= _secret("THINKIFIC_API_KEY", settings.api_key_file, "<your API key>")
        if settings.client_secret:
            environment |= _secret("THINKIFIC_CLIENT_SECRET", settings.client_secret_file, "<your app's secret>")
        if settings.base_url:
            environment["THINKIFIC_BASE_URL"] = settings.base_url
    return {"command": program, "args": arguments} | ({"env": environment} if environment else {})


def _secret(variable: str, file: Path | None, placeholder: str) -> Mapping[str, str]:
    return {f"{variable}_FILE": str(file.resolve())} if file else {variable: placeholder}


def _print(verdict: str, subject: str, words: str) -> None:
    print(f"{verdict.ljust(5)} {subject}: {words}")
