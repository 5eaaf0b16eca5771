from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
import pytest
from anyio.abc import SocketAttribute, SocketStream

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.client import Budgets, Credentials
from thinkific_mcp.client.pace import ProcessStore
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.operation import Operation

NOW = 1_768_467_600.0
KEY = "k3y-s3cret"
ACCOUNT = ApiKey("my-school", KEY)

Handler = Callable[[httpx2.Request], httpx2.Response]


def answering(answer: httpx2.Response | Handler, **options: Any) -> Thinkific:
    """Return a client of a Thinkific that answers as told."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        return answer(request) if callable(answer) else answer

    return client_of(transport=httpx2.MockTransport(handler), now=lambda: NOW, **options)


def client_of(credentials: Credentials = ACCOUNT, **options: Any) -> Thinkific:
    """Return a client with a budget of its own, which repeats requests without a pause."""
    defaults: dict[str, Any] = {"budgets": Budgets(store=ProcessStore(anyio.current_time)), "random": lambda: 0.0}
    return Thinkific(credentials, **{**defaults, **options})


async def failure(thinkific: Thinkific, operation: Operation[Any]) -> ThinkificError:
    """Return the error that an operation ends with."""
    async with thinkific:
        with pytest.raises(ThinkificError) as caught:
            await thinkific(operation)
    return caught.value


@asynccontextmanager
async def listening(treat: Callable[[SocketStream], Awaitable[None]]) -> AsyncGenerator[str]:
    """Listen on this machine, treat each connection as told, and yield the address."""

    async def treat_and_close(stream: SocketStream) -> None:
        async with stream:
            await treat(stream)

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(SocketAttribute.local_port)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, treat_and_close)
            yield f"http://127.0.0.1:{port}"
            tasks.cancel_scope.cancel()
