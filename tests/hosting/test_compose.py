"""What compose.yaml and the Dockerfile describe works, prepared as the documentation says."""

import os
import re
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from mcp import Client

from ..redis_server import free_port
from ..server.asking import YES, answer, asked, code_of, nobody, status_of
from ..server.conftest import ERAS, Era, text_of
from .composed import HOST, ROOT, Deployment, connected, deployed, of_image, prepared
from .schools import School, Schools

SUBDOMAIN = "site-00"


@pytest.fixture(scope="module")
def school(upstream: tuple[Schools, str]) -> School:
    return upstream[0].of[SUBDOMAIN]


@pytest.fixture(scope="module")
def one_site(
    redis_program: None,
    upstream: tuple[Schools, str],
    school: School,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[tuple[Deployment, str]]:
    folder = tmp_path_factory.mktemp("one-site")
    token = prepared(folder, way="one-site", subdomain=SUBDOMAIN, key=school.keys[0])
    with deployed(folder, "one-site", upstream[1]) as deployment:
        yield deployment, token


@pytest.fixture
def url(one_site: tuple[Deployment, str]) -> str:
    return f"{one_site[0].address}/mcp"


@pytest.fixture
def headers(one_site: tuple[Deployment, str]) -> dict[str, str]:
    return {"Host": HOST, "Authorization": f"Bearer {one_site[1]}"}


@pytest.mark.parametrize("era", ERAS)
async def test_a_caller_sees_the_tools_and_reads_the_school(url: str, headers: dict[str, str], era: Era) -> None:
    async with connected(url, headers, era) as client:
        listed = await client.list_tools()
        assert {"list_courses", "update_coupon", "delete_coupon"} <= {tool.name for tool in listed.tools}
        await _reads(client)


async def test_a_deletion_happens_after_a_yes(url: str, headers: dict[str, str], school: School) -> None:
    async with connected(url, headers, elicitation_callback=nobody) as client:
        question = await asked(client, "delete_coupon", {"coupon_id": 1})
        assert school.changed == []
        assert status_of(await answer(client, question, YES)) == "done"
        assert status_of(await answer(client, question, YES)) == "expired"
    assert school.changed == ["DELETE /coupons/1 204"]


async def test_a_deletion_happens_after_a_code(url: str, headers: dict[str, str], school: School) -> None:
    before = school.changed
    async with connected(url, headers, "legacy") as client:
        await client.list_tools()  # which otherwise the client does by itself, after the first call
        for coupon in (2, 3):
            code = code_of(await client.call_tool("delete_coupon", {"coupon_id": coupon}))
            if coupon == 3:
                # Requests go to the processes in turn: one of the codes comes to another than gave it.
                await _reads(client)
            with_code = {"coupon_id": coupon, "confirmation": code}
            assert school.changed == before
            assert status_of(await client.call_tool("delete_coupon", with_code)) == "done"
            before = [*before, f"DELETE /coupons/{coupon} 204"]
    assert school.changed == before


async def test_every_process_serves(url: str, headers: dict[str, str], one_site: tuple[Deployment, str]) -> None:
    async with connected(url, headers) as client:
        for _ in range(len(one_site[0].replicas)):
            await _reads(client)
    assert all('"tool": "get_course"' in replica.said() for replica in one_site[0].replicas)


async def test_with_many_sites_a_caller_brings_a_key(
    redis_program: None, upstream: tuple[Schools, str], school: School, tmp_path: Path
) -> None:
    prepared(tmp_path, way="many-sites", subdomain="", key="unused")
    headers = {"Host": HOST, "Authorization": f"Bearer {school.keys[1]}"}
    with deployed(tmp_path, "many-sites", upstream[1]) as deployment:
        async with connected(f"{deployment.address}/sites/{SUBDOMAIN}/mcp", headers) as client:
            await _reads(client)


def test_the_health_check_tells_a_process_that_serves(one_site: tuple[Deployment, str]) -> None:
    port = one_site[0].replicas[0].address.rpartition(":")[2]
    assert [_health(port), _health(str(free_port()))] == [0, 1]


def test_the_image_does_not_start_where_anybody_could_call() -> None:
    environment = {**os.environ, "THINKIFIC_SUBDOMAIN": "my-school", "THINKIFIC_API_KEY": "a-key"}
    command = [*of_image("ENTRYPOINT"), *of_image("CMD")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "anybody could call" in ended.stderr


def test_the_image_is_made_of_what_it_needs_and_nothing_else() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.M)
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert let_in == {source for sources in copied for source in sources.split()}
    assert "*" in rules


async def _reads(client: Client) -> None:
    assert f"Of {SUBDOMAIN}" in text_of(await client.call_tool("get_course", {"course_id": 1}))


def _health(port: str) -> int:
    # A proxy of the environment is not asked about this machine.
    environment = {**os.environ, "HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"}
    command = [word.replace("8000", port) for word in of_image("HEALTHCHECK")]
    return subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, timeout=60, check=False).returncode
