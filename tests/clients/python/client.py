"""Sends traces, logs and metrics through the official OpenTelemetry SDK for Python, in every way that it can.

For each way it prints one line of JSON: what was sent, taken from the SDK's own objects and written as
OTLP JSON items with `resource` and `scope` beside them. `cargo xtask clients` compares that with what
the server gives back. See ../README.md for the form.
"""

import argparse
import base64
import json
import sys
import time
from collections.abc import Mapping

import grpc
from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import (
    BatchLogRecordProcessor,
    InMemoryLogRecordExporter,
    SimpleLogRecordProcessor,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from client_metrics import send_metrics

TEXT = "text with ünïcode ☃ \U0001f680, \"quotes\", a \\ and\na new line\t."
ATTRIBUTES = {
    "string": TEXT,
    "string.empty": "",
    "bool.true": True,
    "bool.false": False,
    "int": 42,
    "int.max": 2**63 - 1,
    "int.min": -(2**63),
    "double": 0.1,
    "double.whole": 3.0,
    "double.large": 1.7976931348623157e308,
    "strings": ["a", "", "ü"],
    "ints": [1, -2, 2**53 + 1],
    "doubles": [0.5, -1.0],
    "bools": [True, False],
    "empty": [],
}
NESTED = {"list": [1, "two", 3.5, False, {"deep": [True]}], "map": {"k": "v"}, "bytes": b"\x00\xff\x10", "none": None}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--grpc", required=True, help="host:port of OTLP/gRPC")
    parser.add_argument("--http", required=True, help="host:port of OTLP/HTTP")
    arguments = parser.parse_args()
    grpc_options = {"endpoint": arguments.grpc, "insecure": True}
    traces, logs, metrics = (f"http://{arguments.http}/v1/{signal}" for signal in ("traces", "logs", "metrics"))
    ways = {
        "grpc": lambda: (
            GrpcSpanExporter(**grpc_options),
            GrpcLogExporter(**grpc_options),
            lambda preference: GrpcMetricExporter(**grpc_options, preferred_temporality=preference),
        ),
        "grpc-gzip": lambda: (
            GrpcSpanExporter(**grpc_options, compression=grpc.Compression.Gzip),
            GrpcLogExporter(**grpc_options, compression=grpc.Compression.Gzip),
            lambda preference: GrpcMetricExporter(
                **grpc_options, compression=grpc.Compression.Gzip, preferred_temporality=preference
            ),
        ),
        "http-protobuf": lambda: (
            HttpSpanExporter(traces),
            HttpLogExporter(logs),
            lambda preference: HttpMetricExporter(metrics, preferred_temporality=preference),
        ),
        "http-protobuf-gzip": lambda: (
            HttpSpanExporter(traces, compression=Compression.Gzip),
            HttpLogExporter(logs, compression=Compression.Gzip),
            lambda preference: HttpMetricExporter(
                metrics, compression=Compression.Gzip, preferred_temporality=preference
            ),
        ),
    }
    for way, exporters in ways.items():
        print(json.dumps({"way": way, **send(way, *exporters())}), flush=True)
    return 0


def send(way, span_exporter, log_exporter, make_metric_exporter):
    """Sends one set of spans, records and metrics, and tells what was sent."""
    resource = Resource.create(
        {
            "service.name": f"client-python-{way}",
            "service.instance.id": "instance-1",
            "service.version": "1.2.3",
            "host.cpus": 4,
            "tags": ["a", "b"],
        },
        schema_url="https://opentelemetry.io/schemas/1.26.0",
    )
    spans, records = InMemorySpanExporter(), InMemoryLogRecordExporter()
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    tracers.add_span_processor(BatchSpanProcessor(span_exporter))
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(SimpleLogRecordProcessor(records))
    loggers.add_log_record_processor(BatchLogRecordProcessor(log_exporter))
    work(tracers, loggers)
    tracers.force_flush()
    loggers.force_flush()
    tracers.shutdown()
    loggers.shutdown()
    return {
        "service": f"client-python-{way}",
        "spans": [span_json(span) for span in spans.get_finished_spans()],
        "logs": [log_json(record) for record in records.get_finished_logs()],
        "metrics": send_metrics(resource, make_metric_exporter, attributes_json),
    }


def work(tracers, loggers):
    """Nested spans of every kind, with everything that a span can carry, and records in and beside them."""
    tracer = tracers.get_tracer(
        "checkout", "0.9", schema_url="https://opentelemetry.io/schemas/1.25.0", attributes={"scope.key": "value"}
    )
    other = tracers.get_tracer("second-scope")
    logger = loggers.get_logger("checkout", "0.9", attributes={"scope.key": "value"})
    foreign = SpanContext(
        tracers.id_generator.generate_trace_id(),
        tracers.id_generator.generate_span_id(),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
        trace_state=TraceState([("vendor", "a:1"), ("other", "b")]),
    )
    with tracer.start_as_current_span("POST /checkout", kind=SpanKind.SERVER, attributes=ATTRIBUTES) as root:
        write_records(logger)
        with other.start_as_current_span(
            "charge", kind=SpanKind.CLIENT, links=[Link(foreign, {"link.key": 1, "link.list": ["x"]})]
        ) as charge:
            charge.add_event("retry", {"attempt": 2, "wait": 0.25, "codes": [503, 504]})
            charge.add_event("at a given time", timestamp=time.time_ns() - 1_000_003)
            try:
                raise ValueError(f"card refused: {TEXT}")
            except ValueError as error:
                charge.record_exception(error, attributes={"card": "none"})
                charge.set_status(Status(StatusCode.ERROR, "card refused\nsecond line"))
        with tracer.start_as_current_span("enqueue", kind=SpanKind.PRODUCER) as produced:
            produced.set_status(Status(StatusCode.OK))
            produced.set_attribute("prompt", "You are an agent. " * 12_000)
        with tracer.start_as_current_span("dequeue", kind=SpanKind.CONSUMER):
            logger.emit(severity_number=SeverityNumber.INFO, body="in the innermost span")
        root.set_attribute("late", True)
    parent = trace.set_span_in_context(trace.NonRecordingSpan(foreign))
    remote = tracer.start_span("child of a remote parent", context=parent)
    remote.end()
    start = time.time_ns() - 3_600_000_000_007
    old = tracer.start_span("an hour ago", start_time=start)
    old.end(start + 1)


def write_records(logger):
    """Records with bodies, attributes and severities of every kind."""
    now = time.time_ns()
    attributes = {**ATTRIBUTES, "nested": NESTED, "bytes": b"\x01\x02", "mixed": [1, "a", None]}
    logger.emit(
        timestamp=now,
        observed_timestamp=now + 5,
        severity_number=SeverityNumber.ERROR2,
        severity_text="ERROR",
        body=TEXT,
        attributes=attributes,
    )
    logger.emit(timestamp=now + 1, severity_number=SeverityNumber.TRACE, severity_text="trace", body=NESTED)
    logger.emit(timestamp=now + 2, severity_number=SeverityNumber.FATAL4, body=[1, 2.5, "x"])
    logger.emit(timestamp=now + 3, severity_number=SeverityNumber.WARN, body=12345678901234)
    logger.emit(timestamp=now + 4, body=False)
    logger.emit(timestamp=now + 5, event_name="task.finished", attributes={"task.id": "t-1"})
    logger.emit(timestamp=now + 6, severity_number=SeverityNumber.DEBUG, body="long " * 10_000)


def span_json(span):
    # The exporter sends neither the flags of a span's own context nor the trace state of a link.
    status = {StatusCode.UNSET: 0, StatusCode.OK: 1, StatusCode.ERROR: 2}[span.status.status_code]
    kinds = [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER]
    return {
        **ids(span.context),
        "parentSpanId": f"{span.parent.span_id:016x}" if span.parent else "",
        "traceState": span.context.trace_state.to_header(),
        "name": span.name,
        "kind": kinds.index(span.kind) + 1,
        "startTimeUnixNano": str(span.start_time),
        "endTimeUnixNano": str(span.end_time),
        "status": {"code": status, "message": span.status.description or ""},
        "attributes": attributes_json(span.attributes),
        "events": [
            {"name": event.name, "timeUnixNano": str(event.timestamp), "attributes": attributes_json(event.attributes)}
            for event in span.events
        ],
        "links": [
            {
                **ids(link.context),
                "attributes": attributes_json(link.attributes),
            }
            for link in span.links
        ],
        **origin(span.resource, span.instrumentation_scope),
    }


def log_json(readable):
    record = readable.log_record
    return {
        "traceId": f"{record.trace_id:032x}" if record.trace_id else "",
        "spanId": f"{record.span_id:016x}" if record.span_id else "",
        "flags": int(record.trace_flags or 0),
        "timeUnixNano": str(record.timestamp or 0),
        "observedTimeUnixNano": str(record.observed_timestamp or 0),
        "severityNumber": record.severity_number.value if record.severity_number else 0,
        "severityText": record.severity_text or "",
        "eventName": record.event_name or "",
        "body": value_json(record.body),
        "attributes": attributes_json(record.attributes),
        **origin(readable.resource, readable.instrumentation_scope),
    }


def ids(context):
    return {"traceId": f"{context.trace_id:032x}", "spanId": f"{context.span_id:016x}"}


def origin(resource, scope):
    return {
        "resource": {"attributes": attributes_json(resource.attributes), "schemaUrl": resource.schema_url or ""},
        "scope": {
            "name": scope.name,
            "version": scope.version or "",
            "schemaUrl": scope.schema_url or "",
            "attributes": attributes_json(scope.attributes),
        },
    }


def attributes_json(attributes):
    return [{"key": key, "value": value_json(value)} for key, value in (attributes or {}).items()]


def value_json(value):
    """A value as OTLP JSON; the order of the tests matters, since a bool is an int."""
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, bytes):
        return {"bytesValue": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": attributes_json(value)}}
    return {"arrayValue": {"values": [value_json(item) for item in value]}}


if __name__ == "__main__":
    sys.exit(main())
