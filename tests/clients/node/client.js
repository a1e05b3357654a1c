// Sends traces, logs and metrics through the official OpenTelemetry SDK for JavaScript, in every way that it can.
//
// For each way it prints one line of JSON: what was sent, taken from the SDK's own objects and written as
// OTLP JSON items with `resource` and `scope` beside them. `cargo xtask clients` compares that with what
// the server gives back. See ../README.md for the form.

import { parseArgs } from 'node:util';
import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { TraceState } from '@opentelemetry/core';
import { resourceFromAttributes, defaultResource } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  BatchLogRecordProcessor,
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { OTLPTraceExporter as GrpcTraces } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { sendMetrics } from './client_metrics.js';

const TEXT = 'text with ünïcode ☃ 🚀, "quotes", a \\ and\na new line\t.';
// The SDK sends every whole number as an integer, so doubles here have a fraction.
const ATTRIBUTES = {
  string: TEXT,
  'string.empty': '',
  'bool.true': true,
  'bool.false': false,
  int: 42,
  'int.large': Number.MAX_SAFE_INTEGER,
  'int.negative': -1,
  double: 0.1,
  'double.small': 5e-324,
  strings: ['a', '', 'ü'],
  ints: [1, -2, 3],
  doubles: [0.5, -1.5],
  bools: [true, false],
  empty: [],
};
const NESTED = {
  list: [1, 'two', 3.5, false, { deep: [true] }],
  map: { k: 'v' },
  bytes: new Uint8Array([0, 255, 16]),
  none: null,
};

const { values: options } = parseArgs({ options: { grpc: { type: 'string' }, http: { type: 'string' } } });
const ways = [
  ['grpc', GrpcTraces, GrpcLogs, GrpcMetrics, () => `http://${options.grpc}`],
  ['http-protobuf', ProtobufTraces, ProtobufLogs, ProtobufMetrics, (signal) => `http://${options.http}/v1/${signal}`],
  ['http-json', JsonTraces, JsonLogs, JsonMetrics, (signal) => `http://${options.http}/v1/${signal}`],
];
for (const [name, Traces, Logs, Metrics, url] of ways) {
  for (const compression of ['none', 'gzip']) {
    const way = compression === 'none' ? name : `${name}-gzip`;
    const sent = await send(
      `client-node-${way}`,
      new Traces({ url: url('traces'), compression }),
      new Logs({ url: url('logs'), compression }),
      (temporalityPreference) => new Metrics({ url: url('metrics'), compression, temporalityPreference }),
    );
    process.stdout.write(`${JSON.stringify({ way, ...sent })}\n`);
  }
}

/** Sends one set of spans, records and metrics, and tells what was sent. */
async function send(service, traceExporter, logExporter, makeMetricExporter) {
  const resource = defaultResource().merge(
    resourceFromAttributes(
      {
        'service.name': service,
        'service.instance.id': 'instance-1',
        'service.version': '1.2.3',
        'host.cpus': 4,
        tags: ['a', 'b'],
      },
      { schemaUrl: 'https://opentelemetry.io/schemas/1.26.0' },
    ),
  );
  const spans = new InMemorySpanExporter();
  const records = new InMemoryLogRecordExporter();
  const tracers = new BasicTracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor(spans), new BatchSpanProcessor(traceExporter)],
  });
  const loggers = new LoggerProvider({
    resource,
    processors: [
      new SimpleLogRecordProcessor({ exporter: records }),
      new BatchLogRecordProcessor({ exporter: logExporter }),
    ],
  });
  work(tracers, loggers);
  await tracers.forceFlush();
  await loggers.forceFlush();
  const sent = {
    service,
    spans: spans.getFinishedSpans().map(spanJson),
    logs: records.getFinishedLogRecords().map(logJson),
    metrics: await sendMetrics(resource, makeMetricExporter, attributesJson),
  };
  await tracers.shutdown();
  await loggers.shutdown();
  return sent;
}

/** Nested spans of every kind, with everything that a span can carry, and records in and beside them. */
function work(tracers, loggers) {
  const tracer = tracers.getTracer('checkout', '0.9', { schemaUrl: 'https://opentelemetry.io/schemas/1.25.0' });
  const other = tracers.getTracer('second-scope');
  const logger = loggers.getLogger('checkout', '0.9');
  const foreign = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    traceState: new TraceState('vendor=a:1,other=b'),
  };
  const root = tracer.startSpan('POST /checkout', { kind: SpanKind.SERVER, attributes: ATTRIBUTES }, ROOT_CONTEXT);
  const inRoot = trace.setSpan(ROOT_CONTEXT, root);
  writeRecords(logger, inRoot);
  const links = [{ context: foreign, attributes: { 'link.key': 1, 'link.list': ['x'] } }];
  const charge = other.startSpan('charge', { kind: SpanKind.CLIENT, links }, inRoot);
  charge.addEvent('retry', { attempt: 2, wait: 0.25, codes: [503, 504] });
  charge.addEvent('at a given time', [Math.floor(Date.now() / 1000) - 1, 1_000_003]);
  charge.recordException(new Error(`card refused: ${TEXT}`));
  charge.setStatus({ code: SpanStatusCode.ERROR, message: 'card refused\nsecond line' });
  charge.end();
  const produced = tracer.startSpan('enqueue', { kind: SpanKind.PRODUCER }, inRoot);
  produced.setStatus({ code: SpanStatusCode.OK });
  produced.setAttribute('prompt', 'You are an agent. '.repeat(12_000));
  produced.end();
  const consumed = tracer.startSpan('dequeue', { kind: SpanKind.CONSUMER }, inRoot);
  const innermost = trace.setSpan(inRoot, consumed);
  logger.emit({ severityNumber: SeverityNumber.INFO, body: 'in the innermost span', context: innermost });
  consumed.end();
  root.setAttribute('late', true);
  root.end();
  tracer.startSpan('child of a remote parent', {}, trace.setSpanContext(ROOT_CONTEXT, foreign)).end();
  const start = [Math.floor(Date.now() / 1000) - 3600, 7];
  tracer.startSpan('an hour ago', { startTime: start }, ROOT_CONTEXT).end([start[0], 8]);
}

/** Records with bodies, attributes and severities of every kind. */
function writeRecords(logger, inSpan) {
  const seconds = Math.floor(Date.now() / 1000);
  const at = (offset) => [seconds, offset];
  const attributes = { ...ATTRIBUTES, nested: NESTED, bytes: new Uint8Array([1, 2]), mixed: [1, 'a', null] };
  const emit = (record) => logger.emit({ context: inSpan, ...record });
  emit({
    timestamp: at(1),
    observedTimestamp: at(6),
    severityNumber: SeverityNumber.ERROR2,
    severityText: 'ERROR',
    body: TEXT,
    attributes,
  });
  emit({ timestamp: at(2), severityNumber: SeverityNumber.TRACE, severityText: 'trace', body: NESTED });
  emit({ timestamp: at(3), severityNumber: SeverityNumber.FATAL4, body: [1, 2.5, 'x'] });
  emit({ timestamp: at(4), severityNumber: SeverityNumber.WARN, body: 12345678901234 });
  emit({ timestamp: at(5), body: false });
  emit({ timestamp: at(6), eventName: 'task.finished', attributes: { 'task.id': 't-1' } });
  logger.emit({
    timestamp: at(7),
    severityNumber: SeverityNumber.DEBUG,
    body: 'long '.repeat(10_000),
    context: ROOT_CONTEXT,
  });
}

function spanJson(span) {
  const status = { [SpanStatusCode.UNSET]: 0, [SpanStatusCode.OK]: 1, [SpanStatusCode.ERROR]: 2 };
  return {
    ...contextJson(span.spanContext()),
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    name: span.name,
    kind: span.kind + 1,
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    status: { code: status[span.status.code], message: span.status.message ?? '' },
    attributes: attributesJson(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: nanos(event.time),
      attributes: attributesJson(event.attributes),
    })),
    links: span.links.map((link) => ({
      ...contextJson(link.context),
      attributes: attributesJson(link.attributes),
    })),
    ...originJson(span.resource, span.instrumentationScope),
  };
}

function logJson(record) {
  return {
    traceId: record.spanContext?.traceId ?? '',
    spanId: record.spanContext?.spanId ?? '',
    flags: record.spanContext?.traceFlags ?? 0,
    timeUnixNano: nanos(record.hrTime),
    observedTimeUnixNano: nanos(record.hrTimeObserved),
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    eventName: record.eventName ?? '',
    body: valueJson(record.body),
    attributes: attributesJson(record.attributes),
    ...originJson(record.resource, record.instrumentationScope),
  };
}

function contextJson({ traceId, spanId, traceFlags, traceState }) {
  return { traceId, spanId, flags: traceFlags, traceState: traceState?.serialize() ?? '' };
}

function originJson(resource, scope) {
  return {
    resource: { attributes: attributesJson(resource.attributes), schemaUrl: resource.schemaUrl ?? '' },
    scope: {
      name: scope.name,
      version: scope.version ?? '',
      schemaUrl: scope.schemaUrl ?? '',
      attributes: attributesJson(scope.attributes),
    },
  };
}

function nanos([seconds, rest]) {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));
}

function attributesJson(attributes) {
  return Object.entries(attributes ?? {}).map(([key, value]) => ({ key, value: valueJson(value) }));
}

function valueJson(value) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueJson) } };
  if (value !== null && typeof value === 'object') return { kvlistValue: { values: attributesJson(value) } };
  return {};
}
