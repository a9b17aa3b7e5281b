import { performance } from 'node:perf_hooks';
import { SpanKind } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it, vi } from 'vitest';
import { loadDriver, newClient } from '../support/drivers.js';
import { type Scenario, sql } from '../support/local-databricks/index.js';
import type { TelemetryOptions } from '../support/telemetry.js';
import { useBench } from './bench.js';

const bench = useBench();

const SCENARIOS: readonly Scenario[] = [
  {},
  { pages: 3, lz4: true },
  { format: 'column' },
  { format: 'cloudfetch', pages: 2, downloads: { 1: { status: 503, times: 1 } } },
  { polls: 1 },
  { resultSet: false, polls: 1 },
  { outcome: { state: 'ERROR', sqlState: '42P01', message: 'no such table' } },
  { outcome: { state: 'CANCELED' }, polls: 1 },
  { executeStatus: { errorCode: 3, message: 'refused' } },
  { http: { ExecuteStatement: { status: 503 } } },
  { format: 'cloudfetch', downloads: { 0: 'expired-link' } },
  { polls: 1, http: { GetOperationStatus: { status: 500 } } },
  { pages: 2, http: { CloseOperation: { status: 404 } } },
];

/** All that an application can see of a run: results, errors with all that hangs on them, shapes of promises. */
async function runApplication(): Promise<unknown[]> {
  const client = newClient(loadDriver());
  const seen: unknown[] = [];
  const connected = client.connect(bench.server.connectOptions({ checkServerCertificate: false }));
  seen.push(Object.getPrototypeOf(connected) === Promise.prototype, (await connected) === client);
  const session = await client.openSession();
  for (const scenario of SCENARIOS) {
    const log: unknown[] = [];
    const note = async (promise: Promise<unknown>): Promise<void> => {
      log.push(
        await promise.then(
          (value) => value,
          (error: object) => ({
            ...error,
            response: undefined,
            text: String(Reflect.get(error, 'message')),
            type: error.constructor.name,
          }),
        ),
      );
    };
    const operation = await session.executeStatement(sql(scenario)).catch((error: unknown) => {
      log.push({ text: String(Reflect.get(error as object, 'message')) });
      return undefined;
    });
    if (operation !== undefined) {
      await note(operation.fetchChunk({ maxRows: 4 }));
      await note(operation.hasMoreRows());
      await note(operation.getSchema());
      await note(operation.fetchAll());
      await note(operation.close().then(({ isSuccess }) => isSuccess));
      await note(operation.fetchAll());
    }
    seen.push(log);
  }
  await session.close().catch(() => seen.push('session would not close'));
  await client.close().catch(() => seen.push('client would not close'));
  return seen;
}

describe('the application sees the same with and without us', () => {
  let without: Promise<unknown[]> | undefined;
  const hostile = (): never => {
    throw new Error('from a user’s own code');
  };
  const never = async (): Promise<void> => undefined;

  it.each<[string, TelemetryOptions]>([
    ['as it comes', {}],
    [
      'with hooks that throw',
      { config: { requestHook: hostile, responseHook: hostile, sanitizer: hostile } },
    ],
    [
      'with a processor whose onStart throws',
      { processors: [{ onStart: hostile, onEnd: never, forceFlush: never, shutdown: never }] },
    ],
    [
      'with a processor that throws at inner spans only',
      {
        processors: [
          {
            onStart: ({ kind }) => (kind === SpanKind.INTERNAL ? hostile() : undefined),
            onEnd: ({ kind }) => (kind === SpanKind.INTERNAL ? hostile() : undefined),
            forceFlush: never,
            shutdown: never,
          },
        ],
      },
    ],
    [
      'with a processor whose onEnd throws',
      { processors: [{ onStart: never, onEnd: hostile, forceFlush: never, shutdown: never }] },
    ],
    ['with a sampler that throws', { sampler: { shouldSample: hostile, toString: () => 'hostile' } }],
    [
      'with a sampler that drops everything',
      { sampler: { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }) } },
    ],
    ['with a parent span required', { config: { requireParentSpan: true } }],
    ['with nested spans suppressed', { config: { suppressNestedSpans: true } }],
  ])('%s', async (title, options) => {
    const startFails = /onStart throws|sampler that throws/.test(title);
    await bench.telemetry.stop();
    without ??= runApplication();
    const expected = await without;
    bench.server.reset();
    await bench.restart(options);
    expect(await runApplication()).toEqual(expected);
    expect(bench.telemetry.warnings.splice(0)).toEqual(
      startFails ? [expect.stringContaining('threw when a span started')] : [],
    );
  });
});

describe('code of others that throws', () => {
  it('in a timer of ours does not reach the process', async () => {
    const thrown: unknown[] = [];
    const onThrown = (error: unknown): void => void thrown.push(error);
    process.on('uncaughtException', onThrown);
    await bench.restart({
      config: { statementTtlMs: 30, statementGraceMs: 10 },
      processors: [
        {
          onStart: () => undefined,
          onEnd: () => {
            throw new Error('from an exporter');
          },
          forceFlush: async () => undefined,
          shutdown: async () => undefined,
        },
      ],
    });
    const session = await bench.openSession();
    const failing = await session.executeStatement(
      sql({ directResults: false, http: { FetchResults: { status: 503 } } }),
    );
    await failing.fetchAll().catch(() => undefined);
    await session.executeStatement(sql({ pages: 2 }));
    await vi.waitFor(() => expect(bench.telemetry.statements()).toHaveLength(2), {
      interval: 2,
      timeout: 30_000,
    });
    process.off('uncaughtException', onThrown);
    expect(thrown).toEqual([]);
  });

  it('with a parameter that cannot be shown, the statement runs', async () => {
    await bench.restart({ config: { recordQueryParameters: true } });
    const session = await bench.openSession();
    const options = {
      namedParameters: { a: Object.assign(Object.create(null), { value: Object.create(null) }) },
    };
    bench.telemetry.instrumentation.disable();
    const without = await session.executeStatement(sql({}), options).then(String, String);
    bench.telemetry.instrumentation.enable();
    expect(await session.executeStatement(sql({}), options).then(String, String)).toBe(without);
  });

  it('a span that a hook has ended is forgotten with its statement', async () => {
    await bench.restart({ config: { requestHook: (span) => span.end() } });
    const session = await bench.openSession();
    await (await session.executeStatement(sql({}))).fetchAll();
    const abandoned = await session.executeStatement(sql({ pages: 2 }));
    await session.close();
    expect(await abandoned.close()).toBeDefined();
    expect(bench.telemetry.instrumentation.stats().openStatements).toBe(0);
  });
});

describe('observation', () => {
  it('never costs the driver a request', async () => {
    bench.telemetry.instrumentation.disable();
    await runApplication();
    const without = new Map(bench.server.truth.calls);
    bench.server.reset();
    await bench.restart({});
    await runApplication();
    expect([...bench.server.truth.calls]).toEqual([...without]);
  });

  it('ends its spans before the application goes on', async () => {
    const operation = await bench.execute({});
    await operation.fetchAll();
    const now = performance.now();
    expect(bench.telemetry.statements()).toHaveLength(1);
    expect(performance.now() - now).toBeLessThan(50);
  });
});
