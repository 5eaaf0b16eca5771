"""Logs as lines of JSON, for whatever collects them."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from thinkific_mcp.server.observing import CALLS
from thinkific_mcp.unforeseen import kind_and_place

_DELETE = "\x7f"


class JsonLines(logging.Formatter):
    """Writes a record as one line of printable ASCII; of an exception its kind and place, never its text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        call: Mapping[str, Any] = getattr(record, "call", {})
        moment = datetime.fromtimestamp(record.created, UTC)
        fields = {
            "time": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **call,
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            fields["exception"] = kind_and_place(error)
        return json.dumps(fields, default=str).replace(_DELETE, "\\u007f")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # what was to be filled in does not fit, and may be anything
        return str(record.msg)


def log_as_json(level: str = "") -> None:
    """Log to standard error as lines of JSON.

    Args:
        level: what is logged, as far as the operator said so. Where they did not, warnings and each call.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level or "WARNING", handlers=[handler], force=True)
    logging.getLogger(CALLS).setLevel(level or "INFO")
