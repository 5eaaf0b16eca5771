import signal
import subprocess
import sys

import pytest

from .conftest import DEMO, in_a_process


def test_ctrl_c_ends_the_server_although_a_host_holds_its_stdin() -> None:
    command = [sys.executable, "-m", "thinkific_mcp", "--sandbox", "--students", "5"]
    initialize = (
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",'
        b'"capabilities":{},"clientInfo":{"name":"tests","version":"1"}}}\n'
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(initialize)
        assert b'"id":1' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert (process.wait(timeout=30), process.stderr.read()) == (-signal.SIGINT, b"")


def test_a_server_that_asks_nobody_says_so_loudly() -> None:
    served = in_a_process(*DEMO, "--confirm", "never")
    assert (served.code, served.out) == (0, "")
    assert served.err.startswith("WARNING ") and "CONFIRMATION IS OFF (THINKIFIC_CONFIRM=never)" in served.err


@pytest.mark.parametrize(
    "flags",
    [(), ("--confirm", "writes"), ("--confirm", "never", "--read-only"), ("--confirm", "never", "--dry-run")],
)
def test_a_server_that_asks_or_changes_nothing_is_quiet(flags: tuple[str, ...]) -> None:
    assert in_a_process(*DEMO, *flags).err == ""
