import type { TimeAccount } from '../../src/tags/index.js';
import type { DriverSession } from '../support/drivers.js';
import { type ConnectOptions, type Scenario, sql } from '../support/local-databricks/index.js';

/** A statement in which one account dominates by construction. */
export interface SlowStatement {
  readonly account: TimeAccount;
  readonly name: string;
  readonly scenario: Scenario;
  /** For `connect()`. */
  readonly options?: Partial<ConnectOptions>;
  /** Between the first rows and the rest. */
  readonly idleMs?: number;
}

/** Six, each of which takes about so long, and the rest of it as long as the machine needs. */
export function slowStatements(longMs: number): readonly SlowStatement[] {
  return [
    {
      account: 'queued',
      name: 'a warehouse that starts first',
      scenario: { clock: { pendingMs: longMs, runningMs: 0 } },
    },
    {
      account: 'running',
      name: 'a statement that takes its time',
      scenario: { clock: { pendingMs: 0, runningMs: longMs } },
    },
    {
      account: 'fetching',
      name: 'a large result inline',
      scenario: { pages: 4, rowsPerPage: 1_000, fetchDelayMs: longMs / 3 },
    },
    {
      account: 'downloading',
      name: 'files that come slowly',
      scenario: { format: 'cloudfetch', filesPerPage: 2, downloadDelayMs: longMs },
    },
    {
      account: 'application',
      name: 'an application that takes its time',
      scenario: { pages: 2 },
      idleMs: longMs,
    },
    {
      account: 'retrying',
      name: 'requests that are repeated',
      scenario: { polls: 1, http: { GetOperationStatus: { status: 503, times: 3 } } },
      options: { retryDelayMin: longMs / 8, retryDelayMax: longMs },
    },
  ];
}

/** Runs it to the end of its result. */
export async function runSlowStatement(
  session: DriverSession,
  { scenario, idleMs = 0 }: SlowStatement,
  text?: string,
): Promise<void> {
  const operation = await session.executeStatement(sql(scenario, text));
  await operation.fetchChunk({ maxRows: 1 });
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  await operation.fetchAll();
}
