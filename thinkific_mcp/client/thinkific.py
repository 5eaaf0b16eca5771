"""The client: one identity, one budget, every operation."""

import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from copy import copy
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar, overload
from urllib.parse import urlsplit

import httpx2

from thinkific_mcp.client.calls import ListCall
from thinkific_mcp.client.connections import Connections
from thinkific_mcp.client.credentials import Credentials
from thinkific_mcp.client.pace import Budgets, process_wide
from thinkific_mcp.client.pages import each, walk
from thinkific_mcp.client.patience import Patience, Report
from thinkific_mcp.client.sending import Sender
from thinkific_mcp.operation import Operation, Paging
from thinkific_mcp.result import Page

R = TypeVar("R")
T = TypeVar("T")

# They log every address at INFO, and a filter by email stands in the address.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

BASE_URL = "https://api.thinkific.com/api/public/v1"


class Thinkific:
    """A Thinkific site, called operation by operation.

        async with Thinkific(ApiKey("my-school", key)) as thinkific:
            course = await thinkific(GetCourse(course_id=3))
            async for user in thinkific(ListUsers()):
                ...

    All clients of a site in this process spend one budget of requests, first come, first served.

    Args:
        credentials: an `ApiKey`, an `AccessToken`, an `OAuth`, or any object that does as `Credentials` says.
        base_url: where the Admin API is: https, or the sandbox's http address on this machine, which is
            reached without a proxy.
        client_secret: the app's secret, which signs site scripts given by content.
        timeout: seconds to wait for a connection (10 at most), and for each further piece of an answer.
        deadline: seconds that a call may take, waiting included; 0 for as long as it needs. What cannot be done
            by then fails at once.
        budgets: the budgets that requests are taken from; by default those of this process, of 120 requests a
            minute and 10 at once for each site.
        transport: how requests travel; by default over the network.
        now: the clock, in seconds since the epoch.
        random: returns a number from 0 to 1, for the pauses before a request is repeated.

    Attributes:
        deadline: seconds that a call may take.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        base_url: str = BASE_URL,
        client_secret: str = "",
        timeout: float = 30,
        deadline: float = 45,
        budgets: Budgets | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._connections = Connections(base_url, timeout, transport)
        self._is_owner = True
        self.deadline = deadline
        self._sender = Sender(
            connections=self._connections,
            credentials=credentials,
            budgets=budgets or process_wide(),
            site=self._site(credentials),
            client_secret=client_secret,
            now=now,
            random=random,
        )

    def for_site(self, credentials: Credentials, *, client_secret: str | None = None) -> "Thinkific":
        """Return a client of another site, over the same connections, with a budget of its own.

        It works until this client is closed.

        Args:
            credentials: who calls there.
            client_secret: the secret of the app there; by default it is the same app.
        """
        other = copy(self)
        other._is_owner = False
        other._sender = replace(
            self._sender,
            credentials=credentials,
            site=self._site(credentials),
            client_secret=self._sender.client_secret if client_secret is None else client_secret,
        )
        return other

    @property
    def site(self) -> str:
        """The subdomain of the site; for an access token, what its credentials call it."""
        return self._sender.credentials.site

    @property
    def host(self) -> str:
        """The host that the Admin API is reached at, with its port where that is not the usual one."""
        # Not with the user and password that an address may hold: this names what is kept in Redis.
        return urlsplit(self._connections.base_url).netloc.rpartition("@")[2]

    @overload
    def __call__(
        self, operation: Operation[Page[T]], *, report: Report | None = None, deadline: float | None = None
    ) -> ListCall[T]: ...
    @overload
    def __call__(
        self, operation: Operation[R], *, report: Report | None = None, deadline: float | None = None
    ) -> Coroutine[Any, Any, R]: ...
    def __call__(
        self, operation: Operation[Any], *, report: Report | None = None, deadline: float | None = None
    ) -> Any:
        """Carry out an operation; await its result.

        Args:
            operation: what to do. A list can be awaited for the page it asks for, or iterated over.
            report: is told every two seconds what an awaited call is waiting for.
            deadline: seconds that this call may take, where that is not the client's deadline.

        Raises:
            ApiError: Thinkific refused; see `thinkific_mcp.errors` for the kinds.
            UnknownOutcomeError: a write failed, and it may have happened all the same.
            DeadlineError: the call cannot be done within its deadline.
            UnreachableError: there was no answer.
            UnreadableAnswerError: the answer is not what the API promises.
            ArgumentError: the arguments are too long for an address; nothing was sent.
            SettingsError: a setting is missing or cannot be used; nothing was sent.
        """
        result = operation.result_type()
        if isinstance(result, type) and issubclass(result, Page):
            rows = partial(self._rows, operation, deadline)
            return ListCall(self._carry_out(operation, report, deadline), rows)
        return self._carry_out(operation, report, deadline)

    async def _carry_out(self, operation: Operation[Any], report: Report | None, deadline: float | None) -> Any:
        patience = Patience(self.deadline if deadline is None else deadline)
        send = partial(self._sender.send, patience=patience)
        if isinstance(operation, Paging):
            patience.fetched(0, None)
            work = partial(walk, operation, send, fetched=patience.fetched)
        else:
            work = partial(send, operation)
        return await patience.telling(report, work)

    def _rows(self, operation: Operation[Page[T]], deadline: float | None) -> AsyncIterator[T]:
        seconds = self.deadline if deadline is None else deadline

        def send(operation: Operation[Page[T]]) -> Awaitable[Page[T]]:
            return self._sender.send(operation, Patience(seconds))  # the time between pages is the reader's

        return each(operation, send)

    async def next_turn(self) -> float:
        """Return the seconds after which a request of this site could leave, which is 0 in most moments."""
        return await self._sender.budgets.wait(self._sender.site)

    def _site(self, credentials: Credentials) -> str:
        return f"{self.host}/{credentials.site}"

    async def aclose(self) -> None:
        """Close the connections."""
        if self._is_owner:
            await self._connections.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
