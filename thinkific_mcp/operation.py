"""What an operation of the Thinkific API is: its arguments, where each one goes, and what it does.

An operation is a class. Its fields are the arguments, its docstring is what a model reads when it chooses
a tool, its class keywords say the rest:

    class UpdateCoupon(
        CouponFields,
        Operation[None],
        put="/coupons/{id}",
        guarded="",
        undo="puts back what was",
        target=GetCoupon,
        done="Coupon updated.",
    ):
        '''Change a coupon's code, note or number of uses.'''

        coupon_id: PathId

Arguments go into the path where the path names them, else into the query of a GET and into the JSON body of
anything else. The exceptions are marked on the field: `PathId`, `InQuery`, `InFilter`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict
from pydantic_core import MISSING

from thinkific_mcp.change import Consequences, Look, State, Undoing
from thinkific_mcp.values import Id, PageSize, Positive

R = TypeVar("R")
T = TypeVar("T")

Method = Literal["GET", "POST", "PUT", "DELETE"]
Effect = Literal["read", "create", "update", "delete"]

_EFFECTS: dict[Method, Effect] = {"GET": "read", "POST": "create", "PUT": "update", "DELETE": "delete"}


@dataclass(frozen=True)
class Place:
    """Where an argument goes, and its name there if that differs from the argument's."""

    where: Literal["path", "query", "body"]
    name: str = ""
    filters: bool = False


PathId = Annotated[Id, Place("path", "id")]
"""The id that fills `{id}` in the path."""

InQuery = Annotated[T, Place("query")]
"""An argument that goes into the query although the operation has a body."""

InFilter = Annotated[T | MISSING, Place("query", filters=True)]
"""A filter of a list, `query[name]` on the wire."""


class Arguments(BaseModel):
    """Base of operations and of the field groups they share: immutable, and strict about unknown names."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        hide_input_in_errors=True,
    )


class Paging(Arguments):
    """The page of a list to fetch; `page` counts in steps of `limit`."""

    page: Positive | MISSING = MISSING
    limit: PageSize | MISSING = MISSING

    def page_number(self) -> int:
        """Return which page is asked for; the first where the call does not say."""
        return 1 if self.page is MISSING else self.page

    def page_size(self) -> int:
        """Return how many items a full page has; 25 where the call does not say."""
        return 25 if self.limit is MISSING else self.limit


@dataclass(frozen=True)
class Spec:
    """What an operation is, apart from its arguments: see the class keywords of `Operation`.

    Attributes:
        is_always_guarded: whether all of its calls are guarded, whatever they are called with.
    """

    name: str
    title: str
    toolset: str
    method: Method
    path: str
    operation_id: str
    effect: Effect
    destructive: bool
    idempotent: bool
    guarded: str
    is_always_guarded: bool
    undo: str
    target: "type[Operation[Any]] | None"
    done: str


class Offer(Arguments):
    """Base of what a server can offer as a tool: its docstring is the description, its fields the arguments."""

    spec: ClassVar[Spec]

    @classmethod
    def result_type(cls) -> Any:
        """Return the type of what comes back; None where that is only that it was done."""
        return None


class Operation(Offer, Generic[R]):
    """Base of the 77 operations; the generic argument is what comes back.

    Class keywords:
        get, post, put, delete: the path as Thinkific publishes it; exactly one of them.
        operation_id: Thinkific's own name for it, misspelt or not; empty where there is none.
        destructive: whether it can take something away; by default a PUT or DELETE does.
        idempotent: whether calling it twice is the same as once; by default all but a POST are.
        guarded: why a person must see this call first; empty where nobody must. A POST or PUT has to say either,
            a DELETE is always guarded.
        undo: what `undo_change` does about it, such as "deletes it again"; empty where it cannot be taken back.
            Every write has to say.
        target: the read that shows what a write acts upon; it takes those arguments that both have.
        done: what to say when it answers without a body; names of arguments in braces, and `{changed}`.
    """

    def __init_subclass__(
        cls,
        *,
        get: str = "",
        post: str = "",
        put: str = "",
        delete: str = "",
        operation_id: str = "",
        destructive: bool | None = None,
        idempotent: bool | None = None,
        guarded: str | None = None,
        undo: str | None = None,
        target: "type[Operation[Any]] | None" = None,
        done: str = "",
    ) -> None:
        super().__init_subclass__()
        if "[" in cls.__name__:  # Operation[Course]: pydantic's intermediate class, not an operation
            return
        if sum(map(bool, (get, post, put, delete))) != 1:
            raise TypeError(f"{cls.__name__} needs exactly one of get, post, put and delete")
        paths: dict[Method, str] = {"GET": get, "POST": post, "PUT": put, "DELETE": delete}
        method: Method = next(method for method in paths if paths[method])
        if method != "GET" and (undo is None or (guarded is None and method != "DELETE")):
            raise TypeError(f'{cls.__name__} is a write: it has to say `undo` and `guarded`, if only ""')
        words = re.findall("[A-Z][a-z]*", cls.__name__)
        cls.spec = Spec(
            name="_".join(words).lower(),
            title=" ".join(words).capitalize(),
            toolset=cls.__module__.rpartition(".")[2],
            method=method,
            path=paths[method],
            operation_id=operation_id,
            effect=_EFFECTS[method],
            destructive=method in ("PUT", "DELETE") if destructive is None else destructive,
            idempotent=method != "POST" if idempotent is None else idempotent,
            guarded=guarded or ("deletes" if method == "DELETE" else ""),
            is_always_guarded=method == "DELETE"
            or (bool(guarded) and cls.needs_confirmation is vars(Operation)["needs_confirmation"]),
            undo=undo or "",
            target=target,
            done=done,
        )

    @classmethod
    def result_type(cls) -> Any:
        """Return the type that the operation's generic argument names."""
        for base in cls.__mro__:
            generic = cast(Mapping[str, Any], getattr(base, "__pydantic_generic_metadata__", {}))
            if generic.get("origin") is Operation:
                return generic["args"][0]
        raise TypeError(f"{cls.__name__} does not say what it returns")

    @classmethod
    def places(cls) -> dict[str, Place]:
        """Return where each argument goes, its name on the wire filled in."""
        in_path = set(re.findall(r"\{(\w+)\}", cls.spec.path))
        rest: Literal["query", "body"] = "query" if cls.spec.method == "GET" else "body"
        places: dict[str, Place] = {}
        for name, field in cls.model_fields.items():
            marked = next((mark for mark in field.metadata if isinstance(mark, Place)), None)
            place = marked or Place("path" if name in in_path else rest)
            wire_name = f"query[{name}]" if place.filters else place.name or name
            places[name] = Place(place.where, wire_name, place.filters)
        return places

    def sent(self) -> Iterator[tuple[str, Place, Any]]:
        """Yield each argument that was given: its name, its place, and its value as JSON knows it."""
        given = self.model_dump(mode="json", warnings=False)
        for name, place in type(self).places().items():
            if name in given:
                yield name, place, self.wire_value(name, given[name])

    def wire_value(self, name: str, value: Any) -> Any:
        """Return an argument's value as Thinkific wants it; for the few that it wants in another type."""
        return value

    def headers(self, client_secret: str) -> dict[str, str]:
        """Return headers of this operation's own; only site scripts have one."""
        return {}

    def needs_confirmation(self, now: datetime) -> bool:
        """Tell whether this very call is one of those that `guarded` speaks of."""
        return bool(self.spec.guarded)

    def target(self) -> "Operation[Any] | None":
        """Return the read that shows what this write acts upon; None where no read does."""
        if self.spec.target is None:
            return None
        given = {name: value for name, _, value in self.sent() if name in self.spec.target.model_fields}
        return self.spec.target.model_validate(given)

    def needs_state_before(self) -> bool:
        """Tell whether taking it back needs to know how things were: all but what makes something new."""
        makes_something = self.spec.effect == "create" and not self.spec.idempotent
        return bool(self.spec.undo) and not makes_something

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what goes along with it.

        Args:
            target: what `target` found; None where it found nothing.
            look: reads more; two further requests at most.
        """
        return Consequences()

    def undoing(self, before: State, made: State) -> Undoing:
        """Plan how to take this write back.

        Args:
            before: what `target` showed before it, with what `consequences` kept; empty where nobody looked.
            made: what it answered; empty where it answers nothing.

        Raises:
            ValueError: it cannot be taken back, or not without knowing what was before.
        """
        raise ValueError(f"{self.spec.title} cannot be taken back here.")

    def receive(self, status: int, data: Any) -> R:
        """Turn an answer's JSON into the result."""
        result_type = type(self).result_type()
        return cast(R, None if result_type is None else result_type.model_validate(data))

    def receipt(self) -> str:
        """Say what was done, where Thinkific answers without a body: names of arguments, never values."""
        given = {name: value for name, _, value in self.sent()}
        changed = [
            name for name, place, _ in self.sent() if place.where == "body" and f"{{{name}}}" not in self.spec.done
        ]
        return self.spec.done.format_map(given | {"changed": ", ".join(changed) or "nothing"})
