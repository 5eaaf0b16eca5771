"""What `thinkific-mcp doctor` prints."""

import json
from collections.abc import Mapping
from typing import Any

from .conftest import Outcome

ACCOUNT = {"THINKIFIC_SUBDOMAIN": "sandbox", "THINKIFIC_API_KEY": "sandbox"}


def findings(outcome: Outcome) -> dict[str, str]:
    """Return each subject with its verdict and words."""
    lines = outcome.out.partition("\n\n")[0].splitlines()
    return {line[6:].partition(": ")[0]: line[:6] + line.partition(": ")[2] for line in lines}


def host_entry(outcome: Outcome) -> Mapping[str, Any]:
    """Return what a host is told about our server."""
    return json.loads(outcome.out[outcome.out.index("{") :])["mcpServers"]["thinkific"]
