import gzip
import json

import httpx2

from .conftest import asking


async def test_a_huge_answer_is_as_large_as_asked(remote: httpx2.AsyncClient) -> None:
    response = await remote.get("/courses", headers=asking("huge", megabytes=2, after=True))
    assert len(response.json()["items"][0]) == 2_000_000


async def test_a_huge_answer_may_be_small_on_the_wire(remote: httpx2.AsyncClient) -> None:
    fault = asking("huge", megabytes=20, encoding="gzip")
    async with remote.stream("GET", "/courses", headers=fault) as response:
        packed = b"".join([piece async for piece in response.aiter_raw()])
    unpacked = gzip.decompress(packed)
    assert response.headers["content-encoding"] == "gzip"
    assert (len(packed) < 40_000, len(json.loads(unpacked)["items"][0])) == (True, 20_000_000)


async def test_an_endless_answer_goes_on_steadily(remote: httpx2.AsyncClient) -> None:
    fault = asking("endless", kilobytes=10, pause=0.01)
    async with remote.stream("GET", "/courses", headers=fault, timeout=2) as response:
        assert "content-length" not in response.headers
        received = 0
        async for piece in response.aiter_raw():
            received += len(piece)
            if received > 500_000:
                break
    assert (await remote.get("/courses", timeout=2)).status_code == 200


async def test_a_huge_answer_ends_with_its_reader(remote: httpx2.AsyncClient) -> None:
    async with remote.stream("GET", "/courses", headers=asking("huge", megabytes=10_000)):
        pass
    assert (await remote.get("/courses", timeout=2)).status_code == 200
