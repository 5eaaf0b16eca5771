"""The connections that all sites of a client share: how many there are, and their end."""

import anyio
import pytest
from anyio.abc import SocketStream

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.errors import SettingsError

from .conftest import client_of, listening

READ = GetCourse(course_id=3)
SITES = [ApiKey(f"school-{number}", "key") for number in range(12)]


async def test_a_request_whose_turn_has_come_waits_for_no_connection() -> None:
    """Twelve sites may have 120 requests under way, ten each."""
    arrived = 0
    everybody = anyio.Event()

    async def answer_all_at_once(stream: SocketStream) -> None:
        nonlocal arrived
        await stream.receive()
        arrived += 1
        if arrived == 10 * len(SITES):
            everybody.set()
        await everybody.wait()
        await stream.send(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{"id":3}')

    async def call(thinkific: Thinkific) -> None:
        await thinkific(READ)

    with anyio.fail_after(20):
        async with (
            listening(answer_all_at_once) as address,
            client_of(base_url=address) as thinkific,
            anyio.create_task_group() as tasks,
        ):
            for site in SITES:
                for _ in range(10):
                    tasks.start_soon(call, thinkific.for_site(site))
    assert arrived == 120


@pytest.mark.parametrize("is_used", [True, False])
async def test_a_client_that_is_closed_says_so_for_every_site(is_used: bool) -> None:
    async def answer(stream: SocketStream) -> None:
        await stream.receive()
        await stream.send(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":3}')

    async with listening(answer) as address:
        async with client_of(base_url=address) as thinkific:
            other = thinkific.for_site(SITES[0])
            if is_used:
                await other(READ)
        for closed in (thinkific, other):
            with pytest.raises(SettingsError, match="This client is closed; nothing was sent"):
                await closed(READ)


async def test_closing_twice_is_no_error() -> None:
    thinkific = client_of()
    await thinkific.aclose()
    await thinkific.aclose()
