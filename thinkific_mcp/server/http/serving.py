"""The HTTP server: uvicorn, with limits on what clients may take, and an end in order."""

import asyncio
import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import anyio
import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.http.refusals import Refusal, unavailable
from thinkific_mcp.server.http.slow_clients import TOO_SLOW

_logger = logging.getLogger(__name__)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BETWEEN_LOOKS = 0.05
_FOR_CANCELLED_CALLS = 5.0
_BETWEEN_REQUESTS = 15
_MOST_HEADERS = 32_768
_IN_USE = (errno.EADDRINUSE, errno.EACCES)
_FULL = unavailable("There are too many connections.", retry_after=1).response()
_FULL.headers["Connection"] = "close"
_AMBIGUOUS = Refusal(400, "invalid_request", "The length of the request is told in two ways.").response()
_AMBIGUOUS.headers["Connection"] = "close"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n%b\r\n%b" % (
    b"".join(b"%b: %b\r\n" % header for header in TOO_SLOW.raw_headers),
    bytes(TOO_SLOW.body),
)


async def serve(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    trusted_proxies: Sequence[str],
    connections: int,
    header_seconds: float,
    drain_seconds: float = 30,
    started: Callable[[int], None] | None = None,
) -> None:
    """Serve an application over HTTP/1.1 until SIGINT or SIGTERM, then end in order.

    The first signal stops the taking of connections. Requests under way may end within `drain_seconds`; what then
    still runs is cancelled, and waited for. A second signal ends the process at once, also after this has
    returned. Cancelling this cancels the requests too. Asyncio only; signals reach the main thread only.

    Args:
        app: the application. It is not told of start and end (no `lifespan`).
        host: an address or name of this machine; of a name with several addresses, one is used, IPv4 first.
        port: the port; 0 picks a free one.
        trusted_proxies: addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are
            believed.
        connections: how many are served at once. As many more are answered with 503, and others are dropped.
        header_seconds: within which the headers of a request have to arrive: from connecting, and from the first
            byte of each further request. An answer that nobody takes is dropped after twice the time.
        drain_seconds: how long requests may go on after the first signal.
        started: is told the port once connections are taken.

    Raises:
        SettingsError: the port is taken, or the host is none of this machine.
    """
    with _listener(host, port) as listener:
        config = _Config(app, trusted_proxies, connections, header_seconds)
        server = _Server(config, drain_seconds, started)
        try:
            await server.serve([listener])
        finally:
            await server.end()


class _Config(uvicorn.Config):
    def __init__(
        self, app: ASGIApp, trusted_proxies: Sequence[str], connections: int, header_seconds: float
    ) -> None:
        self.calls: set[anyio.CancelScope] = set()
        self.most_connections = connections
        self.header_seconds = header_seconds

        async def cancellable(scope: Scope, receive: Receive, send: Send) -> None:
            answer = _AMBIGUOUS if _has_two_lengths(scope) else app
            with anyio.CancelScope() as call:
                self.calls.add(call)
                try:
                    await answer(scope, receive, send)
                finally:
                    self.calls.discard(call)

        super().__init__(
            cancellable,
            interface="asgi3",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            timeout_keep_alive=_BETWEEN_REQUESTS,
            h11_max_incomplete_event_size=_MOST_HEADERS,
        )


class _Server(uvicorn.Server):
    def __init__(self, config: _Config, drain_seconds: float, started: Callable[[int], None] | None) -> None:
        super().__init__(config)
        self._calls = config.calls
        self._drain_seconds = drain_seconds
        self._tell_port = started
        self.servers = []

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            if not self.should_exit:
                for number, handler in before.items():
                    signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and self._tell_port is not None:
            self._tell_port(sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # In place of uvicorn's, which does not wait for what it cancels, nor closes what it had just accepted.
        for server in self.servers:
            server.close()
        with anyio.move_on_after(self._drain_seconds):
            while self.server_state.connections or self.server_state.tasks:
                for connection in list(self.server_state.connections):
                    connection.shutdown()
                await anyio.sleep(_BETWEEN_LOOKS)

    async def end(self) -> None:
        """Cancel the requests that still run, and wait a little until each has noted how it ended."""
        for server in self.servers:
            server.close()
        if self._calls:
            _logger.warning("The server ends before it has answered %d requests.", len(self._calls))
        # Scopes, because asyncio's cancelling breaks into what is shielded, such as writing to the journal.
        for call in list(self._calls):
            call.cancel()
        if tasks := self.server_state.tasks:
            with anyio.CancelScope(shield=True):
                await asyncio.wait(tasks.copy(), timeout=_FOR_CANCELLED_CALLS)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


class _Protocol(H11Protocol):
    """A connection. h11 and uvicorn limit only the time between requests."""

    def __init__(
        self,
        config: _Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._most = config.most_connections
        self._arriving = _Deadline(self.loop, config.header_seconds, self._end_slow_request)
        self._leaving = _Deadline(self.loop, 2 * config.header_seconds, self._drop)

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        if len(self.connections) > 2 * self._most:
            transport.abort()
            return
        if len(self.connections) > self._most:
            self.app = _FULL
        # asyncio leaves Nagle's algorithm on where it did not open the listener; an answer would take 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # So that pause_writing is called whenever something is left unsent, and resume_writing once nothing is.
        transport.set_write_buffer_limits(high=0)
        self._arriving.start()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_busy():
            self._arriving.stop()
        else:
            self._arriving.start()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._leaving.start()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._leaving.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._arriving.stop()
        self._leaving.stop()

    def shutdown(self) -> None:
        if self.transport.is_closing():
            return
        if self._is_busy() and self.cycle.keep_alive:
            self.cycle.default_headers = [*self.cycle.default_headers, CLOSE_HEADER]
        super().shutdown()

    def _is_busy(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _end_slow_request(self) -> None:
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(_TOO_SLOW)
        self.transport.close()

    def _drop(self) -> None:
        self.transport.abort()


class _Deadline:
    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, missed: Callable[[], None]) -> None:
        self._loop, self._seconds, self._missed = loop, seconds, missed
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._missed)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _has_two_lengths(scope: Scope) -> bool:
    # A proxy may go by the other one, and take what follows for a request of its own (RFC 9112, 6.1).
    return {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope.get("headers", ())}


def _listener(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = min(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        return socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        what, flag = (f"Port {port}", "--port") if error.errno in _IN_USE else (f"Host {host}", "--host")
        raise SettingsError(f"{what} cannot be used: {reason}. Choose another with {flag}.") from None
