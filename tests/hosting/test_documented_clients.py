"""The configurations in docs/hosting.md work as they stand there, with another address and token."""

import json
import re
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client

from ..server.asking import PATIENCE, code_of
from ..server.conftest import ERAS, Era, text_of
from ..server.http.identity_provider import FIRST, token
from .composed import DOCUMENTATION, HOST, blocks, connected
from .refusals import table
from .replicas import Replica, many_sites, running_replicas
from .schools import School, Schools

SUBDOMAIN = "site-00"
TOKEN = "token-of-alice-51c3a0d2b9e84f67"
Connection = tuple[str, Mapping[str, str]]
"""An address, and the headers that are sent to it."""


@dataclass(frozen=True)
class Server:
    """A server that is called in both ways, and the key of its school."""

    replica: Replica
    key: str

    @property
    def address(self) -> str:
        return self.replica.address

    def filled_in(self, text: str) -> str:
        """Return a part of the documentation with what belongs to this server in it."""
        places = {f"https://{HOST}": self.address, "my-school": SUBDOMAIN}
        places |= dict.fromkeys(("YOUR-TOKEN", "${THINKIFIC_MCP_TOKEN}", "${input:token}"), TOKEN)
        places |= dict.fromkeys(("YOUR-API-KEY", "${THINKIFIC_API_KEY}"), self.key)
        for place, value in places.items():
            text = text.replace(place, value)
        return text


@pytest.fixture(scope="module")
def server(upstream: tuple[Schools, str], tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    school: School = upstream[0].of[SUBDOMAIN]
    folder: Path = tmp_path_factory.mktemp("clients")
    tokens = folder / "tokens"
    tokens.write_text(f"alice {sha256(TOKEN.encode()).hexdigest()} read,write,destructive\n", "utf-8")
    environment = many_sites(upstream[1], redis="") | {
        "THINKIFIC_SUBDOMAIN": SUBDOMAIN,
        "THINKIFIC_API_KEY": school.keys[0],
        "THINKIFIC_HTTP_TOKENS_FILE": str(tokens),
    }
    with (
        documented_provider(folder / "provider") as provider,
        running_replicas(1, environment | provider, folder / "logs") as (replica,),
    ):
        yield Server(replica, school.keys[1])


def provider_settings() -> dict[str, str]:
    """Return the settings of the documentation's identity provider."""
    return dict(line.split("=", 1) for line in blocks("ini")[0].splitlines())


@contextmanager
def documented_provider(folder: Path) -> Generator[dict[str, str]]:
    """Serve the keys of the documentation's identity provider, and yield its settings with their address."""
    settings = provider_settings()
    path = settings["THINKIFIC_JWKS_URL"].removeprefix("https://id.example.com/")
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(json.dumps({"keys": [FIRST]}), "utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as keys:
        threading.Thread(target=keys.serve_forever, daemon=True).start()
        yield settings | {"THINKIFIC_JWKS_URL": f"http://127.0.0.1:{keys.server_port}/{path}"}
        keys.shutdown()


def configurations() -> list[str]:
    """Return those of the documentation that say where a client connects to."""
    return [block for block in blocks("json") if HOST in block]


def connections(configuration: Mapping[str, Any]) -> Iterator[Connection]:
    """Return what a host or a platform makes of its configuration."""
    for host in ("mcpServers", "servers"):
        for entry in configuration.get(host, {}).values():
            assert entry["type"] == "http"
            yield entry["url"], entry["headers"]
    for entry in configuration.get("mcp_servers", []):
        yield entry["url"], bearer(entry["authorization_token"])
    for entry in configuration.get("tools", []):
        if entry["type"] == "mcp":
            yield entry["server_url"], bearer(entry["authorization"])


def bearer(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_both_ways_are_documented_for_hosts_and_platforms() -> None:
    documented = [url for text in configurations() for url, _ in connections(json.loads(text))]
    own = [f"https://{HOST}/mcp"] * 4
    assert sorted(documented) == sorted([*own, *[f"https://{HOST}/sites/my-school/mcp"] * 3])


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("text", configurations())
async def test_a_documented_configuration_connects(server: Server, text: str, era: Era) -> None:
    ((url, headers),) = connections(json.loads(server.filled_in(text)))
    async with connected(url, headers, era) as client:
        await _works(client)


async def test_the_documented_command_connects(server: Server) -> None:
    (line,) = re.findall(r"^\$ (claude mcp add .*)", DOCUMENTATION, flags=re.M)
    *start, name, url, option, header = shlex.split(server.filled_in(line))
    assert (start, name, option) == (["claude", "mcp", "add", "--transport", "http"], "thinkific", "--header")
    async with connected(url, dict([header.split(": ")])) as client:
        await _works(client)


def test_the_documented_program_prints_courses(server: Server) -> None:
    (program,) = blocks("python")
    ended = subprocess.run(
        [sys.executable, "-c", server.filled_in(program)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert f"Of {SUBDOMAIN}" in ended.stdout, ended.stderr


@pytest.mark.parametrize(
    ("roles", "offered"),
    [
        (["support"], {"get_course"}),
        (["support", "course-team"], {"get_course", "update_coupon"}),
        (["support", "course-team", "school-owner"], {"get_course", "update_coupon", "delete_coupon"}),
    ],
)
async def test_roles_of_the_documented_provider_are_scopes(
    server: Server, roles: list[str], offered: set[str]
) -> None:
    settings = provider_settings()
    presented = token(
        iss=settings["THINKIFIC_JWT_ISSUER"],
        aud=settings["THINKIFIC_JWT_AUDIENCE"],
        exp=time.time() + 300,
        scope="openid profile",
        realm_access={"roles": [*roles, "offline_access"]},
    )
    async with connected(f"{server.address}/mcp", bearer(presented)) as client:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert listed & {"get_course", "update_coupon", "delete_coupon"} == offered
        await _works(client)


async def test_a_client_without_a_token_is_led_to_the_documented_provider(server: Server) -> None:
    async with httpx2.AsyncClient() as http:
        refused = await http.post(f"{server.address}/mcp", json={})
        told = re.findall('resource_metadata="(.*?)"', refused.headers["WWW-Authenticate"])
        about = await http.get(server.filled_in(told[0]))
    assert about.json()["authorization_servers"] == [provider_settings()["THINKIFIC_JWT_ISSUER"]]


async def test_a_call_is_logged_as_documented(server: Server) -> None:
    async with connected(f"{server.address}/mcp", bearer(TOKEN)) as client:
        code_of(await client.call_tool("delete_coupon", {"coupon_id": 1}))
    (documented,) = [json.loads(text) for text in blocks("json") if '"event"' in text]
    lines = [json.loads(line) for line in server.replica.said().splitlines()]
    (logged,) = [line for line in lines if line.get("tool") == "delete_coupon"]
    own = {"time", "seconds", "waited", "client"}
    assert logged.keys() == documented.keys()
    assert {**logged, **{name: documented[name] for name in own}, "site": "my-school"} == documented


def test_what_a_bad_request_gets_is_documented_as_it_is_tested() -> None:
    marks = r"<!-- refusals: .* -->\n(.*?)\n<!-- /refusals -->"
    (documented,) = re.findall(marks, DOCUMENTATION, flags=re.S)
    assert documented == table(), "copy what table() of refusals.py returns"


async def _works(client: Client) -> None:
    assert f"Of {SUBDOMAIN}" in text_of(await client.call_tool("get_course", {"course_id": 1}))
