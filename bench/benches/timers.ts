import { BatchSpanProcessor, NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Figure, Sample, Samples } from '../harness/samples.js';
import { startServer } from '../harness/serve.js';
import { loadPackage } from '../harness/subject.js';
import { type Driver, loadDriver, meterHeaders, meterInstrumentation } from '../support/driverClasses.js';
import { NoOpSpanExporter } from '../support/exporters.js';
import { counted, Meter } from '../support/meter.js';

/** As many as the compiler needs to have done its best, several at a time so that it takes no longer. */
const WARM_UP = 1_600;
const WARM_UP_AT_A_TIME = 4;
const QUERIES = 400;
const SQL = 'SELECT 1';
const TOKEN = 'dapi-local-test-token';
const PATH = '/sql/1.0/warehouses/0123456789abcdef?o=6012345678901234';

export const bench: Bench = {
  name: 'timers',
  about:
    "Explains a part of 'query': time inside our own code, per trivial query of the real driver over TLS to a workspace on loopback. The hooks of our processor by timers around them; the instrumentation, with all that the SDK and a BatchSpanProcessor with a no-op exporter do for its spans, by timers around the driver's methods that leave out the driver's own part. What the timers take is subtracted. It leaves out what contexts, promises and listeners cause elsewhere: what a query costs is in 'query'.",
  variants: ['timed', 'timers only'],
  rounds: 3,
  prepare: () => startServer('localDatabricks'),
  measure,
  rows,
};

function rows(samples: Samples): Row[] {
  const row = (what: string, { value, spread }: Figure): Row => {
    return { what, value: value * 1_000, unit: 'µs', spread: spread * 1_000 };
  };
  return [
    row('inside our hooks, per query', samples.figure('timed', 'hooks')),
    row(
      'inside the instrumentation and the SDK, per query',
      samples.difference('timed', 'timers only', 'instrumentation'),
    ),
  ];
}

async function measure(variant: string, effort: Effort, server: Record<string, string>): Promise<Sample> {
  const meters = { hooks: new Meter(), noHooks: new Meter(), instrumentation: new Meter() };
  const { hooks, noHooks, instrumentation } = meters;
  const driver = await setUp(variant, meters);
  const client = new driver.DBSQLClient({ logger: { log: () => undefined } });
  await client.connect({
    host: server['host'] ?? '',
    port: Number(server['port']),
    path: PATH,
    token: TOKEN,
    checkServerCertificate: false,
  });
  if (variant === 'timed') {
    meterHeaders(client, instrumentation);
  }
  const session = await client.openSession();
  const query = async () => {
    const operation = await session.executeStatement(SQL);
    await operation.fetchAll();
    await operation.close();
  };
  const share = effort.count(WARM_UP) / WARM_UP_AT_A_TIME;
  await Promise.all(Array.from({ length: WARM_UP_AT_A_TIME }, () => repeat(query, share)));
  for (const meter of Object.values(meters)) {
    meter.reset();
  }
  const count = effort.count(QUERIES);
  await repeat(query, count);
  return {
    hooks: (hooks.totalMs - noHooks.totalMs) / count,
    instrumentation: instrumentation.totalMs / count,
  };
}

interface Meters {
  readonly hooks: Meter;
  /** Around a processor that does nothing. */
  readonly noHooks: Meter;
  readonly instrumentation: Meter;
}

/** Loads the driver, observed and timed. */
async function setUp(variant: string, meters: Meters): Promise<Driver> {
  const { DatabricksSqlInstrumentation, DatabricksSpanProcessor, exportLocal } = await loadPackage();
  const instrumentation = new DatabricksSqlInstrumentation();
  const driver = loadDriver();
  const ours = new DatabricksSpanProcessor({ forceEnableTelemetry: true }) as unknown as SpanProcessor;
  const batch = new BatchSpanProcessor(new NoOpSpanExporter());
  const provider = new NodeTracerProvider({
    spanProcessors: [
      exportLocal(batch as never) as unknown as SpanProcessor,
      meteredHooks(ours, meters.hooks),
      meteredHooks(new NoopSpanProcessor(), meters.noHooks),
    ],
  });
  provider.register();
  instrumentation.setTracerProvider(provider);
  instrumentation.disable();
  meterInstrumentation(instrumentation, meters.instrumentation, variant === 'timers only');
  return driver;
}

/** A span processor whose hooks are timed, and nothing else. */
function meteredHooks(processor: SpanProcessor, meter: Meter): SpanProcessor {
  return {
    onStart: counted(processor.onStart.bind(processor) as never, meter),
    onEnd: counted(processor.onEnd.bind(processor) as never, meter),
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

async function repeat(query: () => Promise<void>, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await query();
  }
}
