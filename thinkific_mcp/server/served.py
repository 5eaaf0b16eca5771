"""What a caller is served with."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from starlette.requests import HTTPConnection

from thinkific_mcp.client import Thinkific
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.results.form import TABLES, Form
from thinkific_mcp.server.kept import Kept


@dataclass(frozen=True)
class Served:
    """What a caller is served with: over stdio all the same, over HTTP each as the request says.

    Attributes:
        thinkific: the site.
        guard: what stands before a change.
        offered: the names of the tools.
        caller: who calls; empty where the server serves one person.
        may_destroy: whether the caller may do what a person is asked about.
        form: how answers are written.
        kept: what of long answers the model does not get, where a file of it can be had; None where none can.
    """

    thinkific: Thinkific
    guard: Guard
    offered: frozenset[str]
    caller: str = ""
    may_destroy: bool = True
    form: Form = TABLES
    kept: Kept | None = None

    @cached_property
    def identity(self) -> str:
        """What tells this caller at this site from all others."""
        return json.dumps([self.guard.site_of(self.thinkific), self.caller])


SERVED = "thinkific_mcp.served"
"""Where an HTTP request's scope says what its caller is served with."""

CallContext = Context[Served, object]


def served_to(request: ServerRequestContext[Served, Any]) -> Served:
    """Return what the caller of a request is served with."""
    connection = request.request
    if isinstance(connection, HTTPConnection) and SERVED in connection.scope:
        return connection.scope[SERVED]
    return request.lifespan_context
