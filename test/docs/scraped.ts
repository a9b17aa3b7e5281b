import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, type MetricData } from '@opentelemetry/sdk-metrics';
import { Guard } from '../../src/guard.js';
import { NO_CONNECTIONS, NONE_DROPPED } from '../../src/hosts/counters.js';
import { registerMetrics } from '../../src/processor/metrics.js';
import type { ConnectionOutcome, DropReason, HostsStats } from '../../src/stats.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';

/** Statistics in which everything has happened. */
export const EVENTFUL_STATS: HostsStats = {
  queued: 7,
  waitingForConnection: 0,
  inFlight: 3,
  exported: 1_000,
  rejected: 2,
  dropped: countEach(Object.keys(NONE_DROPPED) as DropReason[]),
  connections: countEach(Object.keys(NO_CONNECTIONS) as ConnectionOutcome[]),
  flagFetches: { enabled: 9, disabled: 1, failed: 4 },
  exportRequests: { '200': 20, '503': 4, ECONNRESET: 1 },
  breakerTransitions: 1,
  queueCapacity: 20_480,
  userCodeFailures: {},
  copies: undefined,
  hosts: [
    {
      host: 'one.cloud.databricks.com',
      port: 443,
      connections: 1,
      lanes: 1,
      forcedLanes: 0,
      pausedLanes: 0,
      queued: 7,
      inFlight: 3,
      breaker: { state: 'open', openSince: Date.now() - 400_000, transitions: 1 },
      flags: [{ orgId: '123', driverVersion: '2.1.0', state: 'enabled', answeredAt: 1, nextRequestAt: 2 }],
      exportRequests: { '200': 20, '503': 4, ECONNRESET: 1 },
    },
  ],
};

/** One line of what Prometheus scrapes. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The processor's metrics of such a time: as the SDK has them, and as its Prometheus exporter writes them. */
export async function collectMetrics(): Promise<{ metrics: MetricData[]; scraped: Series[] }> {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [reader] });
  registerMetrics(meterProvider, () => EVENTFUL_STATS, new Guard());
  const { resourceMetrics } = await reader.collect();
  await meterProvider.shutdown();
  const ours = resourceMetrics.scopeMetrics.filter(({ scope }) => scope.name === INSTRUMENTATION_SCOPE);
  const text = new PrometheusSerializer().serialize({ ...resourceMetrics, scopeMetrics: ours });
  return { metrics: ours.flatMap(({ metrics }) => metrics), scraped: parseSeries(text) };
}

/** `name{label="value",…}`, wherever it stands in a text. */
export function parseSeries(text: string): Series[] {
  return [...text.matchAll(/\b([a-z][a-z0-9_]*)\{([^}]*)\}/g)].map(([, name = '', labels = '']) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
    ),
  }));
}

function countEach<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key, index) => [key, index + 1])) as Record<Key, number>;
}
