"""nginx as the plain load balancer that a company has: round robin, over connections that are kept."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from ..redis_server import free_port

_CONFIGURATION = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream replicas {{
    {servers}
    keepalive 64;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }}
  }}
}}
"""
_PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def proxied(addresses: Sequence[str], folder: Path) -> Generator[str]:
    """Put nginx before these addresses, and yield its own; skip loudly where there is none, save in CI.

    Args:
        addresses: the servers, such as `http://127.0.0.1:8000`.
        folder: where nginx keeps its files.
    """
    if _PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("there is no nginx: see .ci/run")
        pytest.skip("NOT TESTED, there is no nginx: apt install nginx-light")
    port = free_port()
    folder.mkdir(parents=True)
    servers = "\n    ".join(f"server {address.removeprefix('http://')};" for address in addresses)
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, servers=servers, port=port), "utf-8")
    command = [_PROGRAM, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await(process, port, folder / "error.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
        if process.poll() is not None:
            break
    pytest.fail(f"nginx did not start: {log.read_text('utf-8') if log.exists() else ''}")
