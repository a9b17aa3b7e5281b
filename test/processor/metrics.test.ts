import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { Guard } from '../../src/guard.js';
import { ATTR_OUTCOME, COMPONENT_TYPE, registerMetrics } from '../../src/processor/metrics.js';
import type { HostsStats } from '../../src/stats.js';
import { Setup } from '../hosts/fakes.js';

const EMPTY = new Setup().registry.stats();

const BUSY: HostsStats = {
  ...EMPTY,
  queued: 7,
  inFlight: 5,
  exported: 900,
  rejected: 3,
  dropped: { ...EMPTY.dropped, queue_full: 11, terminal: 13 },
  connections: { ...EMPTY.connections, served: 4, refused_route: 1 },
  flagFetches: { enabled: 18, disabled: 1, failed: 1 },
  exportRequests: { '200': 80, '503': 15, ECONNRESET: 5 },
  breakerTransitions: 2,
  hosts: [
    {
      host: 'a.test',
      port: 443,
      connections: 1,
      lanes: 1,
      forcedLanes: 0,
      pausedLanes: 0,
      queued: 7,
      inFlight: 5,
      breaker: { state: 'open', openSince: Date.now() - 301_000, transitions: 1 },
      flags: [],
      exportRequests: {},
    },
  ],
};

type Points = ReadonlyArray<{ value: number; attributes: Record<string, unknown> }>;

async function collect(stats: () => HostsStats): Promise<{
  metrics: () => Promise<Map<string, Points>>;
  unregister: () => void;
}> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const unregister = registerMetrics(provider, stats, new Guard());
  return {
    unregister,
    metrics: async () => {
      exporter.reset();
      await reader.forceFlush();
      const metrics = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((s) => s.metrics));
      return new Map(
        metrics.map(({ descriptor, dataPoints }) => [
          descriptor.name,
          (dataPoints as Array<DataPoint<number>>).map(({ value, attributes }) => ({ value, attributes })),
        ]),
      );
    },
  };
}

function sum(points: Points | undefined, filter: (attributes: Record<string, unknown>) => boolean): number {
  return (points ?? [])
    .filter(({ attributes }) => filter(attributes))
    .reduce((total, { value }) => total + value, 0);
}

const all = () => true;
const failed = (attributes: Record<string, unknown>) => attributes['error.type'] !== undefined;

describe('metrics', () => {
  it('tell the statistics under the names of the conventions where there are such', async () => {
    const { metrics } = await collect(() => BUSY);
    const byName = await metrics();
    expect([...byName.keys()].sort()).toEqual([
      'databricks.telemetry.breaker.open_duration',
      'databricks.telemetry.breaker.state',
      'databricks.telemetry.breaker.transitions',
      'databricks.telemetry.connections',
      'databricks.telemetry.export.requests',
      'databricks.telemetry.flag.fetches',
      'otel.sdk.exporter.span.exported',
      'otel.sdk.exporter.span.inflight',
      'otel.sdk.processor.span.processed',
      'otel.sdk.processor.span.queue.capacity',
      'otel.sdk.processor.span.queue.size',
    ]);
    for (const { attributes } of [...byName.values()].flat()) {
      expect(attributes).toMatchObject({
        'otel.component.type': COMPONENT_TYPE,
        'otel.component.name': 'databricks_span_processor/0',
      });
    }
    expect(sum(byName.get('otel.sdk.processor.span.queue.size'), all)).toBe(7);
    expect(sum(byName.get('otel.sdk.processor.span.queue.capacity'), all)).toBe(20_480);
    expect(sum(byName.get('otel.sdk.exporter.span.inflight'), all)).toBe(5);
    expect(sum(byName.get('otel.sdk.exporter.span.exported'), (a) => !failed(a))).toBe(900);
    expect(sum(byName.get('otel.sdk.exporter.span.exported'), failed)).toBe(16);
    expect(
      sum(byName.get('otel.sdk.processor.span.processed'), (a) => a['error.type'] === 'queue_full'),
    ).toBe(11);
    expect(sum(byName.get('databricks.telemetry.breaker.transitions'), all)).toBe(2);
    expect(sum(byName.get('databricks.telemetry.connections'), (a) => a[ATTR_OUTCOME] === 'served')).toBe(4);
  });

  it('are enough for every threshold of the roll-out', async () => {
    const { metrics } = await collect(() => BUSY);
    const byName = await metrics();
    const share = (name: string) => sum(byName.get(name), failed) / sum(byName.get(name), all);
    expect(share('databricks.telemetry.export.requests')).toBeCloseTo(0.2);
    expect(share('databricks.telemetry.flag.fetches')).toBeCloseTo(0.05);
    const [open] = byName.get('databricks.telemetry.breaker.open_duration') ?? [];
    expect(open?.value).toBeGreaterThan(300);
    expect(open?.attributes).toMatchObject({ 'server.address': 'a.test', 'server.port': 443 });
    expect(byName.get('databricks.telemetry.breaker.state')?.[0]?.value).toBe(2);
  });

  it('take one snapshot per collection, none after they are unregistered', async () => {
    let snapshots = 0;
    const { metrics, unregister } = await collect(() => {
      snapshots++;
      return EMPTY;
    });
    expect(snapshots).toBe(0);
    await metrics();
    expect(snapshots).toBe(1);
    unregister();
    await metrics();
    expect(snapshots).toBe(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['gives null', () => null],
    ['gives something else', () => ({})],
  ])('are left out where the provider %s, and that is counted', (_name, getMeter) => {
    const guard = new Guard();
    const unregister = registerMetrics({ getMeter } as never, () => EMPTY, guard);
    unregister();
    expect(guard.failures()).toEqual({ meterProvider: 1 });
  });

  it('hurt no collection when the statistics can not be had', async () => {
    const { metrics } = await collect(() => {
      throw new Error('no');
    });
    await expect(metrics()).resolves.toBeInstanceOf(Map);
  });
});
