"""Who calls: an API key, an access token, an app that renews its tokens, or any object that does the same."""

from thinkific_mcp.client.credentials.oauth import OAuth
from thinkific_mcp.client.credentials.protocol import Credentials
from thinkific_mcp.client.credentials.static import AccessToken, ApiKey
from thinkific_mcp.client.credentials.token_file import FileTokens
from thinkific_mcp.client.credentials.tokens import Tokens, TokenStore

__all__ = ["AccessToken", "ApiKey", "Credentials", "FileTokens", "OAuth", "TokenStore", "Tokens"]
