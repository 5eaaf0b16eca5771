import re
from collections import defaultdict

import pytest

from thinkific_mcp.knowledge.impossible import IMPOSSIBLE
from thinkific_mcp.knowledge.requests import known_requests
from thinkific_mcp.knowledge.search import Search
from thinkific_mcp.server import select

OFFERS = select(changes=True)
KEYS = {thing.key for thing in IMPOSSIBLE}
search = Search(OFFERS)

REQUESTS: defaultdict[str, list[str]] = defaultdict(list)
for what, request in known_requests():
    REQUESTS[what].append(request)


def test_there_are_requests_for_every_tool_and_everything_impossible_and_for_nothing_else() -> None:
    assert REQUESTS.keys() == {offer.spec.name for offer in OFFERS} | KEYS


def test_there_are_enough_of_them() -> None:
    assert [what for what, asked in REQUESTS.items() if len(asked) < (3 if what in KEYS else 12)] == []


@pytest.mark.parametrize("what", REQUESTS)
def test_none_is_there_twice_or_empty(what: str) -> None:
    assert len({request.strip() for request in REQUESTS[what]} - {""}) == len(REQUESTS[what])


def test_none_has_somebody_s_address() -> None:
    addresses = {found for asked in REQUESTS.values() for found in re.findall(r"@([\w.-]+\w)", " ".join(asked))}
    assert addresses <= {"example.com"}


@pytest.mark.parametrize("what", REQUESTS)
def test_nearly_all_find_what_they_ask_for(what: str) -> None:
    found = [search(request) for request in REQUESTS[what]]
    first = [each.impossible[0].key if each.impossible else each.tools[0] for each in found]
    assert first.count(what) / len(first) > 0.7
