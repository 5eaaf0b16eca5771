"""MCP server for the Thinkific Admin API."""
