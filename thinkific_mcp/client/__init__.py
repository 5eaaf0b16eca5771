"""How Thinkific is reached: one authenticated, asynchronous client for every operation."""

from thinkific_mcp.client.credentials import AccessToken, ApiKey, Credentials
from thinkific_mcp.client.thinkific import BASE_URL, Thinkific

__all__ = ["BASE_URL", "AccessToken", "ApiKey", "Credentials", "Thinkific"]
