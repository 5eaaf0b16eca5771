"""A whole answer, read from the network within bounds."""

from contextlib import aclosing
from dataclasses import dataclass, field

import httpx2

LARGEST_BODY = 20_000_000
"""Bytes of a success that are read, decompressed."""

LARGEST_REFUSAL = 1_000_000
"""Bytes of any other answer that are read, decompressed."""


TOO_LONG = f"is over {LARGEST_BODY // 1_000_000} MB"
"""The flaw of an answer that was not read to its end."""


@dataclass(frozen=True)
class Answer:
    """A whole answer.

    Attributes:
        status: the HTTP status.
        headers: as they came.
        body: decompressed.
        flaw: why the body is not whole, to be read after "the answer"; empty where it is.
    """

    status: int
    headers: httpx2.Headers = field(repr=False)
    body: bytes = field(repr=False)
    flaw: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status < 300

    @property
    def is_page(self) -> bool:
        """Whether the body is a web page; JSON begins otherwise."""
        return self.body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


async def read_body(response: httpx2.Response) -> Answer:
    """Read the body of a response that was sent for with `stream=True`; closing it is the caller's.

    Nothing is read past the bound, and memory stays near it also where little inflates to much: httpx2
    decompresses a megabyte at a time. A refusal is known by its status: where its body breaks off, what came
    of it counts.

    Raises:
        httpx2.HTTPError: the connection broke within a success.
        OSError: the same, in a process that holds both ends.
    """
    body, flaw = bytearray(), ""
    try:
        if not await _fill(body, response, LARGEST_BODY if response.is_success else LARGEST_REFUSAL):
            flaw = TOO_LONG
    except httpx2.DecodingError:
        flaw = "is wrongly compressed"
    except (httpx2.HTTPError, OSError):
        if response.is_success:
            raise
        flaw = "breaks off"
    return Answer(response.status_code, response.headers, bytes(body), flaw)


async def _fill(body: bytearray, response: httpx2.Response, bound: int) -> bool:
    """Read into `body`, and tell whether the whole fits into the bound."""
    if _promised_length(response) > bound:
        return False
    async with aclosing(response.aiter_bytes()) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > bound:
                return False
    return True


def _promised_length(response: httpx2.Response) -> int:
    try:
        return int(response.headers.get("Content-Length", ""))
    except ValueError:
        return 0
