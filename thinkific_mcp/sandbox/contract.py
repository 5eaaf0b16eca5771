"""The contract that the sandbox keeps: Thinkific's published description and our amendments to it.

`contract.json` is the published OpenAPI document without its prose. `amendments.json` lists every
deliberate difference: `changes` at one place of the document, each with the value that was published
there, and `rules` that hold everywhere, each carried out by the function of `RULES` of that name.
Every amendment says why. One that no longer fits the published document is stale, and refused.
"""

import json
from copy import deepcopy
from functools import partial
from importlib.resources import files
from itertools import pairwise
from typing import Any

from thinkific_mcp.sandbox.rules import RULES

Document = dict[str, Any]


class StaleAmendmentError(Exception):
    """An amendment corrects something that the published document does not say."""


def load_contract() -> Document:
    """Return the published contract with all amendments."""
    return amended(published_contract(), load_amendments())


def published_contract() -> Document:
    """Return the contract as Thinkific publishes it."""
    return _load("contract.json")


def load_amendments() -> Document:
    """Return the changes and rules by which the sandbox differs from the published contract."""
    return _load("amendments.json")


def amended(published: Document, amendments: Document) -> Document:
    """Return a published document as amended.

    Raises:
        StaleAmendmentError: an amendment no longer fits the published document.
    """
    document, stale = amended_as_far_as_possible(published, amendments)
    if stale:
        raise StaleAmendmentError("\n".join(stale))
    return document


def amended_as_far_as_possible(published: Document, amendments: Document) -> tuple[Document, list[str]]:
    """Return a published document with the amendments that fit it, and a line for each that does not."""
    document, stale = deepcopy(published), list[str]()
    steps = [
        *(partial(_change, published, document, change) for change in amendments["changes"]),
        *(partial(_apply, document, rule) for rule in amendments["rules"]),
    ]
    for step in steps:
        try:
            step()
        except StaleAmendmentError as misfit:
            stale.append(str(misfit))
    return document, stale


def _change(published: Document, document: Document, change: Document) -> None:
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in change["at"].split("/")[1:]]
    if _value(published, tokens) != change.get("was"):
        raise StaleAmendmentError(f"{change['at']} is not published as {json.dumps(change.get('was'))}")
    parent = _value(document, tokens[:-1])
    if parent is None:
        raise StaleAmendmentError(f"{change['at']} has no place in the published document")
    if "now" in change:
        parent[tokens[-1]] = deepcopy(change["now"])
    else:
        del parent[tokens[-1]]


def _apply(document: Document, rule: Document) -> None:
    data = {name: value for name, value in rule.items() if name not in ("rule", "because")}
    touched = set(RULES[rule["rule"]](document, **data))
    listed = {name for names in data.values() if not isinstance(names, int) for name in names}
    idle = sorted(listed - touched)
    if idle or not touched:
        raise StaleAmendmentError(f"the rule {rule['rule']} changes nothing at {idle or 'any place'}")


def _value(node: Any, tokens: list[str]) -> Any:
    """Follow a pointer; None stands for a place that does not exist."""
    for holder, token in pairwise(["", *tokens]):
        if node is None:
            return None
        node = _named(node, token) if holder == "parameters" else node.get(token)
    return node


def _named(parameters: list[Document], name: str) -> Document | None:
    return next((parameter for parameter in parameters if parameter["name"] == name), None)


def _load(name: str) -> Document:
    return json.loads(files("thinkific_mcp.sandbox").joinpath(name).read_text("utf-8"))
