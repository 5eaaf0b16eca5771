"""Logs as lines of JSON, each record one line whatever it holds."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkific_mcp.server.http.json_logs import JsonLines

SECRET = "ada@example.com"


def record(message: object = "Hello", *arguments: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("thinkific_mcp.calls", logging.INFO, __file__, 1, message, arguments, None)
    vars(made).update({"created": 1769418305.0689, **more})
    return made


def written(made: logging.LogRecord) -> dict[str, Any]:
    return json.loads(JsonLines().format(made))


def test_a_line_has_time_level_logger_and_message() -> None:
    assert written(record("%s courses", 3)) == {
        "time": "2026-01-26T09:05:05.068Z",
        "level": "INFO",
        "logger": "thinkific_mcp.calls",
        "message": "3 courses",
    }


def test_what_is_told_of_a_call_stands_beside_it() -> None:
    line = written(record(call={"event": "call", "tool": "get_course", "seconds": 0.5}))
    assert (line["event"], line["tool"], line["seconds"]) == ("call", "get_course", 0.5)


def test_of_an_exception_only_kind_and_place_are_written() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError:
        line = JsonLines().format(record(exc_info=sys.exc_info()))
    assert json.loads(line)["exception"].startswith("KeyError in test_json_logs.py:")
    assert SECRET not in line and "Traceback" not in line


def test_a_message_that_cannot_be_filled_in_is_written_as_it_is() -> None:
    assert written(record("%d courses", SECRET))["message"] == "%d courses"


@given(st.text(), st.dictionaries(st.text(), st.none() | st.text() | st.floats() | st.binary()))
def test_whatever_is_logged_is_one_line_of_printable_ascii(text: str, call: dict[str, Any]) -> None:
    line = JsonLines().format(record("%s", text, call={f"a_{name}": value for name, value in call.items()}))
    assert line.isascii() and line.isprintable()
    assert json.loads(line)["message"] == text


_LOGGING = """
import logging, sys
from thinkific_mcp.server.http.json_logs import log_as_json
logging.basicConfig(level="WARNING")
log_as_json(*sys.argv[1:])
for name in ("thinkific_mcp.calls", "thinkific_mcp.client.sending", "uvicorn.error", "mcp.server", "httpx2"):
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        logging.getLogger(name).log(level, "said")
"""
ALL = ["thinkific_mcp.calls", "thinkific_mcp.client.sending", "uvicorn.error", "mcp.server", "httpx2"]


@pytest.mark.parametrize(
    ("level", "more"),
    [
        ([], {"thinkific_mcp.calls": ["INFO"]}),
        (["WARNING"], {}),
        (["INFO"], {name: ["INFO"] for name in ALL[:3]}),
        (["DEBUG"], {name: ["DEBUG", "INFO"] for name in ALL[:3]}),
    ],
)
def test_calls_are_logged_unless_the_operator_says_otherwise(level: list[str], more: dict[str, list[str]]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _LOGGING, *level], capture_output=True, check=True, encoding="utf-8", timeout=60
    )
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    told = {name: [line["level"] for line in lines if line["logger"] == name] for name in ALL}
    assert told == {name: [*more.get(name, []), "WARNING"] for name in ALL}
    assert ended.stdout == ""
