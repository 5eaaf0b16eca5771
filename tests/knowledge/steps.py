"""The calls that a job's steps name, read and filled in as a model would."""

import ast
import re
from dataclasses import dataclass
from typing import Any

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.knowledge.jobs import Job

from ..server.examples import EXAMPLES

_LEFT_OPEN: tuple[Any, ...] = (..., "...", [...], ["..."])


@dataclass(frozen=True)
class Step:
    """A call as the steps write it: `...` where it is left open."""

    tool: str
    written: dict[str, Any]

    def filled(self) -> dict[str, Any]:
        """Return arguments that fit the demo school, in the place of what is left open."""
        example = EXAMPLES[self.tool]
        known = {name: value for call in example.complete for name, value in call.arguments.items()}
        known |= example.required
        return {name: known[name] if value in _LEFT_OPEN else value for name, value in self.written.items()}

    def fields(self) -> list[str]:
        """Return the fields that the call asks for."""
        return self.written.get("fields", [])


def steps(job: Job) -> list[Step]:
    """Return the calls of a job, in order."""
    return [_step(call) for call in re.findall(r"`(\w+\([^`]*\))`", job.text)]


def tools_named(text: str) -> set[str]:
    """Return the tools that a text names anywhere."""
    return set(re.findall(r"\w+", text)) & set(OPERATIONS)


def _step(call: str) -> Step:
    python = re.sub(r"\b(true|false)\b", lambda word: word[0].capitalize(), call.replace("…", "..."))
    parsed = ast.parse(python, mode="eval").body
    assert isinstance(parsed, ast.Call) and isinstance(parsed.func, ast.Name) and not parsed.args, call
    return Step(parsed.func.id, {str(each.arg): ast.literal_eval(each.value) for each in parsed.keywords})
