"""Exports of processes whose environment asks for them, to a collector on this machine."""

import os
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.http.exporters import exporting

SECRET = "ada@example.com"

_EXPORTING = f"""
import anyio
from opentelemetry import trace
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.http.exporters import exporting
from thinkific_mcp.telemetry import count_call, span
try:
    with exporting():
        with span("guard preview"):
            count_call("get_course", "done", "", 0.5)
        try:
            with trace.get_tracer("another").start_as_current_span("another"):
                raise RuntimeError({SECRET!r})
        except RuntimeError:
            pass
except SettingsError as error:
    print(error)
"""

_REQUESTS: Mapping[str, type[Message]] = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
}


@dataclass
class Collector:
    """Takes what is exported.

    Attributes:
        address: where.
        received: what came, by path.
    """

    address: str = ""
    received: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])

    def resources(self, path: str) -> dict[str, str]:
        """Return what the first export says of the process."""
        first = self.received[path][0]
        about = (first.resource_spans if path == "/v1/traces" else first.resource_metrics)[0].resource
        return {each.key: each.value.string_value for each in about.attributes}

    def spans(self) -> list[Any]:
        return [
            span
            for request in self.received.get("/v1/traces", [])
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def metrics(self) -> list[Any]:
        return [
            metric
            for request in self.received.get("/v1/metrics", [])
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        ]


@contextmanager
def collecting() -> Generator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = _REQUESTS[self.path]()
            request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
            collector.received.setdefault(self.path, []).append(request)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' own output short."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        collector.address = f"http://127.0.0.1:{server.server_port}"
        yield collector
        server.shutdown()
        thread.join()


def export(
    environment: Mapping[str, str], script: str = _EXPORTING, seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a process that exports."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**kept, **environment},
        timeout=seconds,
    )
    assert "Traceback" not in ended.stderr
    return ended


@pytest.fixture(scope="module")
def exported() -> Generator[Collector]:
    """Return what came of a process of which nothing is known but where to export to."""
    with collecting() as collector:
        assert export({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address}).stdout == ""
        yield collector


def test_an_endpoint_gets_spans_and_metrics(exported: Collector) -> None:
    assert [span.name for span in exported.spans()] == ["guard preview", "another"]
    assert "thinkific_mcp.calls" in [metric.name for metric in exported.metrics()]


def test_they_say_which_service_they_are_of(exported: Collector) -> None:
    for path in _REQUESTS:
        assert exported.resources(path)["service.name"] == "thinkific-mcp"
        assert exported.resources(path)["service.version"]


def test_of_errors_in_any_span_no_words_are_exported(exported: Collector) -> None:
    (span,) = [span for span in exported.spans() if span.name == "another"]
    assert (span.status.code, span.status.message, list(span.events)) == (2, "", [])
    assert SECRET not in str(exported.received)


def test_times_are_counted_in_steps_of_seconds(exported: Collector) -> None:
    (metric,) = [each for each in exported.metrics() if each.name == "thinkific_mcp.call.duration"]
    (point,) = metric.histogram.data_points
    assert (metric.unit, point.explicit_bounds[0], point.explicit_bounds[-1]) == ("s", 0.005, 60)


def test_the_operator_may_name_the_service_and_one_signal_only() -> None:
    with collecting() as collector:
        export(
            {
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{collector.address}/v1/traces",
                "OTEL_SERVICE_NAME": "our-school",
            }
        )
    assert collector.resources("/v1/traces")["service.name"] == "our-school"
    assert [*collector.received] == ["/v1/traces"]


@pytest.mark.parametrize(
    "more",
    [
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
    ],
)
def test_nothing_is_exported_where_the_operator_says_so(more: Mapping[str, str]) -> None:
    with collecting() as collector:
        export({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address, **more})
    assert collector.received == {}


def test_the_console_is_standard_error() -> None:
    ended = export({"OTEL_TRACES_EXPORTER": "console", "OTEL_METRICS_EXPORTER": "console"})
    assert ended.stdout == ""
    assert '"guard preview"' in ended.stderr and '"thinkific_mcp.calls"' in ended.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OTEL_TRACES_EXPORTER": "jaeger"}, "OTEL_TRACES_EXPORTER should be otlp, console or none."),
        ({"OTEL_METRICS_EXPORTER": "otlp,prometheus"}, "OTEL_METRICS_EXPORTER should be otlp, console or none."),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL should be http/protobuf, which is all there is here.",
        ),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_BSP_MAX_QUEUE_SIZE": "-1"},
            "A number in an OTEL_… variable cannot be used.",
        ),
    ],
)
def test_what_there_is_not_is_refused(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], words: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused, exporting():
        pass
    assert str(refused.value) == words


def test_without_the_packages_it_says_which_to_install() -> None:
    without = "import sys; sys.modules['opentelemetry.exporter'] = None\n"
    ended = export({"OTEL_TRACES_EXPORTER": "otlp"}, without + _EXPORTING)
    assert ended.stdout == (
        "An export that an OTEL_… variable asks for needs the opentelemetry.exporter.otlp package: "
        "pip install 'thinkific-mcp[hosted]'.\n"
    )


def test_a_collector_that_never_answers_does_not_keep_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        # By itself the SDK waits for half a minute, for each signal.
        export({"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_EXPORTER_OTLP_TIMEOUT": "600"}, seconds=25)
