"""compose.yaml, run on this machine without containers: the same commands, settings and files."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp.client.streamable_http import streamable_http_client

from ..redis_server import free_port
from ..server.asking import PATIENCE
from ..server.conftest import Era
from .replicas import Replica

ROOT = Path(__file__).parents[2]
DOCUMENTATION = (ROOT / "docs" / "hosting.md").read_text("utf-8")
HOST = "mcp.example.com"
"""The name by which callers reach the server, in the documentation and in deploy/*.env."""

_NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_DOCKER = """\
#!/bin/sh
# Stands in for docker: builds nothing, and runs what is in the image.
if [ "$1 $2" = "run --rm" ]; then shift 3; exec {python} -m thinkific_mcp "$@"; fi
"""


@dataclass(frozen=True)
class Deployment:
    """What runs.

    Attributes:
        folder: the project's folder, with the operator's secrets.
        address: that of the proxy.
        replicas: the processes behind it.
    """

    folder: Path
    address: str
    replicas: Sequence[Replica]


def blocks(language: str) -> list[str]:
    """Return what stands in the documentation as blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)\n```$", DOCUMENTATION, flags=re.M | re.S)


def of_image(instruction: str) -> list[str]:
    """Return the command that an instruction of the Dockerfile has: CMD, ENTRYPOINT or HEALTHCHECK."""
    (line,) = re.findall(rf"^{instruction} .*", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.M)
    return here(json.loads(line[line.index("[") :]))


def here(command: Sequence[str]) -> list[str]:
    """Return a command with the programs of this machine in place of the image's."""
    programs = {"thinkific-mcp": [sys.executable, "-m", "thinkific_mcp"], "python": [sys.executable]}
    return [*programs.get(command[0], [command[0]]), *command[1:]]


def prepared(folder: Path, *, way: str, subdomain: str, key: str) -> str:
    """Do what the documentation says before `docker compose up`, and return alice's token.

    Args:
        folder: where the project is put.
        way: `one-site` or `many-sites`.
        subdomain: the school's.
        key: its API key.
    """
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    shutil.copy(ROOT / "compose.yaml", folder)
    programs = folder / "bin"
    programs.mkdir()
    (programs / "docker").write_text(_DOCKER.format(python=sys.executable), "utf-8")
    (programs / "docker").chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    script = blocks("sh")[0].replace("YOUR-API-KEY", key)
    told = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    ).stderr
    settings = folder / "deploy" / f"{way}.env"
    settings.write_text(settings.read_text("utf-8").replace("my-school", subdomain), "utf-8")
    return told.split("\n\n")[1]


@contextmanager
def deployed(folder: Path, way: str, upstream: str) -> Generator[Deployment]:
    """Run all services of a prepared folder, and yield them.

    Args:
        folder: the project's folder.
        way: `one-site` or `many-sites`.
        upstream: where the schools are.
    """
    text = (folder / "compose.yaml").read_text("utf-8").replace("${WAY:-one-site}", way)
    services: Mapping[str, Any] = yaml.safe_load(text)["services"]
    with ExitStack() as stack:
        redis = stack.enter_context(_redis(services["redis"], folder))
        environment = {**_environment(services["server"], folder, redis), "THINKIFIC_BASE_URL": upstream}
        replicas = [
            stack.enter_context(_replica(environment, folder, number))
            for number in range(services["server"]["deploy"]["replicas"])
        ]
        for replica in replicas:
            replica.await_start()
        yield Deployment(folder, stack.enter_context(_proxy(services["proxy"], folder, replicas)), replicas)


def _environment(server: Mapping[str, Any], folder: Path, redis: int) -> Mapping[str, str]:
    """Return the settings of the containers, with places of this machine in them."""
    lines = (folder / server["env_file"]).read_text("utf-8").splitlines()
    own = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    (volume,) = server["volumes"]
    source, target, _ = volume.split(":")
    places = {target: str(folder / source), "redis:6379": f"127.0.0.1:{redis}", "172.30.84.0/24": "127.0.0.1"}
    environment: dict[str, str] = {**own, **server["environment"]}
    for name, value in environment.items():
        for place, of_this_machine in places.items():
            value = value.replace(place, of_this_machine)
        environment[name] = value
    return environment


@contextmanager
def _redis(service: Mapping[str, Any], folder: Path) -> Generator[int]:
    port = free_port()
    command = [*service["command"], "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    with _running(command, port, folder / "redis.log"):
        yield port


@contextmanager
def _replica(environment: Mapping[str, str], folder: Path, number: int) -> Generator[Replica]:
    command = [*of_image("ENTRYPOINT"), *of_image("CMD")]
    places = {"0.0.0.0": "127.0.0.1", "8000": "0"}
    log = folder / f"server-{number}.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [places.get(word, word) for word in command], stderr=errors, env={**os.environ, **environment}
        ) as process,
    ):
        try:
            yield Replica(process, log)
        finally:
            process.kill()


@contextmanager
def _proxy(service: Mapping[str, Any], folder: Path, replicas: Sequence[Replica]) -> Generator[str]:
    if _NGINX is None:
        if os.environ.get("CI"):
            pytest.fail("there is no nginx: see .ci/run")
        pytest.skip("NOT TESTED, there is no nginx: apt install nginx-light")
    port, work = free_port(), folder / "nginx"
    work.mkdir()
    source, _, _ = service["volumes"][0].split(":")
    servers = " ".join(f"server {replica.address.removeprefix('http://')};" for replica in replicas)
    kept = " ".join(f"{kind}_temp_path {work};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    places = {
        "worker_processes auto;": f"daemon off; master_process off; pid {work}/pid; error_log {work}/log;",
        "http {": f"http {{ {kept}",
        "server server:8000;": servers,
        "listen 8080;": f"listen 127.0.0.1:{port};",
    }
    configuration = (folder / source).read_text("utf-8")
    for place, of_this_machine in places.items():
        assert configuration.count(place) == 1
        configuration = configuration.replace(place, of_this_machine)
    (work / "nginx.conf").write_text(configuration, "utf-8")
    command = [_NGINX, "-p", str(work), "-e", str(work / "log"), "-c", str(work / "nginx.conf")]
    with _running(command, port, work / "log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: Sequence[str], port: int, log: Path) -> Generator[None]:
    """Run a command that listens at a port; what it says goes to the log, and stands in the failure."""
    with log.open("ab") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            for _ in range(200):
                with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                if process.poll() is not None:
                    pytest.fail(f"{command[0]} did not start: {log.read_text('utf-8')}")
                time.sleep(0.05)
            yield
        finally:
            process.kill()


@asynccontextmanager
async def connected(
    url: str, headers: Mapping[str, str], era: Era = "auto", elicitation_callback: ElicitationFnT | None = None
) -> AsyncGenerator[Client]:
    """Connect an MCP client to an address, with these headers in each request."""
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, mode=era, elicitation_callback=elicitation_callback) as client:
            yield client
