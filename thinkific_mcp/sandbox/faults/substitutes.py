"""Faults that answer something else than the endpoint would."""

from abc import abstractmethod
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, JsonValue

from thinkific_mcp.sandbox.connection import Connection, Reply, encoded
from thinkific_mcp.sandbox.faults.fault import CarryOut, Fault, HeaderText
from thinkific_mcp.sandbox.limits import IN_A_SECOND, epoch_time, too_many_requests

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]

PAGE = "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"


class Substitute(Fault):
    """A fault with an answer of its own."""

    async def strike(self, carry_out: CarryOut, connection: Connection, now: datetime) -> None:
        """Send the fault's own answer."""
        if self.after:
            carry_out()
        await connection.send(self.reply(now))

    @abstractmethod
    def reply(self, now: datetime) -> Reply:
        """Return the fault's own answer."""


class RateLimit(Substitute):
    """Too many requests.

    Attributes:
        retry_in: the seconds until the limit is lifted.
        reset: how `RateLimit-Reset` tells that moment: in epoch `seconds` or `milliseconds`, or `absent`;
            any other text is sent as it is.
    """

    kind = "rate_limit"
    retry_in: float = Field(1, ge=-86_400, le=86_400)
    reset: HeaderText = "seconds"

    def reply(self, now: datetime) -> Reply:
        """Return a 429 with the header."""
        moment = (now + timedelta(seconds=self.retry_in)).timestamp()
        told = {"absent": None, **{unit: epoch_time(moment, unit) for unit in IN_A_SECOND}}
        return too_many_requests(told.get(self.reset, self.reset))


class Status(Substitute):
    """An error with any status, JSON body and headers."""

    kind = "status"
    status: int = Field(500, ge=400, le=599)
    body: JsonValue = None
    headers: dict[HeaderName, HeaderText] = Field(default_factory=dict)

    def reply(self, now: datetime) -> Reply:
        """Return the error; without a body of its own, one that names the status."""
        body = {"error": _phrase(self.status)} if self.body is None else self.body
        return Reply(self.status, encoded(body), self.headers)


class Html(Substitute):
    """An error page of a proxy."""

    kind = "html"
    status: int = Field(502, ge=200, le=599)

    def reply(self, now: datetime) -> Reply:
        """Return the page."""
        page = PAGE.format(title=f"{self.status} {_phrase(self.status)}")
        return Reply(self.status, page.encode(), content_type="text/html; charset=utf-8")


class Redirect(Substitute):
    """A redirect to another place."""

    kind = "redirect"
    location: HeaderText
    status: int = Field(302, ge=300, le=399)

    def reply(self, now: datetime) -> Reply:
        """Return the redirect."""
        return Reply(self.status, headers={"Location": self.location})


class Empty(Substitute):
    """An answer without the body that belongs to it."""

    kind = "empty"
    status: int = Field(200, ge=200, le=599)

    def reply(self, now: datetime) -> Reply:
        """Return nothing, typed as JSON."""
        return Reply(self.status)


class WrongType(Substitute):
    """A success whose JSON is of another type than the endpoint's."""

    kind = "wrong_type"
    body: JsonValue = "OK"

    def reply(self, now: datetime) -> Reply:
        """Return the body."""
        return Reply(200, encoded(self.body))


class InvalidJson(Substitute):
    """A success whose body is no JSON."""

    kind = "invalid_json"

    def reply(self, now: datetime) -> Reply:
        """Return the body."""
        return Reply(200, b'{"items": [}')


class InvalidUtf8(Substitute):
    """A success whose body is no UTF-8."""

    kind = "invalid_utf8"

    def reply(self, now: datetime) -> Reply:
        """Return the body."""
        return Reply(200, b'{"items": [{"name": "\xff\xfe"}]}')


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Error"
