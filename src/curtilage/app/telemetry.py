"""Traces for who asks for them: OpenTelemetry's SDK, sent as OTLP over HTTP.

A span is made from the two records of a call after its outcome is durable, put
into a bounded queue and sent from a thread of its own. A collector that is slow
or gone costs spans, never a call. Nothing of a trace goes to a provider.
"""

import logging
from dataclasses import dataclass
from typing import Any

import curtilage
from curtilage.app.settings import TelemetrySettings
from curtilage.core.errors import SetupError
from curtilage.core.models import Event
from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.spans import Parent, describe_call, find_parent

TIMEOUT = 5  # seconds for one batch; what a stopping worker waits for at the most, twice
log = logging.getLogger(__name__)


def build_traces(settings: TelemetrySettings, worker: str) -> "Traces | None":
    """None where no endpoint is set: then nothing is loaded and nothing is made."""
    if not settings.endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # an extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.sdk.trace.sampling import (  # noqa: PLC0415
            ParentBased,
            TraceIdRatioBased,
        )
    except ImportError:
        raise SetupError(
            "The setting telemetry.endpoint is set, and OpenTelemetry is not installed.",
            hint="Install the extra `otel`: `python3 tools/setup.py extras`, or `pip install '.[otel]'`.",
        ) from None
    resource = Resource(
        {
            "service.name": "curtilage",
            "service.version": curtilage.__version__,
            "service.instance.id": worker,
        }
    )
    sampler = ParentBased(TraceIdRatioBased(settings.sample))
    provider = TracerProvider(sampler, resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=settings.endpoint, timeout=TIMEOUT)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("curtilage.gateway", curtilage.__version__)
    return Traces(provider, tracer, settings.trust_callers)


@dataclass(frozen=True, slots=True)
class Traces:
    """Implements `gateway.ports.Traces`."""

    provider: Any
    tracer: Any
    trusts_callers: bool

    def find_parent(self, scope: ASGIScope) -> Parent | None:
        return find_parent(scope["headers"]) if self.trusts_callers else None

    def tell(self, intent: Event, outcome: Event, parent: Parent | None) -> None:
        try:
            self._tell(intent, outcome, parent)
        except Exception:  # a call that is over must not fail for want of a span
            log.warning("a span was lost", extra={"event": "bug"}, exc_info=True)

    def _tell(self, intent: Event, outcome: Event, parent: Parent | None) -> None:
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415  # an extra

        call = describe_call(intent, outcome)
        ended = int(outcome.at.timestamp() * 1_000_000) * 1000
        span = self.tracer.start_span(
            call.name,
            _context(parent),
            SpanKind.CLIENT,
            call.attributes,
            start_time=ended - call.microseconds * 1000,
        )
        if call.error:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    def close(self) -> None:
        """Send what waits, for a bounded time."""
        self.provider.shutdown()


def _context(parent: Parent | None) -> Any:
    from opentelemetry.context import Context  # noqa: PLC0415  # an extra
    from opentelemetry.trace import (  # noqa: PLC0415
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    if parent is None:
        return Context()
    flags = TraceFlags(TraceFlags.SAMPLED if parent.is_sampled else TraceFlags.DEFAULT)
    place = SpanContext(parent.trace_id, parent.span_id, is_remote=True, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(place), Context())
