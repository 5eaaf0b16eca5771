"""A stand-in for Thinkific: the Admin API of a school of its own, with state, strict about the contract."""

import sqlite3
from pathlib import Path

from starlette.types import Receive, Scope, Send

from thinkific_mcp.sandbox.app import Application
from thinkific_mcp.sandbox.contract import load_contract
from thinkific_mcp.sandbox.demo import populate
from thinkific_mcp.sandbox.limits import Limit
from thinkific_mcp.sandbox.school import Clock, School, SchoolInUseError, utc_now

__all__ = ["DataFileError", "Limit", "Sandbox"]

APPLICATION_ID = 1413894984
SCHEMA_VERSION = 1


class DataFileError(Exception):
    """A data file cannot be opened as a school."""


class Sandbox:
    """An ASGI application with the API of a demo school.

    It takes the key `sandbox` with the subdomain `sandbox`, or the bearer token `sandbox`. What else it
    serves is described in `app.py`, the faults that it can be asked for in `faults/`.

    Args:
        data: the file that keeps the school between runs; None keeps it in memory.
        students: the number of students of a new school.
        now: the school's clock.
        limit: how many requests it takes, as Thinkific limits them for a site; None takes any number.

    Attributes:
        school: the school.
        requests: the requests to the API, oldest first.
        faults: the faults that wait for requests.
        tokens: the tokens of the app that renews its own.

    Raises:
        DataFileError: the data file is no school of this version.
    """

    def __init__(
        self,
        data: Path | None = None,
        students: int = 240,
        now: Clock = utc_now,
        limit: Limit | None = None,
    ) -> None:
        self.school = _school(data, students, now)
        self._application = Application(self.school, load_contract(), limit)
        self.requests = self._application.requests
        self.faults = self._application.faults
        self.tokens = self._application.tokens

    @property
    def violations(self) -> list[str]:
        """Everything in the recorded requests that the contract forbids."""
        return [
            f"{request.method} {request.path}: {violation}"
            for request in self.requests
            for violation in request.violations
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        await self._application(scope, receive, send)

    def close(self) -> None:
        """Close the school's database."""
        self.school.close()


def _school(data: Path | None, students: int, now: Clock) -> School:
    try:
        school = School(data, now, fill=lambda school: populate(school, students))
    except (sqlite3.DatabaseError, SchoolInUseError) as error:
        raise DataFileError(f"{data} cannot be opened as a school: {error}.") from error
    if school.value("PRAGMA application_id") != APPLICATION_ID:
        school.close()
        raise DataFileError(f"{data} is a database of something else. Name another file.")
    version = school.value("PRAGMA user_version")
    if version != SCHEMA_VERSION:
        school.close()
        raise DataFileError(
            f"{data} holds no school of version {SCHEMA_VERSION}, but version {version}. "
            "Name another file, or delete this one to start with a new school."
        )
    return school
