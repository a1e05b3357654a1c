// Metrics through the official SDK for JavaScript: every instrument, both temporalities, two collections,
// and the process metrics that dashboards of Node.js services ask for. Every data point of every collection
// is told as it is in the SDK's own objects. See ../README.md.

import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

const NO_INTERVAL = 3_600_000;
const TEMPORALITIES = { cumulative: AggregationTemporality.CUMULATIVE, delta: AggregationTemporality.DELTA };

/** Sends with an exporter for each temporality, and tells what was sent. */
export async function sendMetrics(resource, makeExporter, attributesJson) {
  const told = [];
  for (const [temporality, preference] of Object.entries(TEMPORALITIES)) {
    const memory = new InMemoryMetricExporter(preference);
    const sending = reader(makeExporter(preference));
    const keeping = reader(memory);
    const meters = new MeterProvider({
      resource,
      readers: [sending, keeping],
      views: [
        {
          instrumentName: 'client.*.size',
          aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 160 } },
        },
      ],
    });
    const record = instruments(meters, temporality);
    for (const turn of [1, 2]) {
      record(turn);
      await sending.forceFlush();
      await keeping.forceFlush();
    }
    told.push(...memory.getMetrics().flatMap((data) => pointsJson(data, attributesJson)));
    await meters.shutdown();
  }
  return told;
}

function reader(exporter) {
  return new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: NO_INTERVAL });
}

/** A function that records with every instrument; the second time with other values. */
function instruments(meters, temporality) {
  const meter = meters.getMeter('meter', '1.1');
  const name = `client.${temporality}`;
  const requests = meter.createCounter(`${name}.requests`, { unit: '{request}', description: 'Requests' });
  const traffic = meter.createCounter(`${name}.traffic`, { unit: 'By', description: 'Bytes sent' });
  const queue = meter.createUpDownCounter(`${name}.queue`, { unit: '1' });
  const temperature = meter.createGauge(`${name}.temperature`, { unit: 'Cel' });
  const latency = meter.createHistogram(`${name}.latency`, { unit: 'ms', description: 'Time\nto answer' });
  const size = meter.createHistogram(`${name}.size`, { unit: 'By' });
  const runtime = temporality === 'cumulative' ? runtimeMetrics(meters) : () => {};
  return (turn) => {
    for (const agent of ['planner', 'ünï "quoted"']) {
      const attributes = { 'agent.name': agent, attempt: 1, ok: true };
      requests.add(3 * turn, attributes);
      traffic.add(0.5 * turn, attributes);
      queue.add(turn === 1 ? 5 : -2, attributes);
      temperature.record(20.25 - turn, attributes);
      for (const value of [0.5, 5, 7.25 * turn, 600, 20_000]) latency.record(value, attributes);
      for (const value of [0, 1, 3.5, 1000 * turn]) size.record(value, attributes);
    }
    runtime(turn);
  };
}

/** Heap and event-loop lag by the names that services have them under. */
function runtimeMetrics(meters) {
  const meter = meters.getMeter('nodejs-runtime', '1.0.0');
  const heap = meter.createGauge('process.runtime.nodejs.memory.heap', {
    unit: 'By',
    description: 'Heap in use',
  });
  const lag = meter.createGauge('process.runtime.nodejs.event_loop.lag', {
    unit: 'ms',
    description: 'Lag of the event loop',
  });
  return (turn) => {
    heap.record(process.memoryUsage().heapUsed, { type: 'used' });
    lag.record(1.5 * turn);
  };
}

function pointsJson({ resource, scopeMetrics }, attributesJson) {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.flatMap((metric) =>
      metric.dataPoints.map((point) => ({
        name: metric.descriptor.name,
        unit: metric.descriptor.unit,
        description: metric.descriptor.description,
        resource: { attributes: attributesJson(resource.attributes) },
        scope: { name: scope.name, version: scope.version },
        attributes: attributesJson(point.attributes),
        exemplars: [],
        ...pointJson(metric, point.value),
      })),
    ),
  );
}

function pointJson(metric, value) {
  const delta = metric.aggregationTemporality === AggregationTemporality.DELTA;
  const temporality = delta ? 'delta' : 'cumulative';
  switch (metric.dataPointType) {
    case DataPointType.GAUGE:
      return { kind: 'gauge', value };
    case DataPointType.SUM:
      return { kind: 'sum', temporality, monotonic: metric.isMonotonic, value };
    case DataPointType.EXPONENTIAL_HISTOGRAM: {
      const positive = { offset: value.positive.offset, counts: value.positive.bucketCounts };
      const { count, sum, scale, zeroCount } = value;
      return { kind: 'exponential', temporality, count, sum, scale, zeroCount, positive };
    }
    default: {
      const { boundaries, counts } = value.buckets;
      return { kind: 'histogram', temporality, count: value.count, sum: value.sum, bounds: boundaries, counts };
    }
  }
}
