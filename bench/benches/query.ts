import { AsyncLocalStorage } from 'node:async_hooks';
import { BatchSpanProcessor, NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Bench, Effort, Row } from '../harness/bench.js';
import { threadTime } from '../harness/clock.js';
import { type Figure, median, type Sample, type Samples } from '../harness/samples.js';
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
const HOOKS_LIMIT = 0.004;
const SDK_LIMIT = 0.04;
/** What latency can't tell on any machine. */
const LATENCY_NOISE = 0.01;

export const bench: Bench = {
  name: 'query',
  about:
    "The real driver's trivial query (execute, fetchAll, close) over TLS to a workspace on loopback in another process, one after the other. Latency can't tell one percent, so what we do is timed by itself, in runs of its own: the hooks of our processor by timers around them; and the instrumentation, with all that the SDK and a BatchSpanProcessor with a no-op exporter do for its spans, by timers around the driver's methods that leave out the driver's own part. What the timers themselves take is subtracted: it is measured around hooks and around patches that do nothing. Disabled means patched and put back. With the SDK comes AsyncLocalStorage, in which it keeps what is active: what that alone does to a query that is not instrumented has a row of its own.",
  variants: [
    'plain',
    'plain again',
    'async context',
    'disabled',
    'no SDK',
    'SDK',
    'ours',
    'timed',
    'timers only',
  ],
  rounds: 3,
  prepare: () => startServer('localDatabricks'),
  measure,
  rows,
};

function rows(samples: Samples): Row[] {
  const plain = samples.figure('plain', 'latency');
  const disabled = samples.ratio('disabled', 'plain', 'latency');
  const row = (what: string, variant: string): Row => {
    const latency = samples.figure(variant, 'latency');
    return {
      what,
      value: latency.value,
      unit: 'ms',
      spread: latency.spread,
      beside: { what: 'not instrumented', value: plain.value },
      ratio: samples.ratio(variant, 'plain', 'latency').value,
    };
  };
  const share = (what: string, { value, spread }: Figure, limit: number): Row => {
    return {
      what,
      value: value * 100,
      unit: '%',
      spread: spread * 100,
      reach: { text: `≤ ${limit * 100} %`, reached: value <= limit },
    };
  };
  const apart = Math.max(LATENCY_NOISE, ...farthest(samples));
  return [
    share('our hooks, of the query', samples.figure('timed', 'hooks'), HOOKS_LIMIT),
    share(
      'instrumentation and SDK, of the query',
      samples.difference('timed', 'timers only', 'instrumentation'),
      SDK_LIMIT,
    ),
    {
      ...row('disabled', 'disabled'),
      reach: {
        text: `1 ± ${(apart * 100).toFixed(1)} % (A/A)`,
        reached: Math.abs(disabled.value - 1) <= apart,
      },
    },
    row('not instrumented, AsyncLocalStorage in use', 'async context'),
    row('instrumented, no SDK', 'no SDK'),
    row('SDK, BatchSpanProcessor', 'SDK'),
    row('and ours', 'ours'),
    { ...row('A/A: not instrumented twice', 'plain again'), isNoise: true },
  ];
}

/** How far the same thing measured twice has been apart in each round. */
function farthest(samples: Samples): number[] {
  const again = samples.values('plain again', 'latency');
  return samples
    .values('plain', 'latency')
    .map((latency, round) => Math.abs((again[round] ?? Number.NaN) / latency - 1));
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
  await Promise.all(Array.from({ length: WARM_UP_AT_A_TIME }, () => timesOf(query, share)));
  for (const meter of Object.values(meters)) {
    meter.reset();
  }
  const count = effort.count(QUERIES);
  const cpuStart = threadTime();
  const times = await timesOf(query, count);
  const cpu = (threadTime() - cpuStart) / count / 1_000;
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    latency: median(times),
    cpu,
    hooks: (hooks.totalMs - noHooks.totalMs) / total,
    instrumentation: instrumentation.totalMs / total,
  };
}

interface Meters {
  readonly hooks: Meter;
  /** Around a processor that does nothing. */
  readonly noHooks: Meter;
  readonly instrumentation: Meter;
}

/** Loads the driver, observed or not. */
async function setUp(variant: string, meters: Meters): Promise<Driver> {
  if (variant.startsWith('plain')) {
    return loadDriver();
  }
  if (variant === 'async context') {
    new AsyncLocalStorage().enterWith({});
    return loadDriver();
  }
  const { DatabricksSqlInstrumentation, DatabricksSpanProcessor, exportLocal } = await loadPackage();
  const instrumentation = new DatabricksSqlInstrumentation();
  const driver = loadDriver();
  const isTimed = variant.startsWith('time');
  if (variant === 'no SDK') {
    return driver;
  }
  if (variant === 'disabled') {
    instrumentation.disable();
    return driver;
  }
  const batch = new BatchSpanProcessor(new NoOpSpanExporter());
  const ours = () => new DatabricksSpanProcessor({ forceEnableTelemetry: true }) as unknown as SpanProcessor;
  const local = () => exportLocal(batch as never) as unknown as SpanProcessor;
  const processors: Record<string, () => SpanProcessor[]> = {
    SDK: () => [batch],
    ours: () => [local(), ours()],
    timed: () => [
      local(),
      meteredHooks(ours(), meters.hooks),
      meteredHooks(new NoopSpanProcessor(), meters.noHooks),
    ],
  };
  const provider = new NodeTracerProvider({ spanProcessors: processors[variant]?.() ?? [] });
  provider.register();
  instrumentation.setTracerProvider(provider);
  if (isTimed) {
    instrumentation.disable();
    meterInstrumentation(instrumentation, meters.instrumentation, variant === 'timers only');
  }
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

async function timesOf(query: () => Promise<void>, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await query();
    times.push(performance.now() - start);
  }
  return times;
}
