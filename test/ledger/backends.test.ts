import { hrTimeToMilliseconds } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { type Bench, useBench } from '../instrumentation/bench.js';
import { accountsOf } from '../truth/timeAccounts.js';
import { runSlowStatement, type SlowStatement, slowStatements } from './slowStatements.js';

const LONG_MS = 600;
/** What the kernel does in its native part: nobody can tell of it. */
const HIDDEN = [
  'databricks.poll.count',
  'databricks.poll.latency_ms',
  'databricks.retry.count',
  'databricks.result.format',
  'databricks.result.chunk_count',
  'databricks.result.chunk_iterated_count',
  'databricks.result.chunk_sum_latency_ms',
  'databricks.result.bytes_downloaded',
  'databricks.download.bytes_per_second',
];

/** Runs a statement, and takes the accounts of its span and those of the metric. */
async function accountsOfRun(bench: Bench, statement: SlowStatement) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
  const provider = new MeterProvider({ readers: [reader] });
  bench.telemetry.instrumentation.setMeterProvider(provider);
  await runSlowStatement(await bench.openSession(statement.options), statement);
  await provider.forceFlush();
  const measured = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .filter(({ descriptor }) => descriptor.name === 'databricks.client.statement.time')
    .flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes['databricks.time.account']));
  await provider.shutdown();
  const span = bench.statement();
  return { span, accounts: accountsOf(span), measured };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe.each(['1.16', '1.17'] as const)('driver %s over Thrift: all is visible', (version) => {
  const bench = useBench(version);

  it.each(slowStatements(LONG_MS))('$account: $name', async (statement) => {
    const { span, accounts, measured } = await accountsOfRun(bench, statement);
    const whole = sumOf(Object.values(accounts));
    expect(whole).toBe(Math.round(hrTimeToMilliseconds(span.duration)));
    expect(accounts[statement.account] ?? 0, JSON.stringify(accounts)).toBeGreaterThanOrEqual(LONG_MS / 2);
    expect(accounts).not.toHaveProperty('unseen');
    expect(measured.sort()).toEqual(Object.keys(accounts).sort());
  });
});

describe.each(['1.17', '2.1'] as const)('driver %s, kernel backend: what is hidden is unseen', (version) => {
  const bench = useBench(version, 'kernel');

  it.each(slowStatements(LONG_MS))('$name', async (statement) => {
    const { span, accounts, measured } = await accountsOfRun(bench, statement);
    expect(Object.keys(accounts).sort()).toEqual(['application', 'unseen']);
    expect(measured.sort()).toEqual(['application', 'unseen']);
    expect(sumOf(Object.values(accounts))).toBe(Math.round(hrTimeToMilliseconds(span.duration)));
    expect(accounts.application).toBeGreaterThanOrEqual((statement.idleMs ?? 0) - 1);
    // What the server delayed itself, whether in rows or in files.
    const { fetchDelayMs = 0, downloadDelayMs = 0 } = statement.scenario;
    expect(accounts.unseen).toBeGreaterThanOrEqual(fetchDelayMs + downloadDelayMs - 1);
    expect(HIDDEN.filter((tag) => tag in span.attributes)).toEqual([]);
  });
});
