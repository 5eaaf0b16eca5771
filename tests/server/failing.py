"""Parts of a server that fail as nobody foresaw, with a secret in what they raise; run, it is such a server."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx2
from pydantic import AfterValidator

from thinkific_mcp.client import Budgets, Thinkific
from thinkific_mcp.operation import Operation
from thinkific_mcp.server import build_server

SECRET = "k3y of ada@example.com"


def fail(_: Any) -> Any:
    raise RuntimeError(SECRET)


@dataclass
class Vault:
    """Credentials that fail so many times."""

    times: int = 1
    failure: Exception = field(default_factory=lambda: RuntimeError(SECRET))
    site = "sandbox"

    async def headers(self, http: httpx2.AsyncClient) -> Mapping[str, str]:
        self.times -= 1
        if self.times >= 0:
            raise self.failure
        return {"X-Auth-API-Key": "sandbox", "X-Auth-Subdomain": "sandbox"}

    async def renew(self, http: httpx2.AsyncClient, refused: Mapping[str, str]) -> bool:
        return False


class GetRefused(Operation[None], get="/courses/1"):
    """Fails over its argument."""

    name: Annotated[str, AfterValidator(fail)]


class GetMisread(Operation[None], get="/courses/1"):
    """Fails over the answer."""

    def receive(self, status: int, data: Any) -> None:
        fail(data)


class UpdateMisread(Operation[None], put="/users/1", guarded="", undo=""):
    """Fails over the answer to a change."""

    def receive(self, status: int, data: Any) -> None:
        fail(data)


def broken() -> Thinkific:
    """Return a client whose way to Thinkific fails."""
    return Thinkific(Vault(times=0), budgets=Budgets(), transport=httpx2.MockTransport(fail))


if __name__ == "__main__":
    logging.basicConfig(level="DEBUG")
    build_server(broken, [GetRefused, GetMisread]).run("stdio")
