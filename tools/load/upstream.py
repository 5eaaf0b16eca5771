"""A Thinkific that costs next to nothing, so that what is measured is the servers.

The sandbox would be the bottleneck: it asks SQLite and judges each request by the API's description, which takes
longer than a call of ours. This stand-in knows courses only, and has one for each id, which its name repeats. It
takes any API key. `GET /requests` says how many courses it was asked for.
"""

import asyncio
import json
import re
import sys
from http import HTTPStatus

_ASKED = re.compile(rb"GET (?:/api/public/v1/courses/(\d{1,15})|(/requests)) ")
_SIGNED = (b"x-auth-api-key: ", b"x-auth-subdomain: ")


def course_name(course_id: int) -> str:
    """Return the name of the course with an id."""
    return f"The {course_id} ways to feed a starter"


class Upstream(asyncio.Protocol):
    """One connection."""

    requests = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._unread = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that has arrived whole; none has a body."""
        *heads, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for head in heads:
            status, body = _answer(head)
            start = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json; charset=utf-8\r\n"
            self._transport.write(f"{start}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def _answer(head: bytes) -> tuple[HTTPStatus, bytes]:
    asked = _ASKED.match(head)
    if asked is None:
        return HTTPStatus.NOT_FOUND, b'{"error":"Record not found."}'
    if asked[2]:
        return HTTPStatus.OK, str(Upstream.requests).encode()
    Upstream.requests += 1
    if not all(name in head.lower() for name in _SIGNED):
        return HTTPStatus.UNAUTHORIZED, b'{"error":"API Access denied"}'
    return HTTPStatus.OK, _course(int(asked[1]))


def _course(course_id: int) -> bytes:
    course = {
        "id": course_id,
        "name": course_name(course_id),
        "slug": f"course-{course_id}",
        "subtitle": "From a jar of flour and water to a loaf you are proud of",
        "product_id": course_id + 1,
        "description": "Raise a starter, read a dough by touch and bake an open loaf in an ordinary oven.",
        "course_card_text": None,
        "intro_video_youtube": None,
        "contact_information": None,
        "keywords": "sourdough,starter,bread,beginner",
        "duration": "6 hours",
        "banner_image_url": "https://cdn.example.com/hearthmoor/sourdough-foundations-banner.jpg",
        "course_card_image_url": "https://cdn.example.com/hearthmoor/sourdough-foundations-card.jpg",
        "intro_video_wistia_identifier": None,
        "administrator_user_ids": [1, 2],
        "chapter_ids": [1, 2, 3, 4],
        "reviews_enabled": True,
        "user_id": 1,
        "instructor_id": 1,
    }
    return json.dumps(course, separators=(",", ":")).encode()


async def main() -> None:
    """Serve until ended."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0, backlog=2048)
    print(f"Listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", file=sys.stderr, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
