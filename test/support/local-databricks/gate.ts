import type { Pauses } from './pauses.js';
import type { RpcFaults } from './rpc-faults.js';
import type { Scenario, ServerError } from './scenario.js';
import type { TruthBook } from './truth.js';
import type { RpcFault, StatementTruth } from './types.js';
import { FaultCounts, isRetryable, type WireFault, WireFaultError } from './wire-faults.js';

/** A statement that is about to begin; with `error` it ends before it has begun. */
export interface Opening {
  readonly truth: StatementTruth;
  readonly scenario: Scenario;
  readonly error?: ServerError;
}

/**
 * What every request passes before it is answered: it is counted, and the faults strike. A fault of the wire
 * is thrown; one of the protocol is returned, for each protocol to put it its own way.
 */
export class Gate {
  readonly #truth: TruthBook;
  readonly #faults: RpcFaults;
  readonly #pauses: Pauses;
  /** Faults of ExecuteStatement are counted by SQL text: there is no operation yet. */
  readonly #openingFaults = new FaultCounts();
  /** Metadata calls that the driver is about to send again, by session and method. */
  readonly #toBeRetried = new Map<string, StatementTruth>();

  constructor(truth: TruthBook, faults: RpcFaults, pauses: Pauses) {
    this.#truth = truth;
    this.#faults = faults;
    this.#pauses = pauses;
  }

  reset(): void {
    this.#openingFaults.clear();
    this.#toBeRetried.clear();
  }

  /** Admits a request about an operation, or (without an id) about a session or nothing at all. */
  async admit(method: string, operationId?: string): Promise<ServerError | undefined> {
    this.#truth.count(method);
    const statement = operationId === undefined ? undefined : this.#truth.operation(operationId);
    if (statement !== undefined) countRequest(method, statement.truth);
    const error = await this.#strike(this.#faults.take(method), statement?.truth);
    if (error !== undefined || statement === undefined) return error;
    const struck = statement.faults.strike(method, statement.scenario.http?.[method]);
    if (struck !== undefined) throw failure(struck, statement.truth);
    return undefined;
  }

  /** Admits a request that begins a statement, and enters it in the truth. */
  async begin(arriving: StatementTruth, scenario: Scenario): Promise<Opening> {
    const { method } = arriving;
    this.#truth.count(method);
    const truth = this.#arrival(arriving);
    truth.httpAttempts += 1;
    const fault = this.#faults.take(method);
    const acted =
      typeof fault === 'object' && 'scenario' in fault ? { ...scenario, ...fault.scenario } : scenario;
    try {
      const error = (await this.#strike(fault, truth)) ?? acted.executeStatus;
      const struck = this.#openingFaults.strike(
        `${method} ${truth.sql ?? truth.sessionId}`,
        acted.http?.[method],
      );
      if (struck !== undefined) throw failure(struck, truth);
      if (error === undefined) return { truth, scenario: acted };
      reject(truth);
      return { truth, scenario: acted, error };
    } catch (error) {
      reject(truth);
      // The driver repeats a metadata call, and means the same statement.
      const repeats =
        method !== 'ExecuteStatement' && error instanceof WireFaultError && isRetryable(error.fault);
      if (repeats) this.#toBeRetried.set(`${truth.sessionId} ${method}`, truth);
      throw error;
    }
  }

  #arrival(arriving: StatementTruth): StatementTruth {
    const key = `${arriving.sessionId} ${arriving.method}`;
    const before = this.#toBeRetried.get(key);
    if (before === undefined) {
      this.#truth.arrived(arriving);
      return arriving;
    }
    this.#toBeRetried.delete(key);
    before.state = 'RUNNING';
    delete before.endedAt;
    return before;
  }

  async #strike(fault: RpcFault | undefined, truth?: StatementTruth): Promise<ServerError | undefined> {
    if (fault === undefined) return undefined;
    if (typeof fault === 'string' || 'status' in fault) throw failure(fault, truth);
    if ('delayMs' in fault) await this.#pauses.pause(fault.delayMs);
    return 'thriftStatus' in fault ? fault.thriftStatus : undefined;
  }
}

/** The statement never became an operation. */
export function reject(truth: StatementTruth): void {
  truth.state = 'REJECTED';
  truth.endedAt = performance.now();
}

function failure(fault: WireFault, truth: StatementTruth | undefined): WireFaultError {
  if (truth !== undefined) truth.httpFailures += 1;
  return new WireFaultError(fault);
}

function countRequest(method: string, truth: StatementTruth): void {
  truth.httpAttempts += 1;
  if (method === 'GetOperationStatus') truth.statusCalls += 1;
  if (method === 'FetchResults') truth.fetchCalls += 1;
  if (method === 'GetResultSetMetadata') truth.metadataCalls += 1;
}
