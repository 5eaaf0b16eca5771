"""How one request of an operation is sent: in its turn, within the deadline, again where that is safe."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
import httpx2

from thinkific_mcp.client.answers import no_answer, read_answer, unknown_outcome
from thinkific_mcp.client.bodies import Answer, read_body
from thinkific_mcp.client.connections import Connections
from thinkific_mcp.client.credentials import Credentials
from thinkific_mcp.client.pace import Budgets, Turn
from thinkific_mcp.client.patience import Patience
from thinkific_mcp.client.requests import build_request
from thinkific_mcp.client.resets import asks_to_wait, seconds_to_wait
from thinkific_mcp.client.retries import Failure, Then, Tries, failure_of
from thinkific_mcp.client.secrets import without_secrets
from thinkific_mcp.errors import (
    ArgumentError,
    CredentialsError,
    DeadlineError,
    RateLimitError,
    ServerError,
    SettingsError,
    ThinkificError,
    UnreachableError,
)
from thinkific_mcp.operation import Operation
from thinkific_mcp.telemetry import upstream_request

R = TypeVar("R")
T = TypeVar("T")

_logger = logging.getLogger(__name__)

_SET_LONGER = "Try again, or set a longer THINKIFIC_DEADLINE."


@dataclass(frozen=True)
class Sender:
    """Sends the requests of one site.

    Args:
        connections: how Thinkific is reached.
        credentials: who calls.
        budgets: where calls wait for their turn.
        site: whose budget they spend.
        client_secret: the app's secret, which signs site scripts given by content.
        now: the clock, in seconds since the epoch.
        random: returns a number from 0 to 1.
    """

    connections: Connections
    credentials: Credentials
    budgets: Budgets
    site: str
    client_secret: str = field(repr=False)
    now: Callable[[], float]
    random: Callable[[], float]

    async def send(self, operation: Operation[R], patience: Patience) -> R:
        """Carry out an operation by one request, repeated as the table in `retries.py` says.

        Raises:
            ThinkificError: as `Thinkific` says.
        """
        tries = Tries(operation.spec.effect, self.random)
        may_renew = True
        failed: ThinkificError | None = None
        while True:
            answer: Answer | None = None
            headers: Mapping[str, str] = {}
            try:
                headers, answer = await self._exchange(operation, patience)
                return operation.receive(answer.status, read_answer(operation, answer, self.now()))
            except ThinkificError as error:
                is_late = isinstance(error, DeadlineError)
                if is_late and failed is not None and not error.sent:
                    if isinstance(failed, RateLimitError):
                        failed.retry_after = failed.retry_after or error.retry_after
                    raise failed from None  # what kept it waiting says more
                if answer is None and not (isinstance(error, UnreachableError) or (is_late and error.sent)):
                    raise
                failed = error
            if may_renew and isinstance(failed, CredentialsError):
                may_renew = False
                if await self._given(self.credentials.renew(self.connections.http, headers), patience):
                    failed = None
                    continue
            failure = failure_of(failed, asked_to_wait=answer is not None and asks_to_wait(answer.headers))
            match tries.after(failure):
                case Then.FAIL:
                    raise failed
                case Then.UNKNOWN:
                    raise unknown_outcome(operation, failed) from failed
                case Then.AGAIN:
                    await self._pause(operation, failed, failure, tries.pause(), patience)

    async def _given(self, asked: Awaitable[T], patience: Patience) -> T:
        """Wait for what was asked of the credentials, which may have to renew a token."""
        given: list[T] = []
        with anyio.CancelScope(deadline=patience.until), patience.waiting_for("renewing the access token"):
            given.append(await asked)
        if not given:
            raise _out_of_time("The access token could not be renewed", patience, _SET_LONGER)
        return given[0]

    async def _exchange(self, operation: Operation[Any], patience: Patience) -> tuple[Mapping[str, str], Answer]:
        """Send one request in its turn, and return the credentials' headers and the whole answer."""
        request = self._request(operation)
        async with self.budgets.line(self.site).turn(patience) as turn:
            # Not before the turn has come, since a token may end while a call waits.
            headers = await self._given(self.credentials.headers(self.connections.http), patience)
            if not all(map(str.isascii, headers.values())):
                raise SettingsError("The credentials do not fit into a request; nothing was sent. Check them.")
            request.headers.update(headers)
            answer: Answer | None = None
            started = anyio.current_time()
            spec = operation.spec
            with upstream_request(spec.method, spec.path, request.url.host) as answered:
                with (
                    anyio.CancelScope(deadline=patience.until),
                    patience.waiting_for("waiting for Thinkific's answer"),
                ):
                    answer = await self._answer(operation, request, turn)
                if answer is None:
                    advice = _SET_LONGER if spec.effect == "read" else ""
                    raise _out_of_time("Thinkific did not answer", patience, advice, sent=True)
                answered(answer.status)
            milliseconds = (anyio.current_time() - started) * 1000
            # The path as Thinkific publishes it: an external id of a student can stand in the real one.
            _logger.info("%s %s: %d in %.0f ms", spec.method, spec.path, answer.status, milliseconds)
            if answer.status == 429:
                turn.refused(seconds_to_wait(answer.headers, self.now()))
            return headers, without_secrets(answer, operation, headers)

    def _request(self, operation: Operation[Any]) -> httpx2.Request:
        try:
            return build_request(self.connections.http, operation, self.client_secret)
        except httpx2.InvalidURL:
            raise ArgumentError("The arguments are too long for an address. Nothing was sent.") from None

    async def _answer(self, operation: Operation[Any], request: httpx2.Request, turn: Turn) -> Answer:
        turn.sent = True
        try:
            response = await self.connections.http.send(request, stream=True)
            try:
                return await read_body(response)
            finally:
                with anyio.CancelScope(shield=True):
                    await response.aclose()
        except (httpx2.HTTPError, OSError) as error:
            failure = no_answer(operation, error)
            turn.sent = failure.sent
        raise failure  # not from the error, which leads to the request

    async def _pause(
        self,
        operation: Operation[Any],
        failed: ThinkificError,
        failure: Failure,
        pause: float,
        patience: Patience,
    ) -> None:
        """Wait before the next try, unless that would be past the deadline."""
        if failure is Failure.RATE_LIMITED:
            return  # the next turn comes when the 429 is lifted
        if failure is Failure.TOLD_TO_WAIT and isinstance(failed, ServerError) and failed.retry_after is not None:
            pause = max(pause, failed.retry_after)
        if pause > patience.left():
            raise failed
        spec, words = operation.spec, failure.name.lower().replace("_", " ")
        _logger.info("%s %s: %s, again in %.1f s", spec.method, spec.path, words, pause)
        with patience.waiting_for(f"Thinkific failed ({words}), trying again", pause):
            await anyio.sleep(pause)


def _out_of_time(what: str, patience: Patience, advice: str, *, sent: bool = False) -> DeadlineError:
    text = f"{what} within this call's deadline of {patience.deadline:g} seconds. {advice}"
    return DeadlineError(text.rstrip(), retry_after=0, sent=sent)
