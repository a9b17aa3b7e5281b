/**
 * `npm run soak`: many statements and connections through the real driver's classes, our instrumentation and
 * our processor, with a warehouse and an exporter in memory. `-- --short` for a build server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
  type ReadableSpanLike,
} from '../../src/index.js';
import { type DriverClient, loadDriver } from '../support/drivers.js';
import {
  connectStub,
  isAbandoned,
  isFailing,
  stubDownloads,
  stubRequests,
  useStatement,
} from './application.js';
import { CountingExporter } from './countingExporter.js';
import { growthOf, heapInUse } from './heap.js';
import { StubWarehouse } from './stubWarehouse.js';

const isShort = process.argv.includes('--short');
const STATEMENTS = isShort ? 12_000 : 200_000;
/** Before anything is measured: compilers and caches fill up first. */
const WARM_UP = isShort ? 4_000 : 100_000;
const CONNECTS = isShort ? 2_000 : 20_000;
const HOSTS = 500;
/** A short run says less of the heap: code is still being compiled. */
const MAX_GROWTH_PERCENT = isShort ? 3 : 1;
const WORKERS = 50;
/** A client and its session are dropped, and not closed, after so many statements. */
const STATEMENTS_PER_CLIENT = 2_000;
const MAX_IN_FLIGHT = 500;
const TTL_MS = isShort ? 1_000 : 3_000;
/** A host is kept so long after its last connection. */
const LINGER_MS = 60_000;

const driver = loadDriver();
const warehouse = new StubWarehouse();
const exporter = new CountingExporter();
const local = { operations: 0, incomplete: 0 };
const localExporter: SpanExporter = {
  export(spans, done) {
    for (const { attributes } of spans as readonly ReadableSpanLike[]) {
      local.operations++;
      local.incomplete += attributes['databricks.operation.incomplete'] === true ? 1 : 0;
    }
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};
const processor = new DatabricksSpanProcessor({ exporter });
const provider = new NodeTracerProvider({
  spanProcessors: [exportLocal(new SimpleSpanProcessor(localExporter)), processor],
});
provider.register();
const instrumentation = new DatabricksSqlInstrumentation({
  maxInFlightStatements: MAX_IN_FLIGHT,
  statementTtlMs: TTL_MS,
});
instrumentation.setTracerProvider(provider);
stubDownloads(warehouse);
stubRequests();

const failures: string[] = [];
function check(what: string, actual: unknown, expected: unknown): void {
  const isRight = JSON.stringify(actual) === JSON.stringify(expected);
  console.log(`${isRight ? 'ok  ' : 'FAIL'} ${what}: ${JSON.stringify(actual)}`);
  if (!isRight) {
    failures.push(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

function checkHeap(phase: string, quarters: readonly number[]): void {
  const megabytes = quarters.map((bytes) => (bytes / 1_048_576).toFixed(2)).join(', ');
  const growth = growthOf(quarters);
  console.log(`     ${phase}: heap after each quarter, MiB: ${megabytes}`);
  check(`${phase}: the heap grows by less than ${MAX_GROWTH_PERCENT} %`, growth < MAX_GROWTH_PERCENT, true);
  console.log(`     ${phase}: growth from the second to the last quarter: ${growth.toFixed(2)} %`);
}

/** Runs `work` for each number below `count`, some at a time; at the end of each quarter nobody works. */
async function inQuarters(count: number, work: (n: number) => Promise<void>): Promise<number[]> {
  const quarters: number[] = [];
  for (let quarter = 0; quarter < 4; quarter++) {
    let next = (count / 4) * quarter;
    const end = (count / 4) * (quarter + 1);
    await Promise.all(
      Array.from({ length: WORKERS }, async () => {
        while (next < end) {
          await work(next++);
        }
      }),
    );
    // What was abandoned is over, too.
    while (instrumentation.stats().openStatements > 0) {
      await sleep(TTL_MS / 10);
    }
    await processor.forceFlush();
    quarters.push(await heapInUse());
  }
  return quarters;
}

/** What has been counted up to now. */
const counted = () => ({
  statements: exporter.statements,
  failed: exporter.failed,
  sessions: exporter.sessions,
  files: exporter.downloads,
  downloads: warehouse.downloads,
  operations: local.operations,
  marked: local.incomplete,
  incomplete: processor.stats().incomplete,
});

async function run(statements: number): Promise<{ quarters: number[]; openedSessions: number }> {
  let session: ReturnType<DriverClient['openSession']> | undefined;
  let openedSessions = 0;
  const quarters = await inQuarters(statements, async (n) => {
    if (session === undefined || n % STATEMENTS_PER_CLIENT === 0) {
      session = connectStub(driver, warehouse).then((client) => client.openSession());
      openedSessions++;
    }
    await useStatement(await session, n);
  });
  return { quarters, openedSessions };
}

async function statements(): Promise<void> {
  await run(WARM_UP);
  const before = counted();
  const startedAt = performance.now();
  const { quarters, openedSessions } = await run(STATEMENTS);
  const after = counted();
  const since = (what: keyof typeof before): number => after[what] - before[what];
  const abandoned = count(STATEMENTS, isAbandoned);
  console.log(`     ${STATEMENTS} statements in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  check('records of statements', since('statements'), STATEMENTS);
  check('of these failed', since('failed'), count(STATEMENTS, isFailing));
  check('of these never closed, and counted', since('incomplete'), abandoned);
  check('of these never closed, and marked', since('marked'), abandoned);
  check('result files in records are those that were downloaded', since('files'), since('downloads'));
  check('records of sessions', since('sessions'), openedSessions);
  check('spans for the local backend', since('operations'), STATEMENTS + 2 * openedSessions);
  checkStats();
  checkHeap('statements', quarters);
}

async function connections(): Promise<void> {
  const startedAt = performance.now();
  const before = exporter.sessions;
  const quarters = await inQuarters(CONNECTS, async (n) => {
    const client = await connectStub(driver, warehouse, `dbc-${n % HOSTS}.cloud.databricks.test`);
    await (await client.openSession()).close();
    await client.close();
  });
  const { connections: outcomes } = processor.stats();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`     ${CONNECTS} connects and closes over ${HOSTS} hosts in ${seconds} s`);
  const refused = Object.entries(outcomes).filter(([outcome, times]) => outcome !== 'served' && times > 0);
  check('connections that were refused', refused, []);
  check('records of sessions', exporter.sessions - before + evicted(), 2 * CONNECTS);
  checkStats();
  checkHeap('connections', quarters);
}

/** Records of hosts that had to go for others: `maxHosts` is less than there are. */
function evicted(): number {
  return processor.stats().dropped.host_evicted;
}

function checkStats(): void {
  const {
    dropped,
    queued,
    inFlight,
    openStatements,
    evicted,
    expired,
    internalErrors,
    invalidValues,
    lateChildren,
  } = processor.stats();
  const { host_evicted: _hosts, ...others } = dropped;
  check(
    'records dropped',
    Object.entries(others).filter(([, times]) => times > 0),
    [],
  );
  check('left in queues, in flight, open', [queued, inFlight, openStatements], [0, 0, 0]);
  check('left to the processor’s own limits', [evicted, expired], [0, 0]);
  check('internal errors, invalid values', [internalErrors, invalidValues], [0, 0]);
  console.log(`     downloads that outlived their statement: ${lateChildren}`);
}

async function afterwards(): Promise<void> {
  check('open statements of the instrumentation', instrumentation.stats().openStatements, 0);
  if (!isShort) {
    console.log(`     waiting for hosts to be forgotten, ${LINGER_MS / 1_000} s`);
    await sleep(LINGER_MS + 5_000);
    await heapInUse();
    await sleep(LINGER_MS + 5_000);
    check('hosts that are kept', processor.stats().hosts.length, 0);
  }
  await provider.shutdown();
  check('hosts after shutdown', [processor.stats().hosts.length, exporter.openHosts], [0, 0]);
  instrumentation.disable();
}

const count = (below: number, is: (n: number) => boolean): number =>
  Array.from({ length: below }, (_, n) => n).filter(is).length;

await statements();
await connections();
await afterwards();
console.log(
  failures.length === 0 ? 'soak: all well' : `soak: ${failures.length} failed\n${failures.join('\n')}`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
