"""The judge: holds every request against the contract, before an endpoint sees it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from thinkific_mcp.sandbox import access
from thinkific_mcp.sandbox.rules import METHODS, Node
from thinkific_mcp.sandbox.schemas import Flaw, Form
from thinkific_mcp.sandbox.wire import Call, Refusal


@dataclass(frozen=True)
class Request:
    """A request to the API as it came in.

    Args:
        method: the HTTP method.
        path: the path below the API's base, still percent-encoded.
        query_string: the query, still encoded.
        headers: the headers, their names in lower case.
        body: the bytes of the body.
    """

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def query(self) -> list[tuple[str, str]]:
        """The decoded query, in order, repeated names included."""
        return parse_qsl(self.query_string, keep_blank_values=True)


@dataclass(frozen=True)
class Judgement:
    """What the contract says of a request.

    Attributes:
        operation: the operation that was asked for, such as `GET /users/{id}`; None if there is none.
        call: the typed request; None if it is refused.
        refusal: why and how the request is refused; None if it is allowed.
        violations: every rule of the contract that the request breaks, with its place, without values.
        allow: the methods of a path that does not have the one asked for.
    """

    operation: str | None = None
    call: Call | None = None
    refusal: Refusal | None = None
    violations: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


class ViolationError(Refusal):
    """A refusal of something that the contract forbids."""

    def __init__(self, status: int, body: Any, violations: Sequence[str]) -> None:
        super().__init__(status, body)
        self.violations = tuple(violations)


class Judge:
    """Judges requests by a contract.

    Args:
        contract: an OpenAPI 3.0 document.
    """

    def __init__(self, contract: Node) -> None:
        # A path with more literal segments wins: /promotions/by_coupon before /promotions/{id}.
        paths = sorted(contract["paths"].items(), key=lambda item: item[0].count("{"))
        self._paths = [_Path(contract, template, item) for template, item in paths]

    @property
    def operations(self) -> list[str]:
        """The operations of the contract, such as `GET /users/{id}`."""
        return [operation.key for path in self._paths for operation in path.operations.values()]

    def judge(self, request: Request) -> Judgement:
        """Judge a request: access first, then path and query, then the body."""
        segments = [unquote(segment) for segment in request.path.split("/")]
        for path in self._paths:
            values = path.match(segments)
            if values is not None:
                break
        else:
            refusal = Refusal(404, {"error": "Record not found."})
            return Judgement(refusal=refusal, violations=("path: not in the contract",))
        operation = path.operations.get(request.method)
        if operation is None:
            refusal = Refusal(405, {"error": "Method not allowed."})
            allow = tuple(path.operations)
            return Judgement(refusal=refusal, violations=("method: not in the contract",), allow=allow)
        try:
            access.admit(request.headers, path.template)
            return Judgement(operation.key, operation.call(values, request))
        except ViolationError as violation:
            return Judgement(operation.key, refusal=violation, violations=violation.violations)
        except Refusal as refusal:
            return Judgement(operation.key, refusal=refusal)


class _Path:
    def __init__(self, contract: Node, template: str, item: Node) -> None:
        self.template = template
        self._segments = template.split("/")
        self.operations = {
            method.upper(): _Operation(contract, f"{method.upper()} {template}", item[method])
            for method in METHODS
            if method in item
        }

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the values of the path's parameters, or None if this is another path."""
        if len(segments) != len(self._segments):
            return None
        values: dict[str, str] = {}
        for segment, own in zip(segments, self._segments, strict=True):
            if own.startswith("{") and segment:
                values[own[1:-1]] = segment
            elif own != segment:
                return None
        return values


class _Operation:
    def __init__(self, contract: Node, key: str, operation: Node) -> None:
        self.key = key
        self._contract = contract
        self._operation = operation

    def call(self, path: Mapping[str, str], request: Request) -> Call:
        """Type a request.

        Raises:
            ViolationError: the contract forbids it.
        """
        if not request.headers.get("user-agent"):
            # Thinkific's edge refuses such requests, as integrators report.
            error = {"error": "A request needs a User-Agent."}
            raise ViolationError(403, error, ["header User-Agent: required"])
        query = self._query_form.typed(dict(request.query))
        values = self._path_form.typed(path)
        _refuse_parameters("path", self._path_form.flaws(values))
        _refuse_parameters("query", [*_repeated(request.query), *self._query_form.flaws(query)])
        return Call(values, query, self._body(request), request.headers)

    def _body(self, request: Request) -> dict[str, Any]:
        if self._body_form is None:
            if request.body:
                raise _malformed("no body is taken")
            return {}
        body = _json_object(request)
        flaws = self._body_form.flaws(body)
        if flaws:
            errors: dict[str, list[str]] = {}
            for flaw in flaws:
                errors.setdefault(flaw.name, []).append(flaw.message)
            violations = [f"body {flaw.name}: {flaw.rule}" for flaw in flaws]
            raise ViolationError(422, {"errors": errors}, violations)
        return body

    @cached_property
    def _path_form(self) -> Form:
        return self._parameters("path")

    @cached_property
    def _query_form(self) -> Form:
        return self._parameters("query")

    @cached_property
    def _body_form(self) -> Form | None:
        if "requestBody" not in self._operation:
            return None
        return Form(self._contract, self._operation["requestBody"]["content"]["application/json"]["schema"])

    def _parameters(self, place: str) -> Form:
        listed = [item for item in self._operation.get("parameters", []) if item["in"] == place]
        schema: Node = {
            "type": "object",
            "properties": {item["name"]: item["schema"] for item in listed},
            "additionalProperties": False,
        }
        required = [item["name"] for item in listed if item.get("required")]
        return Form(self._contract, schema | ({"required": required} if required else {}))


def is_json(headers: Mapping[str, str]) -> bool:
    """Tell whether a body is sent as JSON."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _repeated(query: Sequence[tuple[str, str]]) -> list[Flaw]:
    names = [name for name, _ in query]
    return [Flaw(name, "repeated", "is repeated") for name in dict.fromkeys(names) if names.count(name) > 1]


def _refuse_parameters(place: str, flaws: Sequence[Flaw]) -> None:
    if flaws:
        complaints = " ".join(f"Parameter {flaw.name} {flaw.message}." for flaw in flaws)
        violations = [f"{place} {flaw.name}: {flaw.rule}" for flaw in flaws]
        raise ViolationError(400, {"error": complaints}, violations)


def _malformed(complaint: str) -> ViolationError:
    return ViolationError(400, {"error": f"The request is malformed: {complaint}."}, [f"body: {complaint}"])


def _json_object(request: Request) -> dict[str, Any]:
    if not is_json(request.headers):
        raise _malformed("the content type is not application/json")
    try:
        body = json.loads(
            request.body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_finite,
            parse_float=_finite,
        )
        json.dumps(body, ensure_ascii=False).encode("utf-8")  # a lone surrogate cannot be stored
    except (ValueError, RecursionError):
        raise _malformed("the body is not JSON") from None
    if not isinstance(body, dict):
        raise _malformed("the body is not an object")
    return cast("dict[str, Any]", body)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is repeated")
    return dict(pairs)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")) or number != number:
        raise ValueError("a number is not finite")
    return number
