import type { OperationRecord } from '../../../src/records.js';
import { connectClient, type DriverSession, loadDriver } from '../../support/drivers.js';
import {
  type ConnectOptions,
  type LocalDatabricks,
  type Scenario,
  sql,
} from '../../support/local-databricks/index.js';

const RETRIED: Scenario = {
  directResults: false,
  polls: 1,
  http: { GetOperationStatus: { status: 503, times: 1 } },
};
const FAILED_DOWNLOAD: Scenario = { format: 'cloudfetch', pages: 2, downloads: { 1: { status: 403 } } };
const FAILED: Scenario = { outcome: { state: 'ERROR', sqlState: '42P01', message: 'secret' } };

let runs = 0;

/** One of each: what an application may do with the driver. */
export async function useDriver(
  server: LocalDatabricks,
  overrides: Partial<ConnectOptions> = {},
): Promise<void> {
  const options = server.connectOptions({ checkServerCertificate: false, ...overrides });
  const client = await connectClient(loadDriver(), options);
  const session = await client.openSession({ initialCatalog: 'main' });
  await read(session, {});
  await read(session, { format: 'cloudfetch', pages: 2 });
  await read(session, FAILED_DOWNLOAD).catch(() => undefined);
  await read(session, FAILED).catch(() => undefined);
  await read(session, RETRIED);
  await (await session.getTables({ catalogName: 'main' })).fetchAll();
  await session.getInfo(0);
  await session.close();
  await client.close();
}

async function read(session: DriverSession, scenario: Scenario): Promise<void> {
  // Faults with `times` are counted by SQL text.
  const text = `SELECT ${++runs} FROM rows`;
  await (await session.executeStatement(sql(scenario, text))).fetchAll();
}

/** What a record says that is the same each time: of ids and times only whether they are there. */
export function essenceOf(record: OperationRecord): object {
  const { connection, chunks } = record;
  const has = (value: unknown) => value !== undefined;
  return {
    type: record.operationType,
    statement: record.statementType,
    format: record.resultFormat,
    compressed: record.compressed,
    internal: record.internal,
    polls: record.pollCount,
    retries: record.retryCount,
    error: record.errorName,
    chunkId: record.chunkId,
    chunks: chunks && { present: chunks.present, iterated: chunks.iterated },
    there: {
      workspaceId: has(record.workspaceId),
      sessionId: has(record.sessionId),
      statementId: has(record.statementId),
      latencyMs: has(record.latencyMs),
      readyMs: has(record.readyMs),
      consumptionMs: has(record.consumptionMs),
      pollMs: has(record.pollMs),
      chunkMs: has(chunks?.slowestMs),
    },
    isRecent: Math.abs(Date.now() - record.startTimeMs) < 60_000,
    connection: connection && Object.fromEntries(connection),
  };
}
