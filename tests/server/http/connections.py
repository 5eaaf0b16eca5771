"""Small applications on a port of this machine, and clients that say byte by byte what they say."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import ByteStream
from starlette.types import ASGIApp, Receive, Scope, Send

from thinkific_mcp.server.http.serving import serve

LIMIT = 0.3
"""Seconds that clients may take; few, because tests wait for their end."""
PATIENCE = 20
"""Seconds after which a test gives up."""
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
"""The headers of a request, and no byte of its body."""


@asynccontextmanager
async def served(
    app: ASGIApp, *, host: str = "127.0.0.1", trusted_proxies: tuple[str, ...] = (), connections: int = 100
) -> AsyncGenerator[int]:
    """Serve an application, and yield its port."""
    ports: list[int] = []
    ready = anyio.Event()

    def started(port: int) -> None:
        ports.append(port)
        ready.set()

    async def serving() -> None:
        await serve(
            app,
            host=host,
            port=0,
            trusted_proxies=trusted_proxies,
            connections=connections,
            header_seconds=LIMIT,
            started=started,
        )

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serving)
        with anyio.fail_after(PATIENCE):
            await ready.wait()
            yield ports[0]
        tasks.cancel_scope.cancel()


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at once with the address of the client, and read nothing."""
    await answer(send, scope["client"][0].encode())


async def answer(send: Send, body: bytes) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def body_of(receive: Receive) -> bytes:
    """Read the body of a request to its end."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def asked(port: int, request: bytes = GET) -> bytes:
    """Send a request on a connection of its own, and return the first piece of the answer."""
    async with await anyio.connect_tcp("127.0.0.1", port) as client:
        await client.send(request)
        return await client.receive()


async def heard(client: ByteStream) -> bytes:
    """Return what the server says until it closes the connection."""
    text = b""
    try:
        async for piece in client:
            text += piece
    except anyio.BrokenResourceError:
        pass
    return text


async def trickle(client: ByteStream) -> None:
    """Send a byte now and then, until the connection is closed."""
    try:
        while True:
            await client.send(b"x")
            await anyio.sleep(LIMIT / 10)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass


async def heard_by_trickler(client: ByteStream) -> bytes:
    """Send a byte now and then, and return what the server says until it closes the connection."""
    text = b""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(trickle, client)
        text = await heard(client)
        tasks.cancel_scope.cancel()
    return text
