"""Which version this is; looked up once, since that takes a millisecond."""

from importlib.metadata import version

VERSION = version("thinkific-mcp")
