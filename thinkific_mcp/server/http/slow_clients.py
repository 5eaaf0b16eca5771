"""Time limits on clients: for sending a request's body, and for taking an answer."""

import anyio
from anyio.lowlevel import checkpoint
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thinkific_mcp.server.http.refusals import Refusal

TOO_SLOW = Refusal(408, "request_timeout", "The request did not arrive in time. Send it again.").response()
TOO_SLOW.headers["Connection"] = "close"


class SlowClients:
    """ASGI middleware that ends requests of clients that are too slow; how long a call takes is not limited.

    A body that does not come in time is answered with 408. Where the answer has begun already, or is not taken,
    the connection is dropped. Either way the application is cancelled.

    Args:
        app: the application.
        seconds: within which the whole body has to arrive once the application asks for it, and within which
            each piece of an answer has to be taken.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Request(receive, send, self._seconds)
        with request.running:
            await self._app(scope, request.receive, request.send)
        if request.running.cancel_called and not request.is_answered:
            await TOO_SLOW(scope, receive, send)


class _Request:
    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self.running = anyio.CancelScope()
        self.is_answered = False
        self._receive, self._send, self._seconds = receive, send, seconds
        self._has_arrived = False
        self._arrives_by: float | None = None

    async def receive(self) -> Message:
        # After the body, `receive` only waits for the client to go away, and that may take as long as the call.
        if self._has_arrived:
            return await self._receive()
        if self._arrives_by is None:
            self._arrives_by = anyio.current_time() + self._seconds
        message: Message = {"type": "http.disconnect"}
        with anyio.CancelScope(deadline=self._arrives_by) as limit:
            message = await self._receive()
        if limit.cancelled_caught:
            await self._cancel()
        self._has_arrived = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        self.is_answered = True
        with anyio.move_on_after(self._seconds) as limit:
            await self._send(message)
        if limit.cancelled_caught:
            await self._cancel()

    async def _cancel(self) -> None:
        self.running.cancel()
        await checkpoint()
