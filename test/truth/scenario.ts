import type { DriverOperation, DriverSession } from '../support/drivers.js';
import type { RpcFault, Scenario } from '../support/local-databricks/index.js';
import type { App } from './app.js';

export type Backend = 'thrift' | 'kernel';

/** Why something cannot be known, each a note below the table. */
export type Reason =
  | 'kernel-inside'
  | 'kernel-metadata-id'
  | 'kernel-empty-result'
  | 'rejected-id'
  | 'never-asked'
  | 'never-fetched';

/** What a true report says of the operation, as far as the server's own truth does not tell. */
export interface Expected {
  /** A call that is no statement: it has no result, is not polled, and its repetitions are not counted. */
  readonly isPlainCall?: boolean;
  /** Default EXECUTE_STATEMENT; `undefined` where there is none. */
  readonly operationType?: string | undefined;
  /** Default QUERY; `undefined` where there is none. */
  readonly statementType?: string | undefined;
  readonly error?: string | undefined;
  /** Requests repeated, by the driver or by the application. Default 0. */
  readonly retries?: number;
  /** Status requests beyond those that the server answered. */
  readonly unansweredPolls?: number;
  /** Whether rows were handed over, or the news that there are none. Default true. */
  readonly rows?: boolean;
  readonly volume?: string;
  /** Files whose download failed for good. */
  readonly failedFiles?: readonly number[];
  /** At least so long until the answer, where the application idled before it was asked for, or none came. */
  readonly latencyAtLeast?: number;
  /** At least so long in status requests; default: as long as the server took to answer them. */
  readonly pollsAtLeast?: number;
  /** What cannot be known of it beside what the backend never tells. */
  readonly unknowable?: { readonly [field: string]: Reason };
}

/** One row of the truth table. */
export interface TruthScenario {
  readonly name: string;
  readonly backends: readonly Backend[];
  readonly server?: Scenario;
  /** The SQL text before the scenario. */
  readonly text?: string;
  /** Instead of executing the scenario's text. */
  readonly call?: (session: DriverSession) => Promise<DriverOperation>;
  /** A volume transfer: the scenario's text is executed with a local path allowed. */
  readonly transfers?: boolean;
  /** Faults of calls that no SQL text speaks for, each once. No two scenarios may name the same method. */
  readonly faults?: { readonly [rpc: string]: RpcFault };
  readonly use?: (app: App) => Promise<void>;
  /** In a client of its own that nobody ever closes. */
  readonly abandoned?: boolean;
  readonly expected?: Expected;
  /** Where the kernel backend differs. */
  readonly onKernel?: Expected;
}

/** Milliseconds of the delays that the server makes: above what a busy machine adds to a request. */
export const DELAY_MS = 400;

export const both: readonly Backend[] = ['thrift', 'kernel'];
export const thriftOnly: readonly Backend[] = ['thrift'];

/** Waits for a failure that must come. */
export async function failing(promise: Promise<unknown>): Promise<void> {
  let failed = false;
  await promise.catch(() => {
    failed = true;
  });
  if (!failed) {
    throw new Error('expected a failure');
  }
}
