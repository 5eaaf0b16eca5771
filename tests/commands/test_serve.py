import signal
import subprocess
import sys


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
