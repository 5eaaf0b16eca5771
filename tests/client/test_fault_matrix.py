"""Every fault of the sandbox, and what becomes of a read, an update and a creation whose request it strikes.

| cell | the call |
|---|---|
| fine | succeeds |
| other | succeeds with what came, which is not what the API promises |
| again or X | succeeds by a second request; where every request is struck, ends with X |
| unknown S | ends with an `UnknownOutcomeError`, of the status S where there was one |
| unreadable, no answer, late | ends with an `UnreadableAnswerError`, `UnreachableError` or `DeadlineError` |
| a number | ends with the `ApiError` of this status |
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx2
import pytest

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.api.promotions import CreatePromotion, UpdateCoupon
from thinkific_mcp.client.retries import RATE_LIMITED_TRIES, TRIES
from thinkific_mcp.errors import (
    ApiError,
    DeadlineError,
    UnknownOutcomeError,
    UnreachableError,
    UnreadableAnswerError,
)
from thinkific_mcp.operation import Operation
from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.faults.queue import KINDS
from thinkific_mcp.sandbox.serve import running

from .conftest import NOW, client_of
from .ledger import Ledger
from .listing import in_virtual_time

OPERATIONS: Mapping[str, Operation[Any]] = {
    "read": GetCourse(course_id=3),
    "update": UpdateCoupon(coupon_id=1, code="NIGHT"),
    "create": CreatePromotion(name="Night bakers", discount_type="percentage", amount=20),
}

TABLE = """
| fault                                                      | read               | update       | create       |
|------------------------------------------------------------|--------------------|--------------|--------------|
| rate_limit                                                 | again or 429       | again or 429 | again or 429 |
| rate_limit {"retry_in": 30, "reset": "milliseconds"}       | again or 429       | again or 429 | again or 429 |
| rate_limit {"reset": "30"}                                 | again or 429       | again or 429 | again or 429 |
| rate_limit {"reset": "absent"}                             | again or 429       | again or 429 | again or 429 |
| rate_limit {"reset": "soon"}                               | again or 429       | again or 429 | again or 429 |
| rate_limit {"retry_in": -3600}                             | again or 429       | again or 429 | again or 429 |
| rate_limit {"retry_in": 86400}                             | again or 429       | again or 429 | again or 429 |
| html {"status": 429}                                       | again or 429       | again or 429 | again or 429 |
| status {"status": 503, "headers": {"Retry-After": "2"}}    | again or 503       | again or 503 | again or 503 |
| status {"status": 503, "headers": {"Retry-After": "soon"}} | again or 503       | again or 503 | again or 503 |
| status {"status": 503, "headers": {"RateLimit-Reset": ""}} | again or 503       | again or 503 | again or 503 |
| status {"status": 503}                                     | again or 503       | unknown 503  | unknown 503  |
| html {"status": 503}                                       | again or 503       | unknown 503  | unknown 503  |
| status {"status": 502, "headers": {"Retry-After": "2"}}    | again or 502       | unknown 502  | unknown 502  |
| html                                                       | again or 502       | unknown 502  | unknown 502  |
| status {"status": 504}                                     | again or 504       | unknown 504  | unknown 504  |
| html {"status": 504}                                       | again or 504       | unknown 504  | unknown 504  |
| slow {"seconds": 60}                                       | again or no answer | unknown      | unknown      |
| reset                                                      | again or no answer | unknown      | unknown      |
| hang_up                                                    | again or no answer | unknown      | unknown      |
| reset_body                                                 | again or no answer | fine         | unknown      |
| truncated                                                  | again or no answer | fine         | unknown      |
| trickle {"pause": 60}                                      | again or no answer | fine         | unknown      |
| truncated {"length": "half"}                               | unreadable         | fine         | unknown 201  |
| invalid_json                                               | unreadable         | fine         | unknown 200  |
| invalid_utf8                                               | unreadable         | fine         | unknown 200  |
| huge                                                       | unreadable         | fine         | unknown 200  |
| huge {"encoding": "gzip"}                                  | unreadable         | fine         | unknown 200  |
| endless {"pause": 0.001}                                   | unreadable         | fine         | unknown 200  |
| endless {"kilobytes": 1, "pause": 0.05}                    | late               | unknown      | unknown      |
| html {"status": 200}                                       | unreadable         | unknown 200  | unknown 200  |
| empty                                                      | unreadable         | fine         | other        |
| empty {"status": 204}                                      | unreadable         | fine         | other        |
| wrong_type                                                 | other              | fine         | other        |
| wrong_type {"body": null}                                  | other              | fine         | other        |
| wrong_type {"body": [3]}                                   | other              | fine         | other        |
| wrong_content_type                                         | fine               | fine         | fine         |
| slow {"seconds": 0.05}                                     | fine               | fine         | fine         |
| trickle {"pause": 0.01}                                    | fine               | fine         | fine         |
| status                                                     | 500                | unknown 500  | unknown 500  |
| html {"status": 500}                                       | 500                | unknown 500  | unknown 500  |
| empty {"status": 500}                                      | 500                | unknown 500  | unknown 500  |
| status {"status": 501}                                     | 501                | unknown 501  | unknown 501  |
| status {"status": 524}                                     | 524                | unknown 524  | unknown 524  |
| status {"status": 408}                                     | 408                | unknown 408  | unknown 408  |
| redirect {"location": "/login"}                            | 302                | unknown 302  | unknown 302  |
| redirect {"location": "/login", "status": 307}             | 307                | unknown 307  | unknown 307  |
| redirect {"location": "https://a.example/", "status": 308} | 308                | unknown 308  | unknown 308  |
| status {"status": 400}                                     | 400                | 400          | 400          |
| status {"status": 401}                                     | 401                | 401          | 401          |
| status {"status": 403}                                     | 403                | 403          | 403          |
| html {"status": 403}                                       | 403                | 403          | 403          |
| status {"status": 404}                                     | 404                | 404          | 404          |
| status {"status": 409}                                     | 409                | 409          | 409          |
| status {"status": 422}                                     | 422                | 422          | 422          |
| empty {"status": 422}                                      | 422                | 422          | 422          |
"""


NEED_A_SOCKET = ("huge", "endless", "slow", "trickle", "truncated", "hang_up", "reset", "reset_body")
CARRIED_OUT = ("trickle", "truncated", "wrong_content_type", "reset_body")
"""The faults that spoil the endpoint's own answer."""


IMPATIENT: Mapping[str, Mapping[str, float]] = {
    'slow {"seconds": 60}': {"timeout": 0.4},
    'trickle {"pause": 60}': {"timeout": 0.4},
    'endless {"kilobytes": 1, "pause": 0.05}': {"deadline": 0.4},
}
"""What the client is given where a fault would outlast the test."""


@dataclass(frozen=True)
class Cell:
    """A cell of the table.

    Attributes:
        fault: as the table writes it: a kind, and its options as JSON.
        column: which operation is called.
        outcome: what becomes of it, as the table writes it.
    """

    fault: str
    column: str
    outcome: str

    @property
    def kind(self) -> str:
        return self.fault.partition(" ")[0]

    @property
    def options(self) -> dict[str, Any]:
        return json.loads(self.fault.partition(" ")[2] or "{}")

    @property
    def once(self) -> str:
        """What becomes of a call of which the fault strikes one request."""
        return self.outcome.partition(" or ")[0]

    @property
    def always(self) -> str:
        """What becomes of a call of which it strikes every request."""
        return self.outcome.partition(" or ")[2]

    @property
    def leaves_it_open(self) -> bool:
        """Whether the fault may strike a write that was carried out: a refusal says that it was not."""
        return self.column != "read" and self.once.startswith(("fine", "other", "unknown"))

    def __str__(self) -> str:
        return f"{self.fault} - {self.column}"


def cells() -> list[Cell]:
    """Read the table."""
    head, _, *rows = ([part.strip() for part in line.split("|")[1:-1]] for line in TABLE.strip().splitlines())
    return [
        Cell(fault, column, outcome)
        for fault, *outcomes in rows
        for column, outcome in zip(head[1:], outcomes, strict=True)
    ]


@dataclass(frozen=True)
class Stage:
    """A sandbox, also on a port of this machine, and what it has carried out."""

    sandbox: Sandbox
    address: str
    ledger: Ledger

    def play(self, cell: Cell, **options: Any) -> str:
        """Call the operation of a cell while its fault strikes, and say what became of it."""
        self.ledger.clear()
        self.sandbox.requests.clear()
        self.sandbox.faults.clear()
        self.sandbox.faults.add(cell.kind, **cell.options, **options)
        outcomes: list[str] = []

        async def call() -> None:
            outcomes.append(await self._outcome(cell))

        if cell.kind in NEED_A_SOCKET:
            anyio.run(call)
        else:
            in_virtual_time(call)
        return outcomes[0]

    async def _outcome(self, cell: Cell) -> str:
        async with self._client(cell) as thinkific:
            try:
                result: Any = await thinkific(OPERATIONS[cell.column])
            except UnknownOutcomeError as error:
                return f"unknown {error.status or ''}".strip()
            except UnreadableAnswerError:
                return "unreadable"
            except UnreachableError:
                return "no answer"
            except DeadlineError:
                return "late"
            except ApiError as error:
                return str(error.status)
        if result is not None and result.id is None:
            return "other"
        return "fine" if len(self.sandbox.requests) == 1 else "again"

    def _client(self, cell: Cell) -> Thinkific:
        account = ApiKey("sandbox", "sandbox")
        if cell.kind not in NEED_A_SOCKET:
            transport = httpx2.ASGITransport(self.sandbox)
            return client_of(account, transport=transport, now=lambda: NOW, deadline=0)
        return client_of(account, base_url=self.address, **IMPATIENT.get(cell.fault, {}))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with (
        closing(Sandbox(students=1, now=lambda: datetime.fromtimestamp(NOW, UTC))) as sandbox,
        running(sandbox) as address,
    ):
        yield Stage(sandbox, f"{address}/api/public/v1", Ledger(sandbox))


def test_every_kind_of_fault_is_in_the_table() -> None:
    assert {cell.kind for cell in cells()} == set(KINDS)


@pytest.mark.parametrize("cell", cells(), ids=str)
def test_a_fault_that_strikes_once_has_the_outcome_of_the_table(stage: Stage, cell: Cell) -> None:
    is_again = cell.once == "again"
    assert stage.play(cell) == cell.once
    assert [request.fault for request in stage.sandbox.requests] == [cell.kind] + [None] * is_again
    is_done = is_again or cell.kind in CARRIED_OUT or (cell.once == "fine" and cell.kind == "slow")
    assert len(stage.ledger.entries) == (cell.column != "read" and is_done)
    assert stage.sandbox.violations == []


@pytest.mark.parametrize("cell", [cell for cell in cells() if cell.always], ids=str)
def test_a_fault_that_strikes_every_request_ends_the_call_after_so_many(stage: Stage, cell: Cell) -> None:
    assert stage.play(cell, times=100) == cell.always
    tries = RATE_LIMITED_TRIES if cell.always == "429" else TRIES
    assert [request.fault for request in stage.sandbox.requests] == [cell.kind] * tries
    assert stage.ledger.entries == []
    assert stage.sandbox.violations == []


@pytest.mark.parametrize("cell", [cell for cell in cells() if cell.leaves_it_open], ids=str)
def test_a_write_that_is_carried_out_before_the_fault_strikes_has_the_same_outcome(
    stage: Stage, cell: Cell
) -> None:
    assert stage.play(cell, after=True) == cell.once
    assert (len(stage.sandbox.requests), len(stage.ledger.entries)) == (1, 1)
    assert stage.sandbox.violations == []
