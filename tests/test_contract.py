"""The operation classes and the published API, as amended, say the same."""

from thinkific_mcp.api import OPERATIONS
from thinkific_mcp.sandbox.contract import amended_as_far_as_possible, load_contract, published_contract
from tools.contract_check.differences import compare


def test_the_operation_classes_differ_in_nothing_from_the_amended_contract() -> None:
    assert [str(difference) for difference in compare(load_contract())] == []


def test_no_two_operation_classes_are_the_same_operation() -> None:
    endpoints = [(operation.spec.method, operation.spec.path) for operation in OPERATIONS.values()]
    assert len(set(endpoints)) == len(endpoints)


def test_every_stale_amendment_is_named_while_the_others_are_applied() -> None:
    amendments = {
        "changes": [
            {"at": "/info/version", "was": "v9", "now": "v3"},
            {"at": "/info/title", "was": "Thinkific Admin API", "now": "changed"},
            {"at": "/info/nothing", "was": "v1", "now": "v2"},
        ],
        "rules": [{"rule": "capped", "maximum": {"limit": 250, "gone": 1}}],
    }
    document, stale = amended_as_far_as_possible(published_contract(), amendments)
    limit = next(part for part in document["paths"]["/courses"]["get"]["parameters"] if part["name"] == "limit")
    assert (document["info"]["title"], limit["schema"]["x-cap"]) == ("changed", 250)
    assert stale == [
        '/info/version is not published as "v9"',
        '/info/nothing is not published as "v1"',
        "the rule capped changes nothing at ['gone']",
    ]
