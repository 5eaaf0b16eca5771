"""Exporting of traces and metrics, as OpenTelemetry's own environment variables say.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from threading import Thread
from time import monotonic

from opentelemetry import metrics, trace

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.server.extras import needed_for

_EXPORTERS = ("otlp", "console")
_PROTOCOL = "http/protobuf"
_SECONDS_TO_END = 5.0


@contextmanager
def exporting() -> Generator[None]:
    """Export, inside this block, the signals for which an exporter or an endpoint is named.

    At the end what is left is sent, for five seconds at most. Only the first block of a process exports.

    Raises:
        SettingsError: the environment asks for what there is not.
    """
    spans, figures = _exporters("TRACES"), _exporters("METRICS")
    if not (spans or figures):
        yield
        return
    with needed_for("An export that an OTEL_… variable asks for"):
        from thinkific_mcp.server.http.providers import meter_provider, tracer_provider
    try:
        tracers, meters = tracer_provider(spans), meter_provider(figures)
    except ValueError:
        raise SettingsError("A number in an OTEL_… variable cannot be used.") from None
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)
    try:
        yield
    finally:
        # In threads of their own: towards a collector that is gone they go on trying for half a minute.
        ends = [Thread(target=provider.shutdown, daemon=True) for provider in (tracers, meters)]
        until = monotonic() + _SECONDS_TO_END
        for end in ends:
            end.start()
        for end in ends:
            end.join(max(0.0, until - monotonic()))


def _exporters(signal: str) -> Sequence[str]:
    """Return the exporters of a signal, TRACES or METRICS."""
    if _value("OTEL_SDK_DISABLED").lower() == "true":
        return []
    endpoint = _value(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") or _value("OTEL_EXPORTER_OTLP_ENDPOINT")
    asked = _value(variable := f"OTEL_{signal}_EXPORTER") or ("otlp" if endpoint else "none")
    if asked == "none":
        return []
    names = [name.strip() for name in asked.split(",")]
    if not set(names) <= set(_EXPORTERS):
        raise SettingsError(f"{variable} should be {', '.join(_EXPORTERS)} or none.")
    protocol = _value(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or _value("OTEL_EXPORTER_OTLP_PROTOCOL")
    if "otlp" in names and protocol not in ("", _PROTOCOL):
        raise SettingsError(f"OTEL_EXPORTER_OTLP_PROTOCOL should be {_PROTOCOL}, which is all there is here.")
    return names


def _value(name: str) -> str:
    return os.environ.get(name, "").strip()
