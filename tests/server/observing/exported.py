"""What a process exports and logs, kept in memory."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    HistogramDataPoint,
    InMemoryMetricReader,
    MetricsData,
    NumberDataPoint,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from thinkific_mcp.server.http.json_logs import JsonLines

DELTA = AggregationTemporality.DELTA


class Exported(logging.Handler):
    """Everything since it was last cleared. A process can have one.

    Attributes:
        lines: what was logged, as JSON.
        calls: what was logged of calls and requests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.calls: list[Mapping[str, Any]] = []
        self.setFormatter(JsonLines())
        self._spans = InMemorySpanExporter()
        self._metrics = InMemoryMetricReader({Counter: DELTA, Histogram: DELTA})
        self._tracers, self._meters = TracerProvider(), MeterProvider([self._metrics])
        self._tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        trace.set_tracer_provider(self._tracers)
        metrics.set_meter_provider(self._meters)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        if call := getattr(record, "call", None):
            self.calls.append(call)

    def clear(self) -> None:
        self.lines.clear()
        self.calls.clear()
        self._spans.clear()
        self._metrics.get_metrics_data()

    def end(self) -> None:
        self._tracers.shutdown()
        self._meters.shutdown()

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """The spans of the server, in the order in which they began; not those of the client."""
        spans = [span for span in self._spans.get_finished_spans() if not _is_of_the_client(span)]
        return sorted(spans, key=lambda span: span.start_time or 0)

    def trees(self) -> list[str]:
        """Return the names of the spans of calls, indented by what they are within, but for waits."""
        depths: dict[int, int] = {}
        told: list[str] = []
        for span in self.spans:
            parent = span.parent.span_id if span.parent else 0
            if span.name == "budget wait":
                continue
            if span.context and (parent in depths or span.name.startswith("tools/call ")):
                depth = depths[span.context.span_id] = depths.get(parent, -1) + 1
                told.append("  " * depth + span.name)
        return told

    def span(self, name: str) -> ReadableSpan:
        (span,) = [span for span in self.spans if span.name == name]
        return span

    def trace_id(self, name: str) -> str:
        context = self.span(name).context
        return f"{context.trace_id:032x}" if context else ""

    def figures(self) -> dict[str, list[tuple[Mapping[str, Any], float]]]:
        """Return all metrics since the last time: attributes and figure; of times, how many there were."""
        found: dict[str, list[tuple[Mapping[str, Any], float]]] = {}
        data = self._metrics.get_metrics_data()
        for metric in _metrics_in(data):
            for point in metric.data.data_points:
                figure = (
                    point.count if isinstance(point, HistogramDataPoint) else cast(NumberDataPoint, point).value
                )
                found.setdefault(metric.name, []).append((dict(point.attributes or {}), figure))
        return found

    def text(self) -> str:
        """Return all of it."""
        data = self._metrics.get_metrics_data()
        return "\n".join(
            [*self.lines, *(span.to_json() for span in self.spans), data.to_json() if data is not None else ""]
        )


def _is_of_the_client(span: ReadableSpan) -> bool:
    return span.kind is SpanKind.CLIENT and span.name.startswith("MCP send") and "elicitation" not in span.name


def _metrics_in(data: MetricsData | None) -> list[Any]:
    if data is None:
        return []
    return [
        metric
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if scope.scope.name == "thinkific_mcp"
    ]
