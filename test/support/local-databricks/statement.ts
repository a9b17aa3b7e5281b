import type * as t from '@databricks/sql/thrift/TCLIService_types.js';
import { Int64, ttypes } from './driver-modules.js';
import type { RowSource } from './rows.js';
import type { ResultFormat, Scenario } from './scenario.js';
import { errorFields, handleOf, newId, succeeded } from './thrift-values.js';
import type { StatementTruth } from './types.js';
import { FaultCounts } from './wire-faults.js';

export function newStatementTruth(method: string, sessionId: string): StatementTruth {
  return {
    id: newId(),
    sessionId,
    method,
    state: 'RUNNING',
    lz4: false,
    statusCalls: 0,
    statusAnswers: 0,
    fetchCalls: 0,
    metadataCalls: 0,
    requests: [],
    httpAttempts: 0,
    httpFailures: 0,
    rows: 0,
    bytes: 0,
    filesOffered: 0,
    downloads: [],
    cancelled: false,
    closed: false,
    startedAt: performance.now(),
  };
}

const STATES: Readonly<Record<string, t.TOperationState>> = {
  PENDING: ttypes.TOperationState.PENDING_STATE,
  RUNNING: ttypes.TOperationState.RUNNING_STATE,
  FINISHED: ttypes.TOperationState.FINISHED_STATE,
  ERROR: ttypes.TOperationState.ERROR_STATE,
  TIMEDOUT: ttypes.TOperationState.TIMEDOUT_STATE,
  CANCELED: ttypes.TOperationState.CANCELED_STATE,
  CLOSED: ttypes.TOperationState.CLOSED_STATE,
};

/** One operation: its scenario, how far it has come, and the truth about it. */
export class Statement {
  readonly truth: StatementTruth;
  readonly scenario: Scenario;
  readonly source: RowSource;
  /** How this server was reached, for links to it. */
  readonly origin: string;
  readonly faults = new FaultCounts();
  nextPage = 0;
  readonly servedChunks = new Set<number>();
  #pollsLeft: number;

  constructor(
    truth: StatementTruth,
    scenario: Scenario,
    source: RowSource,
    origin: string,
    format: ResultFormat,
  ) {
    this.truth = truth;
    this.scenario = scenario;
    this.source = source;
    this.origin = origin;
    this.#pollsLeft = scenario.polls ?? 0;
    if (scenario.clock !== undefined) truth.state = 'PENDING';
    if (this.hasResultSet) {
      truth.format = format;
      truth.lz4 = scenario.lz4 === true && format !== 'column';
    }
  }

  get hasResultSet(): boolean {
    return this.scenario.resultSet !== false;
  }

  get isRunning(): boolean {
    return this.truth.state === 'RUNNING' || this.truth.state === 'PENDING';
  }

  /** A client asked how it is going: each poll brings the end nearer. */
  poll(): void {
    if (this.scenario.clock !== undefined) this.#goByClock(this.scenario.clock);
    else if (this.#pollsLeft > 0) this.#pollsLeft -= 1;
    else this.conclude();
  }

  /** The statement has come to its end, good or bad. */
  conclude(): void {
    if (!this.isRunning) return;
    this.truth.state = this.scenario.outcome?.state ?? 'FINISHED';
    this.truth.readyAt = performance.now();
  }

  #goByClock({ pendingMs, runningMs }: NonNullable<Scenario['clock']>): void {
    if (!this.isRunning) return;
    const runningAt = this.truth.startedAt + pendingMs;
    const readyAt = runningAt + runningMs;
    const now = performance.now();
    if (now >= runningAt) {
      this.truth.runningAt = runningAt;
      this.truth.state = 'RUNNING';
    }
    if (now >= readyAt) {
      this.conclude();
      this.truth.readyAt = readyAt;
    }
  }

  /** Ends a running statement; what is over already keeps its state. */
  close(): void {
    this.truth.closed = true;
    if (this.isRunning) this.truth.state = 'CLOSED';
  }

  cancel(): void {
    this.truth.cancelled = true;
    if (this.isRunning || this.truth.state === 'FINISHED') this.truth.state = 'CANCELED';
  }

  handle(): t.TOperationHandle {
    return {
      operationId: handleOf(this.truth.id),
      operationType: OPERATION_TYPES[this.truth.method] ?? ttypes.TOperationType.UNKNOWN,
      // True while nobody can know yet, as Spark does; on failures false would make the driver return no
      // rows in silence.
      hasResultSet: this.truth.state !== 'FINISHED' || this.hasResultSet,
    };
  }

  status(): t.TGetOperationStatusResp {
    const { outcome } = this.scenario;
    const { state, runningAt, readyAt } = this.truth;
    return {
      status: succeeded(),
      ...(runningAt === undefined ? {} : { operationStarted: epochOf(runningAt) }),
      ...(runningAt === undefined || readyAt === undefined ? {} : { operationCompleted: epochOf(readyAt) }),
      operationState: STATES[state] ?? ttypes.TOperationState.UKNOWN_STATE,
      ...(state === 'FINISHED' ? { hasResultSet: this.hasResultSet } : {}),
      ...(outcome !== undefined && state === outcome.state ? errorFields(outcome) : {}),
    };
  }
}

/** The server's time as the protocol tells it. */
function epochOf(time: number): t.TGetOperationStatusResp['operationStarted'] {
  return new Int64(Math.round(Date.now() - performance.now() + time)) as never;
}

const OPERATION_TYPES: Readonly<Record<string, t.TOperationType>> = {
  ExecuteStatement: ttypes.TOperationType.EXECUTE_STATEMENT,
  GetTypeInfo: ttypes.TOperationType.GET_TYPE_INFO,
  GetCatalogs: ttypes.TOperationType.GET_CATALOGS,
  GetSchemas: ttypes.TOperationType.GET_SCHEMAS,
  GetTables: ttypes.TOperationType.GET_TABLES,
  GetTableTypes: ttypes.TOperationType.GET_TABLE_TYPES,
  GetColumns: ttypes.TOperationType.GET_COLUMNS,
  GetFunctions: ttypes.TOperationType.GET_FUNCTIONS,
};
