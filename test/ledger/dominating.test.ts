import { type Context, metrics as metricsApi, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { Guard } from '../../src/guard.js';
import { OperationMetrics } from '../../src/instrumentation/operationMetrics.js';
import { TIME_ACCOUNTS } from '../../src/tags/index.js';
import { type Bench, useBench } from '../instrumentation/bench.js';
import { accountsOf } from '../truth/timeAccounts.js';
import { runSlowStatement, type SlowStatement, slowStatements } from './slowStatements.js';

/** What the statement's own delay takes, or a little more; no bound on what a busy machine takes for the rest. */
const LONG_MS = 1_200;
const METRIC = 'databricks.client.statement.time';

async function run(bench: Bench, statement: SlowStatement): Promise<ReadableSpan> {
  await runSlowStatement(await bench.openSession(statement.options), statement);
  return bench.statement();
}

describe('one account dominates by construction', () => {
  const bench = useBench();

  it.each(slowStatements(LONG_MS))('$account: $name, in the span and in the metric', async (each) => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
    const provider = new MeterProvider({ readers: [reader] });
    bench.telemetry.instrumentation.setMeterProvider(provider);
    const span = await run(bench, each);

    const accounts = accountsOf(span);
    expect(accounts[each.account] ?? 0, JSON.stringify(accounts)).toBeGreaterThanOrEqual(LONG_MS / 2);
    expect(accounts).not.toHaveProperty('unseen');

    await provider.forceFlush();
    const recorded = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      .find(({ descriptor }) => descriptor.name === METRIC);
    await provider.shutdown();
    expect(recorded?.descriptor.unit).toBe('s');
    const points = recorded?.dataPoints ?? [];
    const seconds = Object.fromEntries(
      points.map(({ attributes, value }) => [
        attributes['databricks.time.account'],
        (value as Histogram).sum ?? 0,
      ]),
    );
    expect(Object.keys(seconds).sort()).toEqual(Object.keys(accounts).sort());
    for (const account of TIME_ACCOUNTS.filter((name) => name !== 'unseen')) {
      // Rounding, so that the integers sum, moves an account by less than a millisecond.
      expect(Math.abs((seconds[account] ?? 0) * 1_000 - (accounts[account] ?? 0)), account).toBeLessThan(1);
    }
  });
});

describe('the kernel backend', () => {
  const bench = useBench('2.1', 'kernel');

  it('shows nothing of a call: all is unseen but the application’s own time', async () => {
    const span = await run(bench, {
      account: 'unseen',
      name: '',
      scenario: { executeDelayMs: LONG_MS, pages: 2 },
      idleMs: LONG_MS / 4,
    });
    const accounts = accountsOf(span);
    expect(Object.keys(accounts).sort()).toEqual(['application', 'unseen']);
    expect(accounts.unseen).toBeGreaterThanOrEqual(LONG_MS - 1);
    expect(accounts.application).toBeGreaterThanOrEqual(LONG_MS / 4 - 1);
    expect(span.attributes).not.toHaveProperty('databricks.download.bytes_per_second');
  });
});

describe('the metric of time', () => {
  const bench = useBench();

  it('is recorded in the statement’s context, by which an SDK that keeps exemplars finds the trace', async () => {
    const spans: (string | undefined)[] = [];
    const provider = new MeterProvider({
      readers: [
        new PeriodicExportingMetricReader({
          exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
          exportIntervalMillis: 60_000,
        }),
      ],
      views: [
        {
          instrumentName: METRIC,
          attributesProcessors: [
            {
              process: (attributes, context?: Context) => {
                spans.push(context && trace.getSpan(context)?.spanContext().spanId);
                return attributes;
              },
            },
          ],
        },
      ],
    });
    bench.telemetry.instrumentation.setMeterProvider(provider);
    await (await bench.execute({})).fetchAll();
    await provider.shutdown();
    const { spanId } = bench.statement().spanContext();
    expect(spans.length).toBeGreaterThan(0);
    expect(new Set(spans)).toEqual(new Set([spanId]));
  });

  it('is not computed where there is no MeterProvider', async () => {
    const metrics = new OperationMetrics(metricsApi.getMeter('nobody listens'), new Guard());
    const unreadable = new Proxy({} as Parameters<typeof metrics.record>[0], {
      get: () => expect.fail('something was read'),
    });
    metrics.record(unreadable);
  });
});
