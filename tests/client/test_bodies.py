"""A body is read within bounds, and a refusal counts without one."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncGenerator

import httpx2
import pytest

from thinkific_mcp.api.courses import GetCourse, ListCourses
from thinkific_mcp.api.groups import CreateGroup
from thinkific_mcp.client.bodies import LARGEST_BODY, Answer
from thinkific_mcp.errors import InvalidError, NotFoundError

from .exchange import exchanged, unreadable

READ = GetCourse(course_id=3)
WRITE = CreateGroup(name="Night bakers")
MEGABYTE = b" " * 1_000_000


class Pieces(httpx2.AsyncByteStream):
    """A body piece by piece, which counts the pieces that are taken and may end with an error."""

    def __init__(self, *pieces: bytes, then: Exception | None = None) -> None:
        self._pieces = pieces
        self._then = then
        self.taken = 0

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        self.taken = 0
        for piece in self._pieces:
            self.taken += 1
            yield piece
        if self._then:
            raise self._then


async def test_a_body_of_twenty_megabytes_is_read() -> None:
    body = b'{"id":3}'.ljust(LARGEST_BODY)
    assert await exchanged(READ, httpx2.Response(200, stream=Pieces(body))) == {"id": 3}


async def test_nothing_is_read_beyond_twenty_megabytes() -> None:
    endless = Pieces(*[MEGABYTE] * 1000)
    error = await unreadable(ListCourses(), httpx2.Response(200, stream=endless))
    assert (endless.taken, str(error)) == (
        21,
        "Thinkific's answer (200) is over 20 MB. Ask for fewer items with limit.",
    )


async def test_a_body_that_is_announced_as_too_long_is_not_begun() -> None:
    body = Pieces(b"{}")
    headers = {"Content-Length": str(LARGEST_BODY + 1)}
    await unreadable(READ, httpx2.Response(200, headers=headers, stream=body))
    assert body.taken == 0


async def test_a_body_that_inflates_a_thousandfold_is_inflated_no_further_than_it_may_be_long() -> None:
    deflate = zlib.compressobj(wbits=31)
    bomb = b"".join(deflate.compress(MEGABYTE) for _ in range(100)) + deflate.flush()
    answer = httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=Pieces(bomb))
    tracemalloc.start()
    error = await unreadable(READ, answer)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ("is over 20 MB" in str(error), most < 2.5 * LARGEST_BODY) == (True, True)


async def test_a_compressed_body_is_decompressed() -> None:
    pieces = Pieces(gzip.compress(b'{"id": 3}'))
    answer = httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=pieces)
    assert await exchanged(READ, answer) == {"id": 3}


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_wrongly_compressed_says_so(encoding: str) -> None:
    answer = httpx2.Response(200, headers={"Content-Encoding": encoding}, stream=Pieces(b'{"id": 3}'))
    error = await unreadable(READ, answer)
    assert str(error) == "Thinkific's answer (200) is wrongly compressed. Try again later."


@pytest.mark.parametrize(
    "body",
    [
        Pieces(*[MEGABYTE] * 1000),
        Pieces(b'{"error"', then=httpx2.ReadError("reset")),
        Pieces(b'{"error"', then=ConnectionResetError()),
    ],
    ids=["endless", "broken", "reset"],
)
async def test_a_refusal_counts_whatever_becomes_of_its_body(body: Pieces) -> None:
    with pytest.raises(InvalidError) as caught:
        await exchanged(WRITE, httpx2.Response(422, stream=body))
    assert (caught.value.said, body.taken <= 2) == ("", True)


async def test_a_refusal_that_is_wrongly_compressed_counts() -> None:
    with pytest.raises(NotFoundError):
        await exchanged(READ, httpx2.Response(404, headers={"Content-Encoding": "gzip"}, stream=Pieces(b"{}")))


def test_an_answer_does_not_show_what_is_in_it() -> None:
    shown = repr(Answer(200, httpx2.Headers({"Set-Cookie": "s3cret"}), b"ada@example.com"))
    assert ("s3cret" in shown, "ada" in shown, "200" in shown) == (False, False, True)
