"""A process that serves what takes its time, `stopping.py DRAIN_SECONDS`, and says in lines what happens."""

import sys
from collections.abc import AsyncGenerator

import anyio
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send

from thinkific_mcp.server.http.serving import serve


def say(line: str | int) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a stream of a second, or after a write of half a second, or once the request's body is there."""
    if scope["path"] == "/stream":
        await EventSourceResponse(stream())(scope, receive, send)
        return
    say("begun")
    if scope["path"] == "/write":
        await note()
    try:
        while (await receive()).get("more_body"):
            pass
    except BaseException:
        await note()
        raise
    headers = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"done"})


async def note() -> None:
    with anyio.CancelScope(shield=True):
        await anyio.sleep(0.5)
        say("noted")


async def stream() -> AsyncGenerator[str]:
    """Yield for longer than sse_starlette takes to see a server that stops."""
    say("begun")
    for number in range(20):
        yield str(number)
        await anyio.sleep(0.05)
    yield "done"


async def main() -> None:
    await serve(
        app,
        host="127.0.0.1",
        port=0,
        trusted_proxies=[],
        connections=10,
        header_seconds=30,
        drain_seconds=float(sys.argv[1]),
        started=say,
    )
    say("closed")


anyio.run(main)
