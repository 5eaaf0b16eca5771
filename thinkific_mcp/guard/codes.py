"""Short codes by which a person allows one call, where the client cannot ask by itself."""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from thinkific_mcp.guard.memory import Memory
from thinkific_mcp.telemetry import traced

VALID_SECONDS = 600
"""How long a code can be used, and how long wrong ones are remembered."""

_MOST_MISSES = 10
_MOST_READ = 500

# Crockford's base32: no I, L, O and U. https://www.crockford.com/base32.html
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")
_FOUR = rf"([{_SIGNS}OIL]{{4}})"
_ALONE = re.compile(_FOUR * 2)
# The last of a sentence, where words of four letters such as "code" may stand before it.
_IN_A_SENTENCE = re.compile(rf".*(?<![^\W_]){_FOUR}[\W_]*{_FOUR}(?![^\W_])", re.DOTALL)


@dataclass(frozen=True)
class Binding:
    """The one call that a code allows.

    Args:
        site: the school.
        caller: who calls; empty where the server serves one person.
        tool: what is called.
        arguments: a digest of what it is called with.
    """

    site: str
    caller: str
    tool: str
    arguments: str


@dataclass(frozen=True)
class Redeemed:
    """What came of a code.

    Args:
        payload: what was left with it; None unless it is `ok`.
        why: `ok`; `unknown` for one that was never given to this caller for this site, is used, or has expired;
            `other_call` for one of another tool or other arguments, which stays valid for that call; `blocked`
            where too many were wrong.
    """

    payload: str | None = field(repr=False)
    why: Literal["ok", "unknown", "other_call", "blocked"]


@dataclass(frozen=True)
class _Issued:
    """What is remembered under a code."""

    tool: str
    arguments: str
    payload: str


_ISSUED = TypeAdapter(_Issued)


class Codes:
    """Gives codes and takes them back, each once.

    Guessing is hopeless: a code has 40 random bits, which is one of some 10 to the 12th, and a caller may be wrong
    ten times in ten minutes. With ten codes waiting, that makes one hit in two hundred thousand years. Tries that
    arrive in one moment may be a few more than ten, which changes nothing of this.

    Args:
        memory: where the codes wait; shared by all processes that may get them back.
        now: the clock, only to tell when a code expires: that it has, the memory decides.
    """

    def __init__(self, memory: Memory, *, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._now = now

    @traced("guard issue code")
    async def issue(self, binding: Binding, payload: str) -> tuple[str, datetime]:
        """Make a code for one call.

        Args:
            binding: the call.
            payload: what is given back with the code.

        Returns:
            The code, such as `K7QM-3XPD`, and when it expires: after ten minutes.

        Raises:
            UnreachableError: the memory cannot be reached.
        """
        code = "".join(secrets.choice(_SIGNS) for _ in range(8))
        issued = _Issued(binding.tool, binding.arguments, payload)
        expires = self._now() + timedelta(seconds=VALID_SECONDS)
        await self._memory.put(_key_of(code, binding), _ISSUED.dump_json(issued).decode(), VALID_SECONDS)
        return f"{code[:4]}-{code[4:]}", expires

    @traced("guard redeem code")
    async def redeem(self, code: str, binding: Binding) -> Redeemed:
        """Take a code back for a call; of many who give it at once, one gets `ok`.

        Args:
            code: as a person or model writes it: in any case, with spaces, dashes, quotes, or in a sentence.
            binding: the call.

        Raises:
            UnreachableError: the memory cannot be reached; the code may be used up.
        """
        misses = _hashed("misses", binding.site, binding.caller)
        if int(await self._memory.get(misses) or 0) >= _MOST_MISSES:
            return Redeemed(None, "blocked")
        key = _key_of(_read(code), binding)
        text = await self._memory.get(key)
        issued = _issued(text)
        why: Literal["unknown", "other_call"] = "unknown"
        if issued is not None:
            if (issued.tool, issued.arguments) != (binding.tool, binding.arguments):
                why = "other_call"
            elif await self._memory.take(key) == text:
                return Redeemed(issued.payload, "ok")
        await self._memory.count(misses, VALID_SECONDS)
        return Redeemed(None, why)


def _read(text: str) -> str:
    """Return the code in a text, as it was made; empty where there is none."""
    said = unicodedata.normalize("NFKC", text[-_MOST_READ:]).upper()
    signs = re.sub(r"[\W_]", "", said)
    found = _ALONE.fullmatch(signs) or _IN_A_SENTENCE.match(said)
    return "".join(found.groups()).translate(_LOOK_ALIKES) if found else ""


def _key_of(code: str, binding: Binding) -> str:
    return _hashed("code", binding.site, binding.caller, code)


def _hashed(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _issued(text: str | None) -> _Issued | None:
    try:
        return _ISSUED.validate_json(text or "null")
    except ValidationError:  # kept by another version of this server
        return None
