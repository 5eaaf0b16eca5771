"""`thinkific-mcp token`: a bearer token for somebody who calls over HTTP."""

import secrets
from hashlib import sha256

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.http.tokens_file import TokenLine
from thinkific_mcp.settings.fields import variable


def make_token(name: str, scopes: str) -> int:
    """Make a token, and print it and the line that lets it in; neither is kept.

    Args:
        name: what logs and the journal call whoever has it.
        scopes: what it allows, with commas: some of read, write and destructive.

    Raises:
        SettingsError: the name or a scope cannot stand in the file of tokens.
    """
    token = secrets.token_urlsafe(32)
    allowed = ",".join(scope.strip() for scope in scopes.split(","))
    digest = sha256(token.encode()).hexdigest()
    try:
        TokenLine.of(name, digest, allowed)
    except ValueError as error:
        raise SettingsError(f"No token was made: {error}.") from None
    print(
        "The token, which is shown only now. A client sends it as `Authorization: Bearer TOKEN`:\n\n"
        f"{token}\n\n"
        f"The line for the file that {variable('http_tokens_file')} names:\n\n"
        f"{name} {digest} {allowed}"
    )
    return 0
