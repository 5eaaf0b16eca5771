import os
import signal
import socket

import anyio
import httpx2
import pytest

from thinkific_mcp.sandbox import Sandbox
from thinkific_mcp.sandbox.serve import running, serve


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_server_in_order(sandbox: Sandbox, stop: signal.Signals) -> None:
    ports: list[int] = []
    async with anyio.create_task_group() as tasks:
        ready = anyio.Event()

        def started(port: int) -> None:
            ports.append(port)
            ready.set()

        async def serving() -> None:
            await serve(sandbox, port=0, started=started)

        tasks.start_soon(serving)
        await ready.wait()
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{ports[0]}") as client:
            assert (await client.get("/_sandbox/health")).status_code == 200
        os.kill(os.getpid(), stop)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
async def test_the_sandbox_is_not_served_to_other_machines(sandbox: Sandbox, host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        await serve(sandbox, host=host, port=0)


async def test_a_taken_port_is_an_error(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await serve(sandbox, port=taken.getsockname()[1])


def test_a_running_sandbox_is_reached_and_stopped(sandbox: Sandbox) -> None:
    with running(sandbox) as url:
        assert httpx2.get(f"{url}/_sandbox/health").status_code == 200
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{url}/_sandbox/health")


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8080", 200), ("[::1]:8080", 200), ("rebound.example:8080", 400), ("127.0.0.1.example", 400)],
)
def test_only_who_asks_for_this_machine_is_answered(sandbox: Sandbox, host: str, status: int) -> None:
    with running(sandbox) as url:
        assert httpx2.get(f"{url}/_sandbox/requests", headers={"Host": host}).status_code == status
