"""What a person sees before a write is made: the act, upon what, what it changes, and what goes along with it."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from thinkific_mcp.change import Look, State
from thinkific_mcp.guard.argument_lines import Room, argument_lines, naming
from thinkific_mcp.operation import Operation
from thinkific_mcp.result import Page
from thinkific_mcp.results import plain
from thinkific_mcp.wording import LONGEST_NAME, label, name_of, readable, shown

LONGEST = 4000
"""How many characters a preview has at most."""

_ROOMS = (Room(), Room(100, 10), Room(40, 5), Room(20, 4))
_LEFT_OUT = "- More is left out here."
_TYPED = "delete_user"
_LONGEST_TYPED = 1000  # normalising marks takes time that grows with their square
_WITHOUT_ACCENT = str.maketrans("øłđıħŧ", "oldiht")


@dataclass(frozen=True)
class Preview:
    """What is shown of a write, and what was seen when it was made.

    Attributes:
        text: several lines, for a person; at most `LONGEST` characters.
        seen: the fingerprint of the target's state as it was shown; "" where nothing was read.
        kept: what was read and an undo will need.
        name_to_type: what the person has to type; "" where a yes is enough.
    """

    text: str
    seen: str
    kept: State
    name_to_type: str = ""


async def preview_of(operation: Operation[Any], look: Look, *, can_undo: bool | None) -> Preview:
    """Say in plain words what a write will do: three requests at most.

    Args:
        operation: the write.
        look: reads its target and what goes along; answers None for what cannot be read.
        can_undo: whether writes are remembered, so that they can be taken back; None to say nothing of that.
    """
    read = operation.target()
    target = None if read is None else await look(read)
    told = await operation.consequences(target, look)
    return Preview(
        text=_text(operation, target, told.sentences, can_undo),
        seen=fingerprint(state_of(target)),
        kept=plain(dict(told.kept)),
        name_to_type=_name_to_type(operation, target) if operation.spec.name == _TYPED else "",
    )


def state_of(found: Any) -> State:
    """Return what a read found as plain data; a page by its items only, nothing as an empty record."""
    if isinstance(found, Page):
        return {"items": plain(cast(Page[Any], found).items)}
    return {} if found is None else plain(found)


def fingerprint(state: State) -> str:
    """Return the SHA-256 of a state in hexadecimal, `updated_at` aside; "" for an empty state."""
    if not state:
        return ""
    canonical = json.dumps(_without_updates(state), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_typed(name: str, typed: str) -> bool:
    """Tell whether a person typed a name; case, spaces, accents and odd characters do not count."""
    wanted = _letters(name)
    return bool(wanted) and len(typed) <= _LONGEST_TYPED and wanted == _letters(typed)


def _text(operation: Operation[Any], target: Any, sentences: Sequence[str], can_undo: bool | None) -> str:
    head, undo = _head(operation, target), _undo(operation, can_undo)
    effects = [f"- {sentence}" for sentence in sentences]
    arguments: list[str] = []
    for room in _ROOMS:
        arguments = [
            f"  {line}" if line.startswith("  ") else f"- {line}"
            for line in argument_lines(operation, target, room)
        ]
        lines = [head, *arguments, *effects, *undo]
        if len(text := "\n".join(lines)) <= LONGEST:
            return text
    # Arguments go last: they are what is allowed.
    while effects and len("\n".join([head, *arguments, *effects, _LEFT_OUT, *undo])) > LONGEST:
        effects.pop()
    while arguments and len("\n".join([head, *arguments, *effects, _LEFT_OUT, *undo])) > LONGEST:
        arguments.pop()
    return "\n".join([head, *arguments, *effects, _LEFT_OUT, *undo])


def _head(operation: Operation[Any], target: Any) -> str:
    spec = operation.spec
    kind = spec.target.spec.name.removeprefix("get_").replace("_", " ") if spec.target else ""
    says_kind = not kind or kind.startswith("list ") or spec.title.endswith(kind)
    act = spec.title if says_kind else f"{spec.title}: {kind}"
    ids = naming(operation)
    known_id = getattr(target, "id", None) if len(ids) != 1 else None
    details = [f"id {shown(known_id)}"] if isinstance(known_id, int) else []
    for argument, value in ids.items():
        word = "id" if len(ids) == 1 else argument.removesuffix("_id").replace("_", " ")
        if str(value) != str(known_id):
            details.append(f"{word} {_plain_id(value)}")
    return f"{act} {label(target, *details)}".rstrip()


def _plain_id(value: Any) -> str:
    text = str(value)
    is_plain = text.isascii() and text.isalnum() and len(text) <= LONGEST_NAME
    return text if is_plain else shown(text, LONGEST_NAME)


def _undo(operation: Operation[Any], can_undo: bool | None) -> list[str]:
    if can_undo is None:
        return []
    if not operation.spec.undo:
        return ["- Cannot be undone here."]
    return [f"- undo_change can take it back: {operation.spec.undo}."] if can_undo else []


def _name_to_type(operation: Operation[Any], target: Any) -> str:
    """Return the name where it can be typed, else the email, else the id that was given."""
    given = naming(operation).get("user_id", "")
    for text in (name_of(target), getattr(target, "email", None), getattr(target, "id", None), given):
        read = readable(text or "")
        if len(read) <= LONGEST_NAME and _letters(read):
            return read
    return str(given)


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_WITHOUT_ACCENT)
    return "".join(character for character in folded if character.isalnum())


def _without_updates(value: Any) -> Any:
    if isinstance(value, dict):
        parts = cast(dict[str, Any], value)
        return {name: _without_updates(part) for name, part in parts.items() if name != "updated_at"}
    if isinstance(value, list):
        return [_without_updates(part) for part in cast(list[Any], value)]
    return value
