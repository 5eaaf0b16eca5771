import pytest

from thinkific_mcp.knowledge.requests import REQUESTS
from thinkific_mcp.knowledge.search import Search
from thinkific_mcp.server import select

OFFERS = select(changes=True)
search = Search(OFFERS)


def test_there_are_requests_for_every_tool_and_for_no_other() -> None:
    assert REQUESTS.keys() == {offer.spec.name for offer in OFFERS}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_tool_has_enough_of_them(name: str) -> None:
    assert len(set(REQUESTS[name])) >= 8


@pytest.mark.parametrize("name", REQUESTS)
def test_nearly_all_of_a_tool_s_requests_find_it_first(name: str) -> None:
    first = [search(request).tools[0] == name for request in REQUESTS[name]]
    assert sum(first) / len(first) > 0.7
