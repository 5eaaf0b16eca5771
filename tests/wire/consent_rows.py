"""The consent matrix as data: what happens, what each call ends with, and which writes reach the school."""

from collections.abc import Awaitable, Callable

from mcp_types import ElicitResult

from ..server.asking import CLOSED, NO, UNTICKED, YES, Question, Reply, answer, ask, code_of, named, status_of
from .hosting import Host, Row, Story

GONE = ["DELETE /coupons/{} 204"]
SIOBHAN_GONE = ["DELETE /users/13 204"]


def replying(*replies: Reply) -> Story:
    return lambda host: _in_order(host.delete(*replies))


def typing(name: str) -> Story:
    return lambda host: _in_order(host.call("delete_user", named(name), user_id="13"))


def while_asked(happens: Callable[[Host], None], *replies: ElicitResult) -> Story:
    """Let something happen to the coupon while the person thinks about each of these answers."""

    async def story(host: Host) -> list[str]:
        def thinking(reply: ElicitResult) -> Reply:
            def reply_late(_: str) -> ElicitResult:
                happens(host)
                return reply

            return reply_late

        return [await host.delete(*map(thinking, replies), NO)]

    return story


def _after_an_edit(host: Host) -> Reply:
    def yes(_: str) -> ElicitResult:
        host.edited()
        return YES

    return yes


async def _in_order(*calls: Awaitable[str]) -> list[str]:
    return [await call for call in calls]


IN_BOTH_ERAS: dict[str, Row] = {
    "yes": (replying(YES), ["done"], GONE),
    "yes, in a form sent as it came": (
        replying(ElicitResult(action="accept", content={})),
        ["done"],
        GONE,
    ),
    "no": (replying(NO), ["declined"], []),
    "closed": (replying(CLOSED), ["cancelled"], []),
    "accepted, but unticked": (replying(UNTICKED), ["declined"], []),
    "accepted with another form": (
        replying(ElicitResult(action="accept", content={"confirm": "perhaps"})),
        ["error"],
        [],
    ),
    "accepted without a form": (replying(ElicitResult(action="accept")), ["error"], []),
    "another name": (typing("Siobhan"), ["declined"], []),
    "no name": (typing(""), ["declined"], []),
    "a tick instead of the name": (
        lambda host: _in_order(host.call("delete_user", YES, user_id="13")),
        ["error"],
        [],
    ),
    "the name in odd spelling": (typing("  SIOBHAN o’rourke darcy "), ["done"], SIOBHAN_GONE),
    "changed once, then yes": (while_asked(Host.edited, YES), ["declined"], []),
    "changed once, then yes to what it is now": (
        lambda host: _in_order(host.delete(_after_an_edit(host), YES)),
        ["done"],
        GONE,
    ),
    "changed each time": (while_asked(Host.edited, YES, YES, YES), ["changed"], []),
    "gone meanwhile": (while_asked(Host.gone, YES), ["error"], []),
    "a made up code does not do instead of an answer": (
        lambda host: _in_order(host.delete(NO, confirmation="AAAA-AAAA")),
        ["declined"],
        [],
    ),
}


async def _replayed(host: Host, times: int) -> list[str]:
    question = await host.question()
    return [await host.answer(question) for _ in range(times)]


async def _replayed_at_once(host: Host) -> list[str]:
    question = await host.question()
    return await host.at_once(5, lambda: host.answer(question))


async def _answered(host: Host, *calls: Callable[[Question], Awaitable[str]]) -> list[str]:
    question = await host.question()
    return [await call(question) for call in calls]


async def _first_answer_again(host: Host) -> list[str]:
    first = await host.question()
    host.edited()
    second = await answer(host.client, first)
    assert isinstance(second, Question)
    return [await host.answer(first), await host.answer(second), await host.answer(second)]


async def _second_answer_to_first(host: Host) -> list[str]:
    first = await host.question()
    host.edited()
    second = await answer(host.client, first)
    assert isinstance(second, Question)
    return [await host.answer(second, state=first.state)]


async def _answers_ahead(host: Host) -> list[str]:
    question = await host.question()
    host.edited()
    ahead = await ask(
        host.client,
        question.tool,
        question.arguments,
        input_responses={
            question.key: YES,
            **{question.key.replace("_show", name): YES for name in ("_show_again", "_show_once_more", "settle")},
        },
        request_state=question.state,
    )
    return [status_of(ahead)]


async def _without_state(host: Host) -> list[str]:
    question = await host.question()
    return [status_of(await ask(host.client, question.tool, host.it, input_responses={question.key: YES}))]


async def _state_of_another(host: Host) -> list[str]:
    other = await host.question()
    host.turn_to_a_new_coupon()
    question = await host.question()
    return [await host.answer(question, state=other.state)]


ROUND_BY_ROUND: dict[str, Row] = {
    "sent twice": (lambda host: _replayed(host, 2), ["done", "expired"], GONE),
    "sent three times": (lambda host: _replayed(host, 3), ["done", "expired", "expired"], GONE),
    "sent five times at once": (_replayed_at_once, ["done"] + ["expired"] * 4, GONE),
    "a no, then a yes": (
        lambda host: _answered(host, lambda q: host.answer(q, NO), host.answer),
        ["declined", "expired"],
        [],
    ),
    "another coupon with the answer": (
        lambda host: _answered(host, lambda q: host.answer(q, arguments={"coupon_id": 1}), host.answer),
        ["expired", "expired"],
        [],
    ),
    "another tool with the answer": (
        lambda host: _answered(host, lambda q: host.answer(q, tool="delete_promotion")),
        ["expired"],
        [],
    ),
    "one more argument with the answer": (
        lambda host: _answered(host, lambda q: host.answer(q, arguments={**host.it, "confirmation": "x"})),
        ["expired"],
        [],
    ),
    "a state made up": (
        lambda host: _answered(host, lambda q: host.answer(q, state="v1.AAAA")),
        ["expired"],
        [],
    ),
    "the state of another question": (_state_of_another, ["expired"], []),
    "an answer without its state": (_without_state, ["asked"], []),
    "the first answer after the second question": (_first_answer_again, ["expired", "done", "expired"], GONE),
    "the second answer with the first state": (_second_answer_to_first, ["expired"], []),
    "answers to questions yet to come": (_answers_ahead, ["asked"], []),
}


async def _with_code(host: Host, *spelled: Callable[[str], str]) -> list[str]:
    code = await host.code()
    return [await host.delete(confirmation=spell(code)) for spell in spelled]


def spelled(text: str) -> Story:
    return lambda host: _with_code(host, lambda code: text.format(code, code.lower().replace("-", " ")))


async def _code_at_once(host: Host) -> list[str]:
    code = await host.code()
    return await host.at_once(3, lambda: host.delete(confirmation=code))


async def _code_elsewhere(host: Host) -> list[str]:
    code = await host.code()
    return [
        await host.call("delete_category", category_id=6, confirmation=code),
        await host.call(coupon_id=1, confirmation=code),
        await host.delete(confirmation=code),
    ]


async def _code_for_what_was(host: Host, happens: Callable[[Host], None]) -> list[str]:
    code = await host.code()
    happens(host)
    return [await host.delete(confirmation=code)]


async def _code_for_what_is(host: Host) -> list[str]:
    code = await host.code()
    host.edited()
    renewed = await host.client.call_tool("delete_coupon", {**host.it, "confirmation": code})
    return [status_of(renewed), await host.delete(confirmation=code_of(renewed))]


async def _guessed(host: Host) -> list[str]:
    code = await host.code()
    guesses = [await host.delete(confirmation=f"AAAA-AAA{number}") for number in range(10)]
    return [*guesses, await host.delete(confirmation=code)]


def _as_it_is(code: str) -> str:
    return code


BY_CODE: dict[str, Row] = {
    "no code": (lambda host: _in_order(host.delete()), ["required"], []),
    "the code": (lambda host: _with_code(host, _as_it_is), ["done"], GONE),
    "in backticks": (spelled("`{0}`"), ["done"], GONE),
    "in small letters and with a space": (spelled(" {1}\n"), ["done"], GONE),
    "in a sentence": (spelled("The code is **{1}**."), ["done"], GONE),
    "used twice": (lambda host: _with_code(host, _as_it_is, _as_it_is), ["done", "expired"], GONE),
    "used three times at once": (_code_at_once, ["done", "expired", "expired"], GONE),
    "of other calls, then of its own": (_code_elsewhere, ["changed", "changed", "done"], GONE),
    "it changed meanwhile": (lambda host: _code_for_what_was(host, Host.edited), ["changed"], []),
    "it changed, and the new code": (_code_for_what_is, ["changed", "done"], GONE),
    "gone meanwhile": (lambda host: _code_for_what_was(host, Host.gone), ["error"], []),
    "an empty code": (lambda host: _in_order(host.delete(confirmation="")), ["required"], []),
    # The last: from here on, none is taken.
    "ten guesses, then the code": (_guessed, ["expired"] * 11, []),
}

CODES_OFF: dict[str, Row] = {
    "nobody can be asked": (lambda host: _in_order(host.delete()), ["error"], []),
    "a code is no argument": (lambda host: _in_order(host.delete(confirmation="AAAA-AAAA")), ["error"], []),
    "what needs no yes": (
        lambda host: _in_order(host.call("update_coupon", **host.it, code="OPEN")),
        ["done"],
        ["PUT /coupons/{} 204"],
    ),
}
