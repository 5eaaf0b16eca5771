"""OpenTelemetry's providers. They need its SDK (`thinkific-mcp[hosted]`), which reads the rest of its settings."""

import sys
from collections.abc import Callable, Mapping, Sequence

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Status

from thinkific_mcp.version import VERSION

_SPANS: Mapping[str, Callable[[], SpanExporter]] = {
    "otlp": OTLPSpanExporter,
    "console": lambda: ConsoleSpanExporter(out=sys.stderr),
}
_METRICS: Mapping[str, Callable[[], MetricExporter]] = {
    "otlp": OTLPMetricExporter,
    "console": lambda: ConsoleMetricExporter(out=sys.stderr),
}


def tracer_provider(exporters: Sequence[str]) -> TracerProvider:
    """Return what exports spans, by `otlp` or `console`."""
    provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    for name in exporters:
        provider.add_span_processor(_WithoutWords(_SPANS[name]()))
    return provider


def meter_provider(exporters: Sequence[str]) -> MeterProvider:
    """Return what exports metrics, by `otlp` or `console`."""
    readers = [PeriodicExportingMetricReader(_METRICS[name]()) for name in exporters]
    return MeterProvider(readers, resource=_resource(), shutdown_on_exit=False)


class _WithoutWords(BatchSpanProcessor):
    """Leaves out what errors say: MCP's SDK writes some of it into its spans, and it may speak of a student."""

    def on_end(self, span: ReadableSpan) -> None:
        super().on_end(
            ReadableSpan(
                name=span.name,
                context=span.context,
                parent=span.parent,
                resource=span.resource,
                attributes=span.attributes,
                links=span.links,
                kind=span.kind,
                status=Status(span.status.status_code),
                start_time=span.start_time,
                end_time=span.end_time,
                instrumentation_scope=span.instrumentation_scope,
            )
        )


def _resource() -> Resource:
    ours = {"service.name": "thinkific-mcp", "service.version": VERSION}
    return Resource.create(ours).merge(OTELResourceDetector().detect())
