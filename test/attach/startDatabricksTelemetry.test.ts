import { PassThrough } from 'node:stream';
import { context, propagation, trace } from '@opentelemetry/api';
import * as sdkBase from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type DatabricksTelemetry,
  DryRunExporter,
  type StandaloneOptions,
  startDatabricksTelemetry,
  withoutDatabricksTelemetry,
} from '../../src/index.js';
import { Tag } from '../../src/tags/index.js';
import { connectClient, loadDriver } from '../support/drivers.js';
import { type LocalDatabricks, sql, startLocalDatabricks } from '../support/local-databricks/index.js';
import { startTelemetry } from '../support/telemetry.js';

const driver = loadDriver();
const RETRIED = sql({ polls: 1, http: { GetOperationStatus: { status: 503, times: 1 } } });

let db: LocalDatabricks;
let started: DatabricksTelemetry | undefined;

function start(options?: StandaloneOptions): DatabricksTelemetry {
  started = startDatabricksTelemetry(options);
  return started;
}

async function runStatements(...statements: readonly string[]): Promise<void> {
  const client = await connectClient(driver, db.connectOptions({ checkServerCertificate: false }));
  const session = await client.openSession();
  for (const statement of statements) {
    await (await session.executeStatement(statement)).fetchAll();
  }
  await session.close();
  await client.close();
}

const sent = () => db.telemetry.logs().map(({ entry }) => entry?.sql_driver_log);

beforeAll(async () => {
  db = await startLocalDatabricks();
});

afterEach(async () => {
  await started?.shutdown();
  started = undefined;
  db.reset();
});

afterAll(() => db?.close());

describe('startDatabricksTelemetry, without an SDK of the application', () => {
  it('one record per operation, with what only an active context can tell', async () => {
    const telemetry = start();
    await runStatements(RETRIED);
    await telemetry.forceFlush();
    expect(sent().map((log) => log?.sql_operation?.operation_detail?.operation_type)).toEqual([
      'CREATE_SESSION',
      'EXECUTE_STATEMENT',
      'DELETE_SESSION',
    ]);
    expect(sent()[1]?.sql_operation?.retry_count).toBe(1);
    expect(telemetry.stats().openStatements).toBe(0);
  });

  it('sets nothing global: no provider, no context manager, no propagator', async () => {
    start();
    const span = trace.getTracer('application').startSpan('work');
    expect(span.isRecording()).toBe(false);
    expect(context.with(trace.setSpan(context.active(), span), () => trace.getActiveSpan())).toBeUndefined();
    expect(propagation.fields()).toEqual([]);
  });

  it('withoutDatabricksTelemetry works without a context manager', async () => {
    const telemetry = start();
    const client = await connectClient(driver, db.connectOptions({ checkServerCertificate: false }));
    const session = await client.openSession();
    const operation = await telemetry.withoutDatabricksTelemetry(() => session.executeStatement(sql({})));
    await operation.fetchAll();
    await client.close();
    await telemetry.forceFlush();
    expect(sent().map((log) => log?.sql_operation?.operation_detail?.operation_type)).toEqual([
      'CREATE_SESSION',
      'DELETE_SESSION',
    ]);
  });

  it('withoutQueryText keeps the text out of the spans of processors of the user’s', async () => {
    const exporter = new sdkBase.InMemorySpanExporter();
    const telemetry = start({ spanProcessors: [new sdkBase.SimpleSpanProcessor(exporter)] });
    await telemetry.withoutQueryText(() => runStatements(sql({})));
    await runStatements(sql({}));
    const texts = exporter
      .getFinishedSpans()
      .filter(({ name }) => name === 'SELECT rows')
      .map(({ attributes }) => attributes[Tag.dbQueryText] !== undefined);
    expect(texts).toEqual([false, true]);
  });

  it.each(['withoutDatabricksTelemetry', 'withoutQueryText'] as const)(
    '%s with a promise is a clear error: its statement has begun',
    (name) => {
      const telemetry = start();
      expect(() => telemetry[name](Promise.resolve() as never)).toThrow(
        `${name}: the argument is a Promise; allowed is a function`,
      );
    },
  );

  it('shutdown emits what is open, puts the driver back, and can be called again', async () => {
    const telemetry = start();
    const { connect } = driver.DBSQLClient.prototype;
    const client = await connectClient(driver, db.connectOptions({ checkServerCertificate: false }));
    const session = await client.openSession();
    // Shutting down does not wait for the flag's answer.
    await telemetry.forceFlush();
    await session.executeStatement(sql({ pages: 2 }));
    await Promise.all([telemetry.shutdown(), telemetry.shutdown()]);
    expect(sent()).toHaveLength(2);
    expect(telemetry.stats().incomplete).toBe(1);
    expect(driver.DBSQLClient.prototype.connect).not.toBe(connect);
    await client.close();
    expect(process.listeners('beforeExit').map(({ name }) => name)).not.toContain('onBeforeExit');
  });

  it('a meter provider that throws costs the metrics, and nothing else', async () => {
    const getMeter = (): never => {
      throw new Error('the user’s own');
    };
    const telemetry = start({ meterProvider: { getMeter } });
    await runStatements(sql({}));
    await telemetry.forceFlush();
    expect(sent()).toHaveLength(3);
    expect(telemetry.stats().userCodeFailures).toEqual({ meterProvider: 1 });
    expect(telemetry.instrumentation.stats().userCodeFailures).toEqual({ meterProvider: 1 });
  });

  it('an exporter in place of the network', async () => {
    const stream = new PassThrough();
    const telemetry = start({ exporter: new DryRunExporter({ stream }) });
    await runStatements(sql({}));
    await telemetry.shutdown();
    expect(String(stream.read())).toContain('EXECUTE_STATEMENT');
    expect(db.telemetry.requestCount + db.flags.requestCount).toBe(0);
  });

  it('takes the SDK that it is given', async () => {
    const telemetry = start({ sdk: sdkBase });
    await runStatements(sql({}));
    await telemetry.forceFlush();
    expect(sent()).toHaveLength(3);
  });

  it('instrumentation: { enabled: false } leaves the driver alone until it is enabled', () => {
    const { connect } = driver.DBSQLClient.prototype;
    const telemetry = start({ instrumentation: { enabled: false } });
    expect(driver.DBSQLClient.prototype.connect).toBe(connect);
    telemetry.instrumentation.enable();
    expect(driver.DBSQLClient.prototype.connect).not.toBe(connect);
  });

  it.each([
    [{ batchSize: 0 }, /batchSize/],
    [{ instrumentation: { queryText: 'all' } }, /queryText/],
    [{ spanProcessors: [{}] }, /spanProcessors/],
    [{ spanProcessors: 'mine' }, /spanProcessors/],
    [{ sdk: {} }, /sdk/],
    [{ sdk: 'mine' }, /sdk/],
    [{ batchSizes: 1 }, /batchSizes/],
    [{ flushInterval: 1 }, /^startDatabricksTelemetry: .*'flushInterval'.*Did you mean 'flushIntervalMs'/],
    [
      { instrumentation: { querytext: 'raw' } },
      /^startDatabricksTelemetry, option 'instrumentation': .*'queryText'/,
    ],
    [{ exporter: {} }, /^startDatabricksTelemetry: option 'exporter' is an object/],
    [new DryRunExporter({ stream: new PassThrough() }), /^startDatabricksTelemetry: .*not a DryRunExporter/],
  ])('throws at once for the bad option in %o, and patches nothing', (options, message) => {
    const { connect } = driver.DBSQLClient.prototype;
    expect(() => startDatabricksTelemetry(options as StandaloneOptions)).toThrow(message);
    expect(driver.DBSQLClient.prototype.connect).toBe(connect);
  });
});

describe('startDatabricksTelemetry, beside an SDK of the application', () => {
  it('leaves the global provider as it is: no span of the driver reaches it, and no unsampled trace matters', async () => {
    const application = startTelemetry({
      config: { enabled: false },
      sampler: new sdkBase.AlwaysOffSampler(),
    });
    try {
      const telemetry = start();
      const provider = trace.getTracerProvider();
      await application.provider
        .getTracer('application')
        .startActiveSpan('work', async () => runStatements(sql({})));
      await telemetry.forceFlush();
      expect(trace.getTracerProvider()).toBe(provider);
      expect(application.ended).toEqual([]);
      expect(sent()).toHaveLength(3);
    } finally {
      await application.stop();
    }
  });

  it('the switches that were set in the application’s context hold', async () => {
    const application = startTelemetry({ config: { enabled: false } });
    try {
      const telemetry = start();
      await withoutDatabricksTelemetry(() => runStatements(sql({})));
      await telemetry.forceFlush();
      expect(sent()).toEqual([]);
    } finally {
      await application.stop();
    }
  });
});
