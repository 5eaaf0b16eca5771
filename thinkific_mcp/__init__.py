"""MCP server for the Thinkific Admin API.

From Python, without MCP:

    from thinkific_mcp import ApiKey, Thinkific
    from thinkific_mcp.api.courses import GetCourse

    async with Thinkific(ApiKey("my-school", key)) as thinkific:
        course = await thinkific(GetCourse(course_id=3))
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thinkific_mcp.client import (
        AccessToken,
        ApiKey,
        Budgets,
        Credentials,
        FileTokens,
        Limits,
        OAuth,
        Thinkific,
        Tokens,
        TokenStore,
    )

__all__ = [
    "AccessToken",
    "ApiKey",
    "Budgets",
    "Credentials",
    "FileTokens",
    "Limits",
    "OAuth",
    "Thinkific",
    "TokenStore",
    "Tokens",
]


def __getattr__(name: str) -> Any:
    # On demand, so that the sandbox and the command line do not wait for a client that they may not use.
    if name in __all__:
        from thinkific_mcp import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
