"""A process that reads a course, so often as it is told and all at once, when a line comes in."""

import json
import sys

import anyio

from thinkific_mcp import ApiKey, Thinkific
from thinkific_mcp.api.courses import GetCourse
from thinkific_mcp.client import Budgets, Limits
from thinkific_mcp.client.pace.redis import RedisStore


async def main() -> None:
    """Say that it is ready, wait for the line, read, and print what failed as JSON."""
    address, redis_url, requests, at_once, seconds, course_id, reads = sys.argv[1:]
    budgets = Budgets(Limits(int(requests), int(at_once), float(seconds)), RedisStore(redis_url))
    account = ApiKey("sandbox", "sandbox")
    failures: list[str] = []

    async def read() -> None:
        try:
            await thinkific(GetCourse(course_id=int(course_id)))
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}")

    async with Thinkific(account, base_url=address, budgets=budgets, deadline=0) as thinkific:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        async with anyio.create_task_group() as tasks:
            for _ in range(int(reads)):
                tasks.start_soon(read)
    await budgets.aclose()
    sys.stdout.write(json.dumps(failures))


if __name__ == "__main__":
    anyio.run(main)
