import { DiagLogLevel, diag, metrics } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { DatabricksSqlInstrumentation } from '../../src/instrumentation/databricksSqlInstrumentation.js';
import type { DatabricksSqlInstrumentationConfig } from '../../src/instrumentation/instrumentationConfig.js';
import { sql } from '../support/local-databricks/index.js';
import { useBench } from './bench.js';

const bench = useBench();
const fail = (): never => {
  throw new Error('the user’s own');
};

async function useDriver(): Promise<void> {
  const session = await bench.openSession();
  expect(await (await session.executeStatement(sql({}))).fetchAll()).toHaveLength(10);
  await session.close();
}

/** `useBench` fails a test in which a promise was left rejected. */
describe('code of the user’s that fails reaches nobody, and is counted', () => {
  it.each<[string, DatabricksSqlInstrumentationConfig, object]>([
    ['R3: hooks that throw', { requestHook: fail, responseHook: fail }, { requestHook: 4, responseHook: 4 }],
    [
      'R5: hooks that reject',
      { requestHook: async () => fail(), responseHook: async () => fail() },
      { requestHook: 4, responseHook: 4 },
    ],
    ['a sanitizer that throws', { sanitizer: fail }, { sanitizer: 1 }],
    ['R5: a sanitizer that gives no text', { sanitizer: () => 7 as never }, { sanitizer: 1 }],
    [
      'R5: a sanitizer that gives a promise',
      { sanitizer: (() => Promise.resolve('secret')) as never },
      { sanitizer: 1 },
    ],
  ])('%s', async (_title, config, failures) => {
    await bench.restart({ config });
    await useDriver();
    await new Promise((resolve) => setImmediate(resolve));
    expect(bench.telemetry.instrumentation.stats()).toEqual({
      openStatements: 0,
      unboundSessions: 0,
      internalErrors: 0,
      userCodeFailures: failures,
    });
    expect(bench.telemetry.operations()).toHaveLength(4);
    if (config.sanitizer !== undefined) {
      expect(bench.statement().attributes['db.query.text']).toBeUndefined();
    }
  });

  it('R3: hooks and a diag logger that throw', async () => {
    await bench.restart({ config: { requestHook: fail, responseHook: fail } });
    let isUsed = false;
    const log = () => (isUsed ? fail() : undefined);
    diag.setLogger(
      { error: log, warn: log, info: log, debug: log, verbose: log },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    );
    isUsed = true;
    await useDriver();
    isUsed = false;
    expect(bench.telemetry.instrumentation.stats().userCodeFailures).toEqual({
      requestHook: 4,
      responseHook: 4,
    });
  });

  it('span processors that throw, at the start and at the end', async () => {
    const idle = { forceFlush: async () => undefined, shutdown: async () => undefined };
    await bench.restart({ processors: [{ ...idle, onStart: fail, onEnd: () => undefined }] });
    await useDriver();
    expect(bench.telemetry.instrumentation.stats().userCodeFailures['spanProcessor']).toBeGreaterThan(0);
    await bench.restart({ processors: [{ ...idle, onStart: () => undefined, onEnd: fail }] });
    await useDriver();
    expect(bench.telemetry.instrumentation.stats().userCodeFailures['spanProcessor']).toBeGreaterThan(0);
  });

  it('a global meter provider that throws, when the instrumentation is made and later', () => {
    metrics.setGlobalMeterProvider({ getMeter: fail });
    try {
      const instrumentation = new DatabricksSqlInstrumentation({ enabled: false });
      instrumentation.setMeterProvider({ getMeter: fail });
      instrumentation.setMeterProvider(undefined as never);
      expect(instrumentation.stats().userCodeFailures).toEqual({ meterProvider: 3 });
    } finally {
      metrics.disable();
    }
  });
});
