import socket

import anyio
import pytest
from starlette.types import Receive, Scope, Send

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.http.serving import serve

from .connections import (
    GET,
    LIMIT,
    POST,
    answer,
    asked,
    body_of,
    heard,
    heard_by_trickler,
    hello,
    served,
)

NUMBERED = b"POST /%d HTTP/1.1\r\nHost: a\r\nConnection: %b\r\nContent-Length: 3\r\n\r\n%d!!"
FORWARDED = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"


async def test_slow_headers_are_cut_off_and_other_clients_are_served_meanwhile() -> None:
    async with served(hello) as port, await anyio.connect_tcp("127.0.0.1", port) as slow:
        await slow.send(GET[:-2] + b"X-Slow: ")
        assert (await asked(port)).startswith(b"HTTP/1.1 200")
        told = await heard_by_trickler(slow)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"request_timeout" in told


async def test_who_connects_and_says_nothing_is_cut_off() -> None:
    async with served(hello) as port, await anyio.connect_tcp("127.0.0.1", port) as silent:
        assert await heard(silent) == b""


async def test_slow_headers_of_a_second_request_are_cut_off() -> None:
    async with served(hello) as port, await anyio.connect_tcp("127.0.0.1", port) as slow:
        await slow.send(GET)
        assert (await slow.receive()).startswith(b"HTTP/1.1 200")
        await slow.send(GET[:-2] + b"X-Slow: ")
        assert (await heard_by_trickler(slow)).rpartition(b"127.0.0.1")[2].startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_nobody_waits_for_is_cut_off() -> None:
    async with served(hello) as port, await anyio.connect_tcp("127.0.0.1", port) as slow:
        await slow.send(POST)
        assert (await heard_by_trickler(slow)).startswith(b"HTTP/1.1 200")


async def test_a_request_that_has_arrived_may_take_its_time() -> None:
    async def slow_app(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.sleep(LIMIT * 3)
        await answer(send, b"at last")

    async with served(slow_app) as port:
        assert (await asked(port)).startswith(b"HTTP/1.1 200")


async def test_headers_beyond_all_bounds_are_refused() -> None:
    async with served(hello) as port:
        assert (await asked(port, GET[:-2] + b"X-Long: " + b"x" * 40_000)).startswith(b"HTTP/1.1 400 ")


async def test_an_answer_that_nobody_takes_is_dropped() -> None:
    async def much(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, bytes(64_000_000))

    async with served(much) as port, await anyio.connect_tcp("127.0.0.1", port) as deaf:
        await deaf.send(GET)
        with pytest.raises(anyio.BrokenResourceError):
            while True:
                await deaf.send(GET)
                await anyio.sleep(LIMIT / 10)


async def test_two_pipelined_requests_are_answered_in_order() -> None:
    paths: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        paths.append(scope["path"])
        await answer(send, await body_of(receive))

    async with served(app) as port, await anyio.connect_tcp("127.0.0.1", port) as client:
        await client.send(NUMBERED % (1, b"keep-alive", 1) + NUMBERED % (2, b"close", 2))
        told = await heard(client)
    assert paths == ["/1", "/2"]
    assert told.count(b"HTTP/1.1 200") == 2
    assert told.index(b"1!!") < told.index(b"2!!")


async def test_connections_over_the_limit_get_503_and_those_within_are_served() -> None:
    async with served(hello, connections=1) as port, await anyio.connect_tcp("127.0.0.1", port) as first:
        refused = await asked(port)
        await first.send(GET)
        assert (await first.receive()).startswith(b"HTTP/1.1 200")
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1\r\n" in refused
    assert b"connection: close\r\n" in refused
    assert b"temporarily_unavailable" in refused


async def test_a_flood_of_connections_is_dropped() -> None:
    async with (
        served(hello, connections=1) as port,
        await anyio.connect_tcp("127.0.0.1", port),
        await anyio.connect_tcp("127.0.0.1", port),
        await anyio.connect_tcp("127.0.0.1", port) as third,
    ):
        with pytest.raises((anyio.BrokenResourceError, anyio.EndOfStream)):
            await third.send(GET)
            await third.receive()


@pytest.mark.parametrize(
    ("trusted", "believed"),
    [((), b"127.0.0.1"), (("192.0.2.1",), b"127.0.0.1"), (("127.0.0.0/8",), b"203.0.113.9")],
)
async def test_only_a_trusted_proxy_says_who_the_client_is(trusted: tuple[str, ...], believed: bytes) -> None:
    async with served(hello, trusted_proxies=trusted) as port:
        assert (await asked(port, FORWARDED)).endswith(believed)


@pytest.mark.parametrize(
    ("host", "reached"), [("::1", "::1"), ("localhost", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")]
)
async def test_hosts_are_addresses_or_names(host: str, reached: str) -> None:
    async with served(hello, host=host) as port, await anyio.connect_tcp(reached, port) as client:
        await client.send(GET)
        assert (await client.receive()).startswith(b"HTTP/1.1 200")


async def refused(host: str, port: int) -> str:
    with pytest.raises(SettingsError) as error:
        await serve(hello, host=host, port=port, trusted_proxies=[], connections=1, header_seconds=1)
    return str(error.value)


async def test_a_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = await refused("127.0.0.1", port)
    assert told == f"Port {port} cannot be used: Address already in use. Choose another with --port."


async def test_an_address_of_another_machine_is_told() -> None:
    told = await refused("192.0.2.1", 0)
    assert told == "Host 192.0.2.1 cannot be used: Cannot assign requested address. Choose another with --host."
