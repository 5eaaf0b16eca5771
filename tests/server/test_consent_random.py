"""Whatever is asked, answered, replayed, forged and raced, nothing is written that nobody said yes to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.client import Budgets, Thinkific
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.server import build_server

from .asking import CLOSED, NO, PATIENCE, UNTICKED, Question, answer, ask, named, nobody, told, writes, yes_to
from .conftest import KEY
from .examples import NOW, demo_sandbox
from .schools import CASES, Case, Watched

WRONG = named("Somebody else")
REPLIES: list[ElicitResult | None] = [None, None, None, NO, CLOSED, UNTICKED, WRONG]
"""What a person says; None is a yes."""


class Step(NamedTuple):
    """Something that happens.

    Attributes:
        kind: what; `call` is one of 2025, `ask` and `answer` the rounds of one of 2026.
        case: the call, where it is a new one.
        which: which of the questions or codes so far, where it is about one.
        other: which other one.
        reply: what the person says.
        edits: how often somebody else changes the record meanwhile.
    """

    kind: Literal["call", "ask", "answer", "forge", "code", "use", "race"]
    case: Case
    which: int
    other: int
    reply: ElicitResult | None
    edits: int


KINDS = [
    "call",
    "ask",
    "ask",
    "answer",
    "answer",
    "answer",
    "forge",
    "forge",
    "code",
    "code",
    "use",
    "use",
    "race",
]
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(KINDS),
        st.sampled_from(CASES),
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from(REPLIES),
        st.sampled_from([0, 0, 0, 0, 1, 3]),
    ),
    min_size=4,
    max_size=14,
)


class Shown(NamedTuple):
    """A question (its seal) or a code, and how what it is about stood when it was shown."""

    case: Case
    stood: str
    key: str
    question: Question | None = None


def said(message: str, reply: ElicitResult | None) -> ElicitResult:
    """Return what a person says to a question; who types a wrong name says no where none is to be typed."""
    yes = yes_to(message)
    if reply is WRONG and "name" not in (yes.content or {}):
        return NO
    return reply or yes


Think = Callable[[str], Awaitable[ElicitResult]]


class Thinking:
    """A person at a host of 2025, who thinks as the call that is under way wants it."""

    def __init__(self) -> None:
        self._think: Think | None = None

    def set(self, think: Think) -> None:
        self._think = think

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        assert self._think is not None
        return await self._think(params.message)


@dataclass
class Agent:
    """Whoever calls: it keeps all questions, answers and codes, and uses them again.

    Attributes:
        school: the school behind the server.
        thinking: the person at the host of 2025.
        legacy: a host of 2025 that can ask.
        modern: a host of 2026 that can.
        mute: a host that cannot.
        shown: the questions of 2026 and the codes so far.
        spent: those that an answer was given to, or that were forged with.
    """

    school: Watched
    thinking: Thinking
    legacy: Client
    modern: Client
    mute: Client
    shown: list[Shown] = field(default_factory=list[Shown])
    spent: set[str] = field(default_factory=set[str])

    async def take(self, step: Step) -> None:
        """Let it happen."""
        chosen = [found for which in (step.which, step.other) if (found := self._chosen(step.kind, which))]
        await self.school.look_around(step.case.about, *(shown.case.about for shown in chosen))
        match step.kind:
            case "call":
                await self._call(step)
            case "ask":
                await self._keep(step.case, await ask(self.modern, step.case.tool, step.case.arguments))
            case "code":
                await self._keep(step.case, await ask(self.mute, step.case.tool, step.case.arguments))
            case "answer" | "use":
                for shown in chosen[:1]:
                    await self._answer_alone(shown, step)
            case "forge":
                for shown in chosen[:1]:
                    await self._forge(shown, step)
            case "race":
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._call, step._replace(edits=0))
                    for shown in (*chosen, *chosen, *chosen):
                        tasks.start_soon(self._answer, shown, step.reply)

    def _chosen(self, kind: str, which: int) -> Shown | None:
        wanted = {"answer": [True], "use": [False]}.get(kind, [True, False])
        some = [shown for shown in self.shown if (shown.question is not None) in wanted]
        if kind == "forge":
            some = [shown for shown in some if shown.key not in self.spent]
        return some[-1 - which % len(some)] if some else None

    async def _call(self, step: Step) -> None:
        edits = step.edits

        async def think(message: str) -> ElicitResult:
            nonlocal edits
            shown = await self.school.state(step.case.about)
            if edits:
                edits -= 1
                await self.school.edit(step.case.about)
            if step.reply is None:
                self.school.allow(f"call {len(self.spent)} {message}", step.case, shown)
            return said(message, step.reply)

        self.thinking.set(think)
        await self._keep(step.case, await ask(self.legacy, step.case.tool, step.case.arguments))

    async def _answer_alone(self, shown: Shown, step: Step) -> None:
        if step.edits:
            await self.school.edit(shown.case.about)
        is_yes = step.reply is None or shown.question is None
        stands = await self.school.state(shown.case.about) == shown.stood
        has_to_act = is_yes and stands and shown.key not in self.spent
        before = self.school.written
        result = await self._answer(shown, step.reply)
        if has_to_act and "Too many wrong codes" not in str(result):
            assert self.school.written == before + 1

    async def _answer(self, shown: Shown, reply: ElicitResult | None) -> CallToolResult | Question:
        case, question = shown.case, shown.question
        if shown.key not in self.spent and (reply is None or question is None):
            self.school.allow(shown.key, case, shown.stood)
        self.spent.add(shown.key)
        if question is None:
            result = await ask(self.mute, case.tool, {**case.arguments, "confirmation": shown.key})
        else:
            result = await answer(self.modern, question, said(question.message, reply))
        await self._keep(case, result)
        return result

    async def _forge(self, shown: Shown, step: Step) -> None:
        """Use an answer for another call, or by another way."""
        # Most likely to be mistaken: other arguments for the same record.
        rivals = [case for case in CASES if case.about == shown.case.about and case != shown.case]
        likely, question = [*rivals, step.case], shown.question
        if question is None:
            for case in likely:
                if case != shown.case:
                    arguments = {**case.arguments, "confirmation": shown.key}
                    await self._keep(case, await ask(self.mute, case.tool, arguments))
            return
        case = likely[step.other % len(likely)]
        is_other = case != shown.case
        self.spent.add(shown.key)
        yes = yes_to(question.message)
        if is_other:
            await answer(self.modern, question, yes, tool=case.tool, arguments=case.arguments)
            other = next((there for there in self.shown if there.question and there.case == case), None)
            if other:
                self.spent.add(other.key)
                await answer(self.modern, question, yes, state=other.key)
        else:
            await answer(self.mute, question, yes)

    async def _keep(self, case: Case, result: CallToolResult | Question) -> None:
        stood = await self.school.state(case.about)
        if isinstance(result, Question):
            self.shown.append(Shown(case, stood, result.state, result))
        elif code := told(result).get("code"):
            self.shown.append(Shown(case, stood, code))


@given(steps=STEPS)
@settings(max_examples=80, deadline=None)
async def test_nothing_is_written_without_a_yes_of_its_own(steps: list[Step]) -> None:
    school = Watched(demo_sandbox())

    def upstream() -> Thinkific:
        return Thinkific(KEY, budgets=Budgets(store=ProcessStore(anyio.current_time)), transport=school)

    tools = sorted({case.tool for case in CASES})
    server = build_server(upstream, [OPERATIONS[tool] for tool in tools], Guard(now=lambda: NOW))
    thinking = Thinking()
    with anyio.fail_after(PATIENCE):
        async with (
            Client(server, mode="legacy", elicitation_callback=thinking) as legacy,
            Client(server, mode="auto", elicitation_callback=nobody) as modern,
            Client(server, mode="auto") as mute,
        ):
            agent = Agent(school, thinking, legacy, modern, mute)
            for step in steps:
                await agent.take(step)
    assert (school.unallowed, len(writes(school.sandbox))) == ([], school.written)
