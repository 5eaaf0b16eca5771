"""The server over Streamable HTTP: who may call, for which site, and how much of it."""
