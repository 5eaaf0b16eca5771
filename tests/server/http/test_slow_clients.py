import anyio
from anyio.abc import SocketStream
from anyio.lowlevel import checkpoint
from starlette.types import Message, Receive, Scope, Send

from thinkific_mcp.server.http.slow_clients import SlowClients

from .connections import GET, LIMIT, POST, answer, asked, body_of, heard_by_trickler, served

BEGUN: Message = {"type": "http.response.start", "status": 200, "headers": []}


class Call:
    """An application that tells whether it was cancelled.

    Attributes:
        cancelled: whether it was.
        began: when it was called.
    """

    def __init__(self) -> None:
        self.began, self.cancelled = anyio.Event(), anyio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.began.set()
        try:
            await self.serve(receive, send)
        except anyio.get_cancelled_exc_class():
            self.cancelled.set()
            raise

    async def serve(self, receive: Receive, send: Send) -> None:
        await answer(send, await body_of(receive))


class Early(Call):
    """Begins its answer, and reads the request then."""

    async def serve(self, receive: Receive, send: Send) -> None:
        await send(BEGUN)
        await send({"type": "http.response.body", "body": b"early", "more_body": True})
        await body_of(receive)


class Endless(Call):
    """Says ever more."""

    async def serve(self, receive: Receive, send: Send) -> None:
        await send(BEGUN)
        while True:
            await send({"type": "http.response.body", "body": bytes(100_000), "more_body": True})
            await checkpoint()


class Watchful(Call):
    """Takes longer than a client may, and looks meanwhile whether the client has gone, as the SDK does.

    Attributes:
        left: that the client has gone.
    """

    def __init__(self, duration: float) -> None:
        super().__init__()
        self.left, self._duration = anyio.Event(), duration

    async def serve(self, receive: Receive, send: Send) -> None:
        await body_of(receive)

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            self.left.set()
            tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            await anyio.sleep(self._duration)
            await answer(send, b"at last")
            tasks.cancel_scope.cancel()


async def connected(port: int) -> SocketStream:
    return await anyio.connect_tcp("127.0.0.1", port)


async def test_a_body_that_trickles_is_refused() -> None:
    call = Call()
    async with served(SlowClients(call, LIMIT)) as port, await connected(port) as slow:
        await slow.send(POST)
        told = await heard_by_trickler(slow)
        assert call.cancelled.is_set()
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nconnection: close\r\n" in told
    assert b"The request did not arrive in time. Send it again." in told


async def test_a_body_that_trickles_ends_an_answer_that_has_begun() -> None:
    call = Early()
    async with served(SlowClients(call, LIMIT)) as port, await connected(port) as slow:
        await slow.send(POST)
        told = await heard_by_trickler(slow)
        assert call.cancelled.is_set()
    assert told.startswith(b"HTTP/1.1 200 ")
    assert told.endswith(b"5\r\nearly\r\n")


async def test_a_client_that_does_not_read_ends_its_call() -> None:
    call = Endless()
    async with served(SlowClients(call, LIMIT)) as port, await connected(port) as deaf:
        await deaf.send(GET)
        await call.cancelled.wait()


async def test_a_client_that_reads_is_served_for_longer_than_one_piece_may_take() -> None:
    call = Endless()
    async with served(SlowClients(call, LIMIT)) as port, await connected(port) as client:
        await client.send(GET)
        until = anyio.current_time() + LIMIT * 3
        while anyio.current_time() < until:
            await client.receive()
        assert not call.cancelled.is_set()


async def test_a_long_call_is_left_alone_once_its_body_has_arrived() -> None:
    call = Watchful(LIMIT * 3)
    async with served(SlowClients(call, LIMIT)) as port:
        assert (await asked(port, POST + bytes(1000))).startswith(b"HTTP/1.1 200 ")
    assert not call.cancelled.is_set()


async def test_an_application_learns_that_its_client_has_gone() -> None:
    call = Watchful(60)
    async with served(SlowClients(call, LIMIT)) as port:
        async with await connected(port) as client:
            await client.send(POST + bytes(1000))
            await call.began.wait()
        await call.left.wait()


async def test_an_application_learns_that_its_client_has_gone_amid_the_body() -> None:
    told: list[Message] = []
    gone = anyio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while not gone.is_set():
            told.append(await receive())
            if told[-1]["type"] == "http.disconnect":
                gone.set()

    async with served(SlowClients(app, 60)) as port:
        async with await connected(port) as client:
            await client.send(POST + b"some")
        await gone.wait()
    assert [message.get("body") for message in told] == [b"some", None]


async def test_what_is_not_http_passes() -> None:
    passed: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope)

    async def nothing() -> Message:
        return {}

    async def nowhere(message: Message) -> None:
        pass

    await SlowClients(app, LIMIT)({"type": "lifespan"}, nothing, nowhere)
    assert passed == [{"type": "lifespan"}]
