"""Metrics through the official SDK for Python: every instrument, both temporalities, two collections.

Every data point of every collection is told as it is in the SDK's own objects. See ../README.md.
"""

from opentelemetry import trace
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider, ObservableCounter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    ExponentialHistogram,
    Gauge,
    InMemoryMetricReader,
    PeriodicExportingMetricReader,
    Sum,
)
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.trace import TracerProvider

DELTA = {kind: AggregationTemporality.DELTA for kind in (Counter, Histogram, ObservableCounter)}
CUMULATIVE = {kind: AggregationTemporality.CUMULATIVE for kind in DELTA}
PREFERENCES = {"cumulative": CUMULATIVE, "delta": DELTA}
NO_INTERVAL = 3_600_000


def send_metrics(resource, make_exporter, attributes_json):
    """Sends with an exporter for each temporality, and tells what was sent."""
    told = []
    for temporality, preference in PREFERENCES.items():
        sending = PeriodicExportingMetricReader(make_exporter(preference), export_interval_millis=NO_INTERVAL)
        memory = InMemoryMetricReader(preferred_temporality=preference)
        meters = MeterProvider(
            resource=resource,
            metric_readers=[memory, sending],
            views=[View(instrument_name="client.*.size", aggregation=ExponentialBucketHistogramAggregation())],
        )
        record = instruments(meters, temporality)
        for turn in (1, 2):
            record(turn)
            # Not of the provider: that would collect from the reader in memory too, and forget it.
            sending.force_flush()
            told += points_json(memory.get_metrics_data(), attributes_json)
        # What the shutdown exports once more has nothing new: cumulative values repeat, deltas are empty.
        meters.shutdown()
    return told


def instruments(meters, temporality):
    """A function that records with every instrument; the second time with other values."""
    meter = meters.get_meter("meter", "1.1")
    name = f"client.{temporality}"
    requests = meter.create_counter(f"{name}.requests", unit="{request}", description="Requests")
    traffic = meter.create_counter(f"{name}.traffic", unit="By", description="Bytes sent")
    queue = meter.create_up_down_counter(f"{name}.queue", unit="1")
    temperature = meter.create_gauge(f"{name}.temperature", unit="Cel")
    latency = meter.create_histogram(f"{name}.latency", unit="ms", description="Time\nto answer")
    size = meter.create_histogram(f"{name}.size", unit="By")
    tracer = TracerProvider().get_tracer("exemplars")

    def record(turn):
        for agent in ("planner", "ünï \"quoted\""):
            attributes = {"agent.name": agent, "attempt": 1, "ok": True}
            requests.add(3 * turn, attributes)
            traffic.add(0.5 * turn, attributes)
            queue.add(5 if turn == 1 else -2, attributes)
            temperature.set(20.25 - turn, attributes)
            for value in (0.5, 5, 7.25 * turn, 600, 20_000):
                latency.record(value, attributes)
            for value in (0, 1, 3.5, 1000 * turn):
                size.record(value, attributes)
        span = tracer.start_span("with an exemplar")
        with trace.use_span(span, end_on_exit=True):
            requests.add(1, {"agent.name": "exemplar"})
            latency.record(42, {"agent.name": "exemplar"})

    return record


def points_json(data, attributes_json):
    out = []
    for by_resource in data.resource_metrics:
        for by_scope in by_resource.scope_metrics:
            for metric in by_scope.metrics:
                about = {
                    "name": metric.name,
                    "unit": metric.unit,
                    "description": metric.description,
                    "resource": {"attributes": attributes_json(by_resource.resource.attributes)},
                    "scope": {"name": by_scope.scope.name, "version": by_scope.scope.version},
                }
                out += [{**about, **point_json(metric.data, point, attributes_json)} for point in metric.data.data_points]
    return out


def point_json(data, point, attributes_json):
    exemplars = [
        {"value": one.value, "traceId": f"{one.trace_id:032x}", "spanId": f"{one.span_id:016x}"}
        for one in point.exemplars
        if one.trace_id
    ]
    out = {"attributes": attributes_json(point.attributes), "exemplars": exemplars}
    if isinstance(data, Gauge):
        return {**out, "kind": "gauge", "value": point.value}
    out["temporality"] = "delta" if data.aggregation_temporality == AggregationTemporality.DELTA else "cumulative"
    if isinstance(data, Sum):
        return {**out, "kind": "sum", "monotonic": data.is_monotonic, "value": point.value}
    out |= {"count": point.count, "sum": point.sum}
    if isinstance(data, ExponentialHistogram):
        buckets = {"offset": point.positive.offset, "counts": list(point.positive.bucket_counts)}
        return {**out, "kind": "exponential", "scale": point.scale, "zeroCount": point.zero_count, "positive": buckets}
    return {
        **out,
        "kind": "histogram",
        "bounds": list(point.explicit_bounds),
        "counts": list(point.bucket_counts),
    }
