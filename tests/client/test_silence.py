"""Every way of getting no answer, tried on this machine: was anything sent, and can trying again help."""

import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.client.answers import no_answer
from thinkific_mcp.client.bodies import read_body
from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.operation import Operation

from .conftest import listening

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")
LATER = "Try again later."
CHECK = "Check the network, a proxy if there is one, and THINKIFIC_BASE_URL if it is set."


@pytest.fixture(scope="module", params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    # What a connection fails with is wrapped differently by each.
    return request.param


async def silence(
    address: str, operation: Operation[Any] = READ, *, headers: dict[str, str] | None = None, **options: Any
) -> UnreachableError:
    """Return the error that asking this address becomes."""
    options = {"timeout": 5, "trust_env": False, **options}
    async with httpx2.AsyncClient(**options) as http:
        try:
            response = await http.send(http.build_request("GET", address, headers=headers), stream=True)
            await read_body(response)
        except (httpx2.HTTPError, OSError) as error:
            return no_answer(operation, error)
    pytest.fail("there was an answer")


def sending(*pieces: bytes, reset: bool = False) -> Callable[[SocketStream], Awaitable[None]]:
    """Make a listener that reads a request, sends pieces of an answer and ends the connection."""

    async def treat(stream: SocketStream) -> None:
        await stream.receive()
        for piece in pieces:
            await stream.send(piece)
        if reset:
            # Lingering for no time makes the system send a reset in place of an orderly end.
            lingering = struct.pack("ii", 1, 0)
            stream.extra(SocketAttribute.raw_socket).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)

    return treat


def over_tls(address: str) -> str:
    return address.replace("http://127.0.0.1", "https://localhost")


def unsent(why: str) -> str:
    return f"Thinkific cannot be reached: {why}; nothing was sent. {CHECK}"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a certificate that nobody trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = tmp_path_factory.mktemp("certificate") / "self-made.pem"
    no_password = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password) + signed.public_bytes(pem)
    )
    return path


async def test_a_certificate_that_is_not_trusted_lasts(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def shake_hands(stream: SocketStream) -> None:
        with suppress(ssl.SSLError, anyio.BrokenResourceError, anyio.EndOfStream):
            await TLSStream.wrap(stream, server_side=True, ssl_context=context)

    async with listening(shake_hands) as address:
        error = await silence(over_tls(address))
    why = "its certificate is not trusted (if it is your proxy's, name its CA in SSL_CERT_FILE)"
    assert (str(error), error.sent, error.lasting) == (unsent(why), False, True)


async def test_a_certificate_that_is_trusted_is_no_hindrance(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def answer(stream: SocketStream) -> None:
        secured = await TLSStream.wrap(stream, server_side=True, ssl_context=context, standard_compatible=False)
        await secured.receive()

    async with listening(answer) as address:
        trusting = ssl.create_default_context(cafile=str(certificate))
        error = await silence(over_tls(address), verify=trusting)
    assert (str(error).partition(" (")[0], error.sent) == ("The connection to Thinkific broke", True)


async def test_what_answers_without_tls_is_no_secure_connection() -> None:
    async with listening(sending(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as address:
        error = await silence(over_tls(address))
    assert (str(error), error.sent, error.lasting) == (unsent("no secure connection comes about"), False, False)


async def test_what_hangs_up_on_tls_is_not_reached() -> None:
    async with listening(sending()) as address:
        error = await silence(over_tls(address))
    assert (error.sent, error.lasting) == (False, False)


async def test_what_does_not_answer_to_tls_is_not_reached_in_time() -> None:
    async with listening(lambda _: anyio.sleep_forever()) as address:
        error = await silence(over_tls(address), timeout=0.1)
    assert (str(error), error.sent) == (unsent("no connection comes about in time"), False)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = await silence(f"http://127.0.0.1:{port}/", WRITE)
    assert (str(error), error.sent, error.lasting) == (unsent("the connection is refused"), False, False)


async def test_a_host_that_there_is_not_is_not_found() -> None:
    # Too long for a question to a name server, so that none is asked.
    error = await silence(f"http://{'.'.join(['a' * 60] * 5)}/")
    assert (str(error), error.sent) == (unsent("its host is not found"), False)


async def test_a_proxy_that_refuses_kept_the_request() -> None:
    async with listening(sending(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")) as address:
        error = await silence("https://api.example.invalid/", proxy=address)
    assert (str(error), error.sent) == (unsent("the proxy refuses"), False)


async def test_an_address_of_another_kind_lasts() -> None:
    error = await silence("gopher://api.example.invalid/")
    assert (str(error), error.sent, error.lasting) == (
        unsent("its address is neither https nor http"),
        False,
        True,
    )


async def test_a_key_that_fits_into_no_header_lasts() -> None:
    async with listening(sending()) as address:
        error = await silence(address, headers={"X-Auth-API-Key": "s3cret\n"})
    assert str(error) == unsent("the credentials do not fit into a request")
    assert (error.sent, error.lasting) == (False, True)


async def test_where_all_connections_are_busy_nothing_was_sent() -> None:
    limits = httpx2.Limits(max_connections=1)
    async with (
        listening(lambda _: anyio.sleep_forever()) as address,
        httpx2.AsyncClient(limits=limits, timeout=httpx2.Timeout(None, pool=0.1)) as http,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(http.get, address)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(httpx2.PoolTimeout) as caught:
            await http.get(address)
        error = no_answer(WRITE, caught.value)
        assert (str(error), error.sent) == (unsent("all connections are busy"), False)
        tasks.cancel_scope.cancel()


BEGUN = b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n"


@pytest.mark.parametrize(
    ("treat", "name"),
    [
        (sending(), "RemoteProtocolError"),
        (sending(reset=True), "ReadError"),
        (sending(b"Hello"), "RemoteProtocolError"),
        (sending(BEGUN), "RemoteProtocolError"),
        (sending(BEGUN, b'{"id": 3'), "RemoteProtocolError"),
        (sending(BEGUN, b'{"id": 3', reset=True), "ReadError"),
    ],
    ids=["closed", "reset", "no-http", "no-body", "half-a-body", "reset-body"],
)
@pytest.mark.parametrize(("operation", "advice"), [(READ, f" {LATER}"), (WRITE, "")], ids=["read", "write"])
async def test_a_connection_that_breaks_may_have_done_its_work(
    treat: Callable[[SocketStream], Awaitable[None]], name: str, operation: Operation[Any], advice: str
) -> None:
    async with listening(treat) as address:
        error = await silence(address, operation)
    assert str(error) == f"The connection to Thinkific broke ({name}).{advice}"
    assert (error.sent, error.lasting) == (True, False)


@pytest.mark.parametrize(("operation", "advice"), [(READ, f" {LATER}"), (WRITE, "")], ids=["read", "write"])
@pytest.mark.parametrize("begun", [b"", BEGUN])
async def test_an_answer_that_does_not_come_in_time_may_have_done_its_work(
    operation: Operation[Any], advice: str, begun: bytes
) -> None:
    async def hang(stream: SocketStream) -> None:
        await stream.send(begun)
        await anyio.sleep_forever()

    async with listening(hang) as address:
        error = await silence(address, operation, timeout=httpx2.Timeout(5, read=0.1))
    assert (str(error), error.sent) == (f"Thinkific did not answer in time.{advice}", True)


async def test_a_reset_within_this_process_is_one_as_well() -> None:
    error = no_answer(READ, ConnectionResetError("the sandbox resets the connection"))
    assert (str(error), error.sent) == (f"The connection to Thinkific broke (ConnectionResetError). {LATER}", True)
