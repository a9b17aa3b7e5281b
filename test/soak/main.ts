/**
 * Wears the package out: statements through the real driver and the real instrumentation, with a stub in
 * place of telemetry's transport; then connections opened and closed over many hosts. Every statement must
 * become exactly one record, and the heap must not grow. `--short` for a tenth of it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSpanProcessor, DatabricksSqlInstrumentation } from '../../src/index.js';
import type { Scenario } from '../support/local-databricks/index.js';
import { CountingExporter } from './countingExporter.js';
import { collectedHeap, growthPercent } from './heap.js';

type Driver = typeof import('@databricks/sql');
type Session = Awaited<ReturnType<InstanceType<Driver['DBSQLClient']>['openSession']>>;
type Operation = Awaited<ReturnType<Session['executeStatement']>>;

const short = process.argv.includes('--short');
const STATEMENTS = short ? 20_000 : 200_000;
const CONNECTS = short ? 2_000 : 20_000;
const HOSTS = 500;
const QUARTERS = 4;
const CONCURRENCY = 24;
const ABANDONED_EVERY = 10;
const FAILING_EVERY = 20;
const STATEMENT_TTL_MS = 2_000;
const MAX_IN_FLIGHT = 400;
/** The short run is too short for the heap to settle: it proves the counts. */
const MAX_GROWTH_PERCENT = short ? 5 : 1;

const driver = createRequire(import.meta.url)('@databricks/sql') as Driver;
const exporter = new CountingExporter();
const processor = new DatabricksSpanProcessor({ flushIntervalMs: 100 }, exporter);
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();
const instrumentation = new DatabricksSqlInstrumentation({
  statementTtlMs: STATEMENT_TTL_MS,
  maxInFlightStatements: MAX_IN_FLIGHT,
});
const failures: string[] = [];

function check(what: string, ok: boolean, detail: unknown): void {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}: ${String(detail)}`);
  if (!ok) {
    failures.push(what);
  }
}

const FAILING: Scenario = { outcome: { state: 'ERROR', sqlState: '42P01' } };
/** What the statements that do not fail are like, in turn. */
const MIX: readonly Scenario[] = [
  {},
  {},
  { format: 'column' },
  { pages: 3 },
  { lz4: true },
  { resultSet: false },
  {},
  { format: 'cloudfetch' },
  { closeWithDirectResults: true },
  { rowsPerPage: 100 },
];

const sqlOf = (scenario: Scenario): string => `SELECT * FROM t /* scenario: ${JSON.stringify(scenario)} */`;
const FAILING_SQL = sqlOf(FAILING);
const ABANDONED_SQL = sqlOf({ pages: 2 });
const MIX_SQL = MIX.map(sqlOf);

function newClient(): InstanceType<Driver['DBSQLClient']> {
  return new driver.DBSQLClient({ logger: { log: () => undefined } as never });
}

/** Statements that were never read to their end or closed, so that only their age or number ends them. */
async function abandon(session: Session): Promise<void> {
  const operation = await session.executeStatement(ABANDONED_SQL);
  await operation.fetchChunk({ maxRows: 1 });
  // The driver's session would hold it for ever; what is measured here is what we hold.
  const { operations } = session as unknown as { operations: { items: Set<Operation> } };
  operations.items.delete(operation);
}

async function runOne(session: Session, index: number): Promise<void> {
  if (index % ABANDONED_EVERY === 0) {
    await abandon(session);
    return;
  }
  const failing = index % FAILING_EVERY === 1;
  const operation = await session.executeStatement(
    failing ? FAILING_SQL : (MIX_SQL[index % MIX_SQL.length] ?? FAILING_SQL),
  );
  await operation.fetchAll().catch(() => undefined);
  await operation.close();
}

async function runStatements(session: Session, from: number, to: number): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < to) {
      await runOne(session, next++);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function statementPhase(
  options: Parameters<InstanceType<Driver['DBSQLClient']>['connect']>[0],
): Promise<void> {
  const client = newClient();
  await client.connect(options);
  const session = await client.openSession();
  const heaps: number[] = [];
  const perQuarter = STATEMENTS / QUARTERS;
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    await runStatements(session, quarter * perQuarter, (quarter + 1) * perQuarter);
    // What was abandoned reaches its time to live.
    await sleep(STATEMENT_TTL_MS + 500);
    await processor.forceFlush();
    heaps.push(await collectedHeap());
    console.log(
      `     ${(quarter + 1) * perQuarter} statements, heap ${Math.round((heaps.at(-1) ?? 0) / 1024)} KiB`,
    );
  }
  const stats = processor.stats();
  check('one record per statement', exporter.statements === STATEMENTS, exporter.statements);
  check(
    'one record per failure bears its error',
    exporter.failed === STATEMENTS / FAILING_EVERY,
    exporter.failed,
  );
  check(
    'every abandoned statement is marked and counted as incomplete',
    stats.incomplete >= STATEMENTS / ABANDONED_EVERY &&
      stats.incomplete < STATEMENTS / ABANDONED_EVERY + MAX_IN_FLIGHT,
    stats.incomplete,
  );
  check('no statement is held', stats.openStatements === 0, stats.openStatements);
  check('nothing is queued', stats.queued + stats.inFlight === 0, stats.queued + stats.inFlight);
  check('nothing went wrong inside', stats.internalErrors === 0, stats.internalErrors);
  check(
    'the heap is flat (% growth)',
    growthPercent(heaps) < MAX_GROWTH_PERCENT,
    growthPercent(heaps).toFixed(2),
  );
  await session.close();
  await client.close();
}

async function connectionPhase(): Promise<void> {
  const heaps: number[] = [];
  const perQuarter = CONNECTS / QUARTERS;
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    for (let index = 0; index < perQuarter; index++) {
      const client = newClient();
      await client.connect({
        host: `dbc-${index % HOSTS}.cloud.databricks.test`,
        path: `/sql/1.0/warehouses/abc?o=${index % HOSTS}`,
        token: `token-${index % HOSTS}`,
      });
      await client.close();
    }
    heaps.push(await collectedHeap());
    console.log(
      `     ${(quarter + 1) * perQuarter} connections, heap ${Math.round((heaps.at(-1) ?? 0) / 1024)} KiB`,
    );
  }
  const { connections } = processor.stats();
  check('every connection was served', connections.served === CONNECTS + 1, connections.served);
  check(
    'the heap is flat (% growth)',
    growthPercent(heaps) < MAX_GROWTH_PERCENT,
    growthPercent(heaps).toFixed(2),
  );
}

async function start(): Promise<{ server: ChildProcess; options: never }> {
  const server = fork(new URL('./server.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  const [options] = (await once(server, 'message')) as [never];
  return { server, options };
}

const { server, options } = await start();
try {
  const began = performance.now();
  await statementPhase(options);
  console.log(`     ${Math.round((performance.now() - began) / 1_000)} s`);
  await connectionPhase();
  await processor.shutdown();
  const stats = processor.stats();
  check('after shutdown no host is held', stats.hosts.length === 0, stats.hosts.length);
  check('after shutdown nothing is held', stats.queued + stats.inFlight + stats.openStatements === 0, 0);
} finally {
  instrumentation.disable();
  server.disconnect();
}
console.log(failures.length === 0 ? 'soak passed' : `soak FAILED: ${failures.join(', ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
