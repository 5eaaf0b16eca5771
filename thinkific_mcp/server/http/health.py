"""Whether this process lives, and whether it can work."""

from collections.abc import Sequence
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from thinkific_mcp.client import Thinkific
from thinkific_mcp.errors import UnreachableError
from thinkific_mcp.guard.policy import Guard
from thinkific_mcp.server.http.callers import Verifier
from thinkific_mcp.server.upstream import has_one_site
from thinkific_mcp.settings import Settings


def health_routes(
    settings: Settings, thinkific: Thinkific, guard: Guard, verifiers: Sequence[Verifier]
) -> Sequence[Route]:
    """Return the routes `/healthz` and `/readyz`; neither tells a secret, or asks Thinkific anything.

    A process whose Redis is away is ready all the same, since reads go on: a balancer that heeds this would
    otherwise leave out all of them at once.
    """

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:
        redis = await _redis(settings, guard)
        problems = "; ".join(verifier.problem for verifier in verifiers if verifier.problem)
        is_whole = redis != "unreachable" and not problems
        found: dict[str, object] = {"status": "ready" if is_whole else "degraded"}
        found |= {"settings": problems or "ok", "redis": redis}
        if has_one_site(settings):
            found["upstream_budget"] = {"next_request_in_seconds": round(await thinkific.next_turn(), 1)}
        return JSONResponse(found)

    return [Route("/healthz", alive), Route("/readyz", ready)]


async def _redis(settings: Settings, guard: Guard) -> str:
    if not settings.redis_url:
        return "not used"
    with suppress(UnreachableError):
        await guard.memory.get("health")
        return "ok"
    return "unreachable"
