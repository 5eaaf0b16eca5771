"""How Thinkific is reached: one authenticated, asynchronous client for every operation, well-behaved."""

from thinkific_mcp.client.credentials import (
    AccessToken,
    ApiKey,
    Credentials,
    FileTokens,
    OAuth,
    Tokens,
    TokenStore,
)
from thinkific_mcp.client.pace import Budgets, Limits
from thinkific_mcp.client.patience import Report
from thinkific_mcp.client.thinkific import BASE_URL, Thinkific

__all__ = [
    "BASE_URL",
    "AccessToken",
    "ApiKey",
    "Budgets",
    "Credentials",
    "FileTokens",
    "Limits",
    "OAuth",
    "Report",
    "Thinkific",
    "TokenStore",
    "Tokens",
]
