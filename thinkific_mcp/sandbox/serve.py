"""The sandbox on a port of this machine."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from anyio.from_thread import start_blocking_portal
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.connection import TRANSPORT

HOST = "127.0.0.1"
# The names by which this machine is asked. A web page whose own name leads here asks by that one.
NAMES = ("127.0.0.1", "localhost", "::1", "[::1]")


async def serve(
    sandbox: Sandbox, host: str = HOST, port: int = 8080, *, started: Callable[[int], None] | None = None
) -> None:
    """Serve a sandbox until Ctrl-C or SIGTERM.

    Args:
        sandbox: the sandbox.
        host: an address of the loopback interface.
        port: the port; 0 picks a free one.
        started: is told the port once requests are taken.

    Raises:
        ValueError: the host is reached from other machines.
        OSError: the port is taken.
    """
    listener = _listener(host, port)
    server = _Server(sandbox)
    if started is not None:
        started(listener.getsockname()[1])
    await server.serve([listener])


@contextmanager
def running(sandbox: ASGIApp) -> Generator[str]:
    """Serve a sandbox, or several at one address, in a thread of its own on a free port; yield the base URL."""
    listener = _listener(HOST, 0)
    server = _Server(sandbox)
    with start_blocking_portal() as portal:
        stopped = portal.start_task_soon(server.serve, [listener])
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            stopped.result()


class _Server(uvicorn.Server):
    def __init__(self, sandbox: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                TrustedHostMiddleware(sandbox, NAMES, www_redirect=False),
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # uvicorn raises the signal again after it has shut down; for us, a signal is the way to stop.
        self.force_exit = self.should_exit
        self.should_exit = True


class _Protocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        # asyncio leaves Nagle's algorithm on where it did not open the listener; an answer would take 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, TRANSPORT: transport}


def _listener(host: str, port: int) -> socket.socket:
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"The sandbox is served on this machine only, and {host} is not a loopback address.")
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
