"""The sandbox as an ASGI application.

The API is found under `/api/public/v1`, as at Thinkific, and at the root. Beside it:

| request | does |
|---|---|
| `GET /openapi.json` | returns the contract that requests are judged by: the published one, amended |
| `GET /_sandbox/health` | returns `{"status": "ok"}` |
| `GET /_sandbox/requests` | returns `{"items": [...]}`, the latest requests to the API (`recording.py`) |
| `DELETE /_sandbox/requests` | forgets them |
| `POST /_sandbox/faults` | takes a fault for the next requests (`faults/`), as `{"kind": ..., ...}` |
| `DELETE /_sandbox/faults` | takes them all back |
| `POST /oauth2/token` | renews the app's tokens (`oauth.py`) |

A request to the API may carry its own fault in the header `X-Sandbox-Fault`.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from thinkific_mcp.sandbox import access
from thinkific_mcp.sandbox.connection import Connection, Reply, encoded
from thinkific_mcp.sandbox.endpoints import ENDPOINTS
from thinkific_mcp.sandbox.faults import FaultError, Faults, fault_of_header
from thinkific_mcp.sandbox.judge import Judge, Judgement, Request, is_json
from thinkific_mcp.sandbox.limits import Limit, Limiter
from thinkific_mcp.sandbox.oauth import Tokens
from thinkific_mcp.sandbox.recording import RecordedRequest, Recording, shown
from thinkific_mcp.sandbox.rules import Node
from thinkific_mcp.sandbox.school import School, SchoolInUseError
from thinkific_mcp.sandbox.wire import Answer, Refusal

BASE = b"/api/public/v1"


class Application:
    """The API of one school, and the control of its sandbox.

    Args:
        school: the state that the endpoints work on.
        contract: the contract that requests are judged by.
        limit: how many requests to the API are taken; None takes any number.

    Attributes:
        requests: the requests to the API so far.
        faults: the faults that wait for requests to the API.
        tokens: the tokens that the app was given.
    """

    def __init__(self, school: School, contract: Node, limit: Limit | None) -> None:
        self._school = school
        self._contract = contract
        self._judge = Judge(contract)
        self._limiter = Limiter(limit)
        self._one_at_a_time = Lock()
        self.requests = Recording()
        self.faults = Faults(self._judge.operations)
        self.tokens = Tokens(school.now)
        self._control = Starlette(
            routes=[
                Route("/openapi.json", self._openapi),
                Route("/_sandbox/health", self._health),
                Route("/_sandbox/requests", self._list_requests, methods=["GET"]),
                Route("/_sandbox/requests", self._clear_requests, methods=["DELETE"]),
                Route("/_sandbox/faults", self._add_fault, methods=["POST"]),
                Route("/_sandbox/faults", self._clear_faults, methods=["DELETE"]),
                Route("/oauth2/token", self.tokens.give, methods=["POST"]),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or scope["path"].startswith(("/_sandbox/", "/oauth2/", "/openapi.json")):
            await self._control(scope, receive, send)
        else:
            arrived = self._school.now().timestamp()
            # As a throttle before the application: it knows neither credentials nor faults.
            with suppress(ClientDisconnect), self._limiter.admitted(arrived) as refusal:
                await self._serve(scope, receive, send, arrived, refusal)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, arrived: float, refusal: Reply | None
    ) -> None:
        request = await _request(scope, receive)
        request = replace(request, headers=self.tokens.known(request.headers))
        judgement = self._judge.judge(request)
        record = RecordedRequest(
            arrived=arrived,
            method=request.method,
            path=request.path,
            query=request.query,
            operation=judgement.operation,
            headers=shown(request.headers),
            credentials=access.credentials(request.headers),
            body=_json(request.body),
            violations=judgement.violations,
        )
        self.requests.append(record)
        connection = Connection(scope, receive, send, record)
        if refusal is not None:
            await connection.send(refusal)
            return
        try:
            asked = request.headers.get("x-sandbox-fault")
            fault = fault_of_header(asked) if asked else self.faults.take(judgement.operation)
        except FaultError as error:
            await connection.send(Reply(422, encoded({"errors": error.complaints})))
            return
        if fault is None:
            await connection.send(self._carry_out(judgement))
        else:
            record.fault = fault.kind
            await fault.strike(lambda: self._carry_out(judgement), connection, self._school.now())

    def _carry_out(self, judgement: Judgement) -> Reply:
        """Answer a judged request in one transaction, which a refusal or an error takes back."""
        if judgement.refusal is not None:
            return _reply(
                judgement.refusal.answer, {"Allow": ", ".join(judgement.allow)} if judgement.allow else {}
            )
        assert judgement.call is not None and judgement.operation is not None
        try:
            with self._one_at_a_time, self._school.transaction():
                return _reply(ENDPOINTS[judgement.operation](self._school, judgement.call))
        except Refusal as refusal:
            return _reply(refusal.answer)
        except SchoolInUseError:
            return _reply(Answer(503, {"error": "The school's data file is in use, or cannot be written."}))

    async def _openapi(self, _: HttpRequest) -> Response:
        return JSONResponse(self._contract)

    async def _health(self, _: HttpRequest) -> Response:
        return JSONResponse({"status": "ok"})

    async def _list_requests(self, _: HttpRequest) -> Response:
        return JSONResponse({"items": [request.as_json() for request in self.requests]})

    async def _clear_requests(self, _: HttpRequest) -> Response:
        self.requests.clear()
        return Response(status_code=204)

    async def _add_fault(self, request: HttpRequest) -> Response:
        # Any web page may send a browser here with text, but none with JSON.
        if not is_json(request.headers):
            return JSONResponse({"errors": {"body": ["is not application/json"]}}, 415)
        asked = _json(await request.body())
        if not isinstance(asked, dict):
            return JSONResponse({"errors": {"body": ["is not a JSON object"]}}, 422)
        options = cast("dict[str, Any]", asked)
        try:
            fault = self.faults.add(str(options.pop("kind", "")), **options)
        except FaultError as error:
            return JSONResponse({"errors": error.complaints}, 422)
        return JSONResponse({"kind": fault.kind, **fault.model_dump(mode="json")}, 201)

    async def _clear_faults(self, _: HttpRequest) -> Response:
        self.faults.clear()
        return Response(status_code=204)


async def _request(scope: Scope, receive: Receive) -> Request:
    raw_path: bytes = scope["raw_path"]
    return Request(
        method=scope["method"],
        path=raw_path.removeprefix(BASE).decode("latin-1"),
        query_string=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=await HttpRequest(scope, receive).body(),
    )


def _reply(answer: Answer, headers: Mapping[str, str] | None = None) -> Reply:
    if answer.body is None:
        return Reply(answer.status, headers=headers or {}, content_type=None)
    return Reply(answer.status, encoded(answer.body), headers or {})


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
