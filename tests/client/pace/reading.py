"""Reads at a site, on a virtual clock."""

import anyio
import pytest

from thinkific_mcp import Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.sandbox import Limit

READ = GetCourse(course_id=1)
LIMIT = Limit(requests=120, at_once=10)


async def read(thinkific: Thinkific, times: int) -> None:
    """Read so often, all at once."""
    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(thinkific, READ)


async def failure(thinkific: Thinkific) -> ThinkificError:
    """Return what a read fails with."""
    with pytest.raises(ThinkificError) as caught:
        await thinkific(READ)
    return caught.value
